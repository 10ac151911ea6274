package directorytest

import (
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
		g.Expect(in.Directory.CreateGroup(t.Context(), "R&D / core")).To(Equal(directory.Group{Name: "R&D / core"}))
		g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("R&D / core", BeEmpty()))
	},
	"creating a taken group gives it back, unchanged": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("Engineers")
		in.Seeder.SeedUser(person("ada"))
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
		ada := in.Seeder.SeedUser(person("ada"))
		in.Seeder.SeedMember("engineers", "ada")
		for range 2 {
			g.Expect(in.Directory.DeleteGroup(t.Context(), "Engineers")).To(Succeed())
			state := in.Seeder.State()
			g.Expect(state.Groups).NotTo(HaveKey("engineers"))
			g.Expect(state.Groups).To(HaveKey("others"))
			g.Expect(state.Users).To(ContainElement(ada))
		}
	},
}

var memberTests = map[string]func(*testing.T, Instance){
	"an added member belongs to the group, and adding it again succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedUser(person("ada"))
		in.Seeder.SeedUser(person("grace"))
		for range 2 {
			g.Expect(in.Directory.AddMember(t.Context(), "engineers", "ada")).To(Succeed())
			g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("engineers", []string{"ada"}))
		}
	},
	"members and groups are named in any letter case": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("Engineers")
		in.Seeder.SeedUser(person("Ada"))
		for range 2 {
			g.Expect(in.Directory.AddMember(t.Context(), "engineers", "ADA")).To(Succeed())
		}
		g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("Engineers", []string{"Ada"}))
		g.Expect(in.Directory.RemoveMember(t.Context(), "ENGINEERS", "ada")).To(Succeed())
		g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("Engineers", BeEmpty()))
	},
	"adding to an absent group, or an absent user, is not found": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedUser(person("ada"))
		expectKind(t, in.Directory.AddMember(t.Context(), "nobody", "ada"), directory.OpAddMember, directory.KindNotFound)
		expectKind(t, in.Directory.AddMember(t.Context(), "engineers", "nobody"), directory.OpAddMember, directory.KindNotFound)
	},
	"a removed member is out of that group only, and removing it again succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedUser(person("ada"))
		in.Seeder.SeedUser(person("grace"))
		for _, group := range []string{"engineers", "others"} {
			in.Seeder.SeedGroup(group)
			in.Seeder.SeedMember(group, "ada")
			in.Seeder.SeedMember(group, "grace")
		}
		for range 2 {
			g.Expect(in.Directory.RemoveMember(t.Context(), "engineers", "ada")).To(Succeed())
			state := in.Seeder.State()
			g.Expect(state.Groups).To(HaveKeyWithValue("engineers", []string{"grace"}))
			g.Expect(state.Groups).To(HaveKeyWithValue("others", []string{"ada", "grace"}))
		}
	},
	"removing an absent user, or from an absent group, succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedUser(person("ada"))
		g.Expect(in.Directory.RemoveMember(t.Context(), "engineers", "nobody")).To(Succeed())
		g.Expect(in.Directory.RemoveMember(t.Context(), "nobody", "ada")).To(Succeed())
	},
}
