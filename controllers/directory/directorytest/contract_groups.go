package directorytest

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var groupTests = map[string]func(*testing.T, Instance){
	"a group is found by name in any letter case": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("Engineers")
		for _, name := range []string{"Engineers", "engineers", "ENGINEERS"} {
			found, err := in.Directory.FindGroup(t.Context(), name)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(directory.SameName(found.Name, "Engineers")).To(BeTrue(), found.Name)
		}
	},
	"an absent group is not found": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers-eu")
		_, err := in.Directory.FindGroup(t.Context(), "engineers")
		expectKind(t, err, directory.OpFindGroup, directory.KindNotFound)
	},
	"a created group exists and is empty": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		forbidden := in.Directory.Capabilities().ForbiddenInGroupName
		for _, name := range []string{"R&D / core", "r&d 100% + more", "a=b;c#d?e%2Ff"} {
			if strings.ContainsAny(name, forbidden) {
				_, err := in.Directory.CreateGroup(t.Context(), name)
				expectKind(t, err, directory.OpCreateGroup, directory.KindInvalid)
				continue
			}
			created, err := in.Directory.CreateGroup(t.Context(), name)
			g.Expect(err).NotTo(HaveOccurred(), name)
			g.Expect(created.Name).To(Equal(name))
			g.Expect(created.ID).NotTo(BeEmpty())
			g.Expect(in.Directory.FindGroup(t.Context(), name)).To(Equal(created))
			g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue(name, BeEmpty()))
		}
	},
	"creating a taken group gives it back, unchanged": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("Engineers")
		in.seed(person("ada"))
		in.Seeder.SeedMember("Engineers", "ada")
		before := in.Seeder.State()
		found, err := in.Directory.CreateGroup(t.Context(), "engineers")
		expectKind(t, err, directory.OpCreateGroup, directory.KindAlreadyExists)
		g.Expect(directory.SameName(found.Name, "Engineers")).To(BeTrue(), found.Name)
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
	"a group without a name is invalid": func(t *testing.T, in Instance) {
		_, err := in.Directory.CreateGroup(t.Context(), "")
		expectKind(t, err, directory.OpCreateGroup, directory.KindInvalid)
	},
	"a deleted group is gone, its members stay, and deleting it again succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedGroup("others")
		ada := in.seed(person("ada"))
		in.Seeder.SeedMember("engineers", "ada")
		engineers := in.group(t, "Engineers")
		for range 2 {
			g.Expect(in.Directory.DeleteGroup(t.Context(), engineers)).To(Succeed())
			state := in.Seeder.State()
			g.Expect(state.Groups).NotTo(HaveKey("engineers"))
			g.Expect(state.Groups).To(HaveKey("others"))
			g.Expect(in.users()).To(ContainElement(ada))
		}
	},
	"the groups of a user are told": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		ada, grace := in.seed(person("ada")), in.seed(person("grace"))
		for _, name := range []string{"engineers", "others", "strangers"} {
			in.Seeder.SeedGroup(name)
		}
		in.Seeder.SeedMember("engineers", "ada")
		in.Seeder.SeedMember("others", "ada")
		in.Seeder.SeedMember("strangers", "grace")
		groups, err := in.Directory.GroupsOf(t.Context(), ada)
		if in.Directory.Capabilities().Deactivates && directory.KindOf(err) == directory.KindUnsupported {
			return // nobody asks
		}
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(groups).To(ConsistOf(in.group(t, "engineers"), in.group(t, "others")))
		in.Seeder.SeedGroup("empty")
		newcomer := in.seed(person("newcomer"))
		g.Expect(in.Directory.GroupsOf(t.Context(), newcomer)).To(BeEmpty())
		g.Expect(in.Directory.GroupsOf(t.Context(), grace)).To(ConsistOf(in.group(t, "strangers")))
	},
	"the groups of an absent user are not found": func(t *testing.T, in Instance) {
		_, err := in.Directory.GroupsOf(t.Context(), absentUser())
		if directory.KindOf(err) != directory.KindUnsupported {
			expectKind(t, err, directory.OpGroupsOf, directory.KindNotFound)
		}
	},
}

var memberTests = map[string]func(*testing.T, Instance){
	"an added member belongs to the group, and adding it again succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		ada := in.seed(person("ada"))
		in.seed(person("grace"))
		for range 2 {
			g.Expect(in.Directory.AddMembers(t.Context(), in.group(t, "engineers"), []directory.User{ada})).To(Succeed())
			g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("engineers", []string{"ada"}))
		}
	},
	"members and groups are named in any letter case": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("Engineers")
		ada := in.seed(person("Ada"))
		engineers := in.group(t, "engineers")
		shouted := directory.User{ID: ada.ID, Name: strings.ToUpper(ada.Name)}
		if ada.ID == ada.Name {
			shouted.ID = shouted.Name
		}
		for range 2 {
			g.Expect(in.Directory.AddMembers(t.Context(), engineers, []directory.User{shouted})).To(Succeed())
		}
		g.Expect(in.engineers()).To(ConsistOf(ada.Name))
		g.Expect(in.Directory.RemoveMembers(t.Context(), in.group(t, "ENGINEERS"), []directory.User{shouted})).To(Succeed())
		g.Expect(in.engineers()).To(BeEmpty())
	},
	"adding to an absent group, or an absent user, is not found": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers")
		ada := in.seed(person("ada"))
		expectKind(t, in.Directory.AddMembers(t.Context(), absentGroup(), []directory.User{ada}), directory.OpAddMembers, directory.KindNotFound)
		expectKind(t, in.Directory.AddMembers(t.Context(), in.group(t, "engineers"), []directory.User{absentUser()}), directory.OpAddMembers, directory.KindNotFound)
	},
	"as many members as a request takes are added and removed at once": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		everybody := make([]directory.User, in.Directory.Capabilities().MembersPerRequest)
		for i := range everybody {
			everybody[i] = in.seed(person(fmt.Sprintf("person%03d", i)))
		}
		some := everybody[:(len(everybody)+1)/2]
		engineers := in.group(t, "engineers")
		g.Expect(in.Directory.AddMembers(t.Context(), engineers, some)).To(Succeed())
		for range 2 { // some are members already
			g.Expect(in.Directory.AddMembers(t.Context(), engineers, everybody)).To(Succeed())
			g.Expect(in.engineers()).To(ConsistOf(namesOf(everybody)))
		}
		for range 2 {
			g.Expect(in.Directory.RemoveMembers(t.Context(), engineers, everybody)).To(Succeed())
			g.Expect(in.engineers()).To(BeEmpty())
		}
	},
	"a removed member is out of that group only, and removing it again succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		ada := in.seed(person("ada"))
		in.seed(person("grace"))
		for _, group := range []string{"engineers", "others"} {
			in.Seeder.SeedGroup(group)
			in.Seeder.SeedMember(group, "ada")
			in.Seeder.SeedMember(group, "grace")
		}
		for range 2 {
			g.Expect(in.Directory.RemoveMembers(t.Context(), in.group(t, "engineers"), []directory.User{ada})).To(Succeed())
			state := in.Seeder.State()
			g.Expect(state.Groups).To(HaveKeyWithValue("engineers", []string{"grace"}))
			g.Expect(state.Groups).To(HaveKeyWithValue("others", []string{"ada", "grace"}))
		}
	},
	"removing an absent user, or from an absent group, succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		ada := in.seed(person("ada"))
		g.Expect(in.Directory.RemoveMembers(t.Context(), in.group(t, "engineers"), []directory.User{absentUser()})).To(Succeed())
		g.Expect(in.Directory.RemoveMembers(t.Context(), absentGroup(), []directory.User{ada})).To(Succeed())
	},
}

// engineers are the usernames of the members of that group, in whatever
// letter case it is.
func (in Instance) engineers() []string {
	for group, members := range in.Seeder.State().Groups {
		if directory.SameName(group, "engineers") {
			return members
		}
	}
	return nil
}
