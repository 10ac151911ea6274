package directorytest

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var listingTests = map[string]func(*testing.T, Instance){
	"all users are listed once, inactive ones too, over several pages": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		seedPeople(in, 2*in.PageSize+1)
		found, err := collect(in.Directory.EachUser(t.Context()))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(found).To(ConsistOf(in.users()))
	},
	"a listing can be read again": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		seedPeople(in, in.PageSize+1)
		everybody := in.Directory.EachUser(t.Context())
		for range 2 {
			found, err := collect(everybody)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(found).To(ConsistOf(in.users()))
		}
	},
	"a listing of users can be left early": func(t *testing.T, in Instance) {
		seedPeople(in, in.PageSize+1)
		in.Seeder.FailPage(directory.OpEachUser, 1)
		for _, err := range in.Directory.EachUser(t.Context()) {
			NewWithT(t).Expect(err).NotTo(HaveOccurred(), "pages are read only as they are consumed")
			break
		}
	},
	"a failed page ends the listing of users with an error": func(t *testing.T, in Instance) {
		seedPeople(in, 2*in.PageSize+1)
		in.Seeder.FailPage(directory.OpEachUser, 1)
		expectPartial(t, in, directory.OpEachUser, in.Directory.EachUser(t.Context()))
	},
	"all members are listed once, inactive ones too, over several pages": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.seed(person("outsider"))
		in.Seeder.SeedGroup("Engineers")
		names := seedPeople(in, 2*in.PageSize+1)
		for _, name := range names {
			in.Seeder.SeedMember("Engineers", name)
		}
		found, err := collect(in.Directory.EachMember(t.Context(), in.group(t, "engineers")))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(in.named(found)).To(ConsistOf(names))
	},
	"a failed page ends the listing of members with an error": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers")
		for _, name := range seedPeople(in, 2*in.PageSize+1) {
			in.Seeder.SeedMember("engineers", name)
		}
		in.Seeder.FailPage(directory.OpEachMember, 1)
		expectPartial(t, in, directory.OpEachMember, in.Directory.EachMember(t.Context(), in.group(t, "engineers")))
	},
	"an empty group has no members": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers")
		found, err := collect(in.Directory.EachMember(t.Context(), in.group(t, "engineers")))
		g := NewWithT(t)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(found).To(BeEmpty())
	},
	"the members of an absent group are not found": func(t *testing.T, in Instance) {
		found, err := collect(in.Directory.EachMember(t.Context(), absentGroup()))
		expectKind(t, err, directory.OpEachMember, directory.KindNotFound)
		NewWithT(t).Expect(found).To(BeEmpty())
	},
	"finding and listing change nothing": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		for _, name := range seedPeople(in, in.PageSize) {
			in.Seeder.SeedMember("engineers", name)
		}
		before := in.Seeder.State()
		readEverything(t, in)
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
}

// named are the usernames of members, which have an id or a name.
func (in Instance) named(members []directory.User) []string {
	names := make([]string, 0, len(members))
	for _, member := range members {
		for _, user := range in.users() {
			if member.ID == user.ID || member.ID == "" && member.Name == user.Name {
				names = append(names, user.Name)
			}
		}
	}
	return names
}

// expectPartial expects at most one page of the listing and then an error as
// its end.
func expectPartial(t *testing.T, in Instance, op string, listing func(func(directory.User, error) bool)) {
	t.Helper()
	g := NewWithT(t)
	found, failures := 0, []error{}
	for _, err := range listing {
		if err != nil {
			failures = append(failures, err)
			continue
		}
		g.Expect(failures).To(BeEmpty(), "an error must be the last element")
		found++
	}
	g.Expect(found).To(BeNumerically("<=", in.PageSize))
	g.Expect(failures).To(HaveLen(1))
	expectKind(t, failures[0], op, directory.KindUnavailable)
}

// readEverything uses every verb that must not change anything, with names
// that exist and names that do not.
func readEverything(t *testing.T, in Instance) {
	t.Helper()
	g, d := NewWithT(t), in.Directory
	_, err := d.Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	_, err = collect(d.EachUser(t.Context()))
	g.Expect(err).NotTo(HaveOccurred())
	_, err = collect(d.EachMember(t.Context(), in.group(t, "engineers")))
	g.Expect(err).NotTo(HaveOccurred())
	_, err = d.FindUser(t.Context(), "person000")
	g.Expect(err).NotTo(HaveOccurred())
	_, err = d.FindGroup(t.Context(), "engineers")
	g.Expect(err).NotTo(HaveOccurred())
	_, err = d.FindUser(t.Context(), "nobody")
	g.Expect(err).To(HaveOccurred())
	_, err = d.FindGroup(t.Context(), "nobody")
	g.Expect(err).To(HaveOccurred())
}
