package directorytest

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var userTests = map[string]func(*testing.T, Instance){
	"a user is found by name in any letter case": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		seeded := in.seed(person("Ada"))
		for _, name := range []string{"Ada", "ada", "ADA"} {
			g.Expect(in.Directory.FindUser(t.Context(), name)).To(Equal(seeded))
		}
	},
	"a user is found by id": func(t *testing.T, in Instance) {
		seeded := in.seed(person("ada"))
		NewWithT(t).Expect(in.Directory.FindUserByID(t.Context(), seeded.ID)).To(Equal(seeded))
	},
	"an inactive user is found": func(t *testing.T, in Instance) {
		require(t, in.Directory.Capabilities().Deactivates, "deactivate users")
		ada := person("ada")
		ada.Active = false
		seeded := in.seed(ada)
		NewWithT(t).Expect(in.Directory.FindUser(t.Context(), "ada")).To(Equal(seeded))
	},
	"an absent user is not found": func(t *testing.T, in Instance) {
		in.seed(person("adalbert"))
		_, err := in.Directory.FindUser(t.Context(), "ada")
		expectKind(t, err, directory.OpFindUser, directory.KindNotFound)
		_, err = in.Directory.FindUserByID(t.Context(), "nobody")
		expectKind(t, err, directory.OpFindUserByID, directory.KindNotFound)
	},
	"names with special characters reach the directory unharmed": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		forbidden := in.Directory.Capabilities().ForbiddenInUsername
		for _, name := range []string{"ada+b@example.com", "ada lovelace", "a=b;c#d?e%2Ff", "日本-ß"} {
			if strings.ContainsAny(name, forbidden) {
				_, err := in.Directory.CreateUser(t.Context(), newPerson(name))
				expectKind(t, err, directory.OpCreateUser, directory.KindInvalid)
				continue
			}
			if in.Directory.Capabilities().LowerCaseNames {
				name = directory.FoldName(name)
			}
			created, err := in.Directory.CreateUser(t.Context(), newPerson(name))
			g.Expect(err).NotTo(HaveOccurred(), name)
			g.Expect(created.Name).To(Equal(name))
			g.Expect(in.Directory.FindUser(t.Context(), name)).To(Equal(created))
			_, stored := in.Seeder.State().User(name)
			g.Expect(stored).To(BeTrue(), name)
		}
	},
	"a created user is active and has what was asked for": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		created, err := in.Directory.CreateUser(t.Context(), newPerson("ada"))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(created.ID).NotTo(BeEmpty())
		want := person("ada")
		want.ID, want.Directory = created.ID, created.Directory
		g.Expect(created).To(Equal(in.shown(want)))
		g.Expect(in.Seeder.State().Users).To(ContainElement(want))
	},
	"a created user has a lower-case name where the product wants it so": func(t *testing.T, in Instance) {
		require(t, in.Directory.Capabilities().LowerCaseNames, "keep names from having capitals")
		created, err := in.Directory.CreateUser(t.Context(), newPerson("ADA"))
		NewWithT(t).Expect(err).NotTo(HaveOccurred())
		NewWithT(t).Expect(created.Name).To(Equal("ada"))
	},
	"creating a taken name gives back the account, unchanged": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		seeded := in.seed(directory.User{Name: "Ada", DisplayName: "Old", Email: "old@example.com", Active: true})
		before := in.Seeder.State()
		found, err := in.Directory.CreateUser(t.Context(), newPerson("ada"))
		expectKind(t, err, directory.OpCreateUser, directory.KindAlreadyExists)
		g.Expect(found).To(Equal(seeded))
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
	"a user without a needed e-mail address is invalid": func(t *testing.T, in Instance) {
		require(t, in.Directory.Capabilities().RequiresEmail, "require an e-mail address")
		_, err := in.Directory.CreateUser(t.Context(), directory.NewUser{Name: "ada", DisplayName: "Ada"})
		expectKind(t, err, directory.OpCreateUser, directory.KindInvalid)
	},
	"an update changes only what it names": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		want := in.seed(person("ada"))
		for _, step := range updates(in.Directory.Capabilities()) {
			want = in.shown(apply(want, step))
			for range 2 { // every verb is safe to repeat
				g.Expect(in.Directory.UpdateUser(t.Context(), want.ID, step)).To(Equal(want))
				g.Expect(in.Directory.FindUserByID(t.Context(), want.ID)).To(Equal(want))
			}
		}
		stored, _ := in.Seeder.State().User("ada")
		g.Expect(stored.Email).To(Equal("king@example.com"), "written also where it is not shown")
	},
	"an update that the product cannot make is refused and changes nothing": func(t *testing.T, in Instance) {
		capabilities := in.Directory.Capabilities()
		ada := in.seed(person("ada"))
		before := in.Seeder.State()
		refused := map[*directory.UserChange]bool{
			{Name: new("ada.king")}: !capabilities.RenamesUsers,
			{Active: new(false)}:    !capabilities.Deactivates,
		}
		for change, expected := range refused {
			if expected {
				_, err := in.Directory.UpdateUser(t.Context(), ada.ID, *change)
				expectKind(t, err, directory.OpUpdateUser, directory.KindUnsupported)
			}
		}
		NewWithT(t).Expect(in.Seeder.State().Users).To(ConsistOf(before.Users))
	},
	"an empty update changes nothing": func(t *testing.T, in Instance) {
		ada := in.seed(person("ada"))
		NewWithT(t).Expect(in.Directory.UpdateUser(t.Context(), ada.ID, directory.UserChange{})).To(Equal(ada))
	},
	"updating an absent user is not found": func(t *testing.T, in Instance) {
		_, err := in.Directory.UpdateUser(t.Context(), "nobody", directory.UserChange{DisplayName: new("Ada")})
		expectKind(t, err, directory.OpUpdateUser, directory.KindNotFound)
	},
	"the id and the memberships survive a rename": func(t *testing.T, in Instance) {
		requireRename(t, in)
		g := NewWithT(t)
		ada := in.seed(person("ada"))
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedMember("engineers", "ada")

		want := ada
		want.Name = "ada.king"
		if ada.ID == ada.Name { // the product has no ids
			want.ID = want.Name
		}
		g.Expect(in.Directory.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("ada.king")})).To(Equal(want))
		g.Expect(in.Directory.UpdateUser(t.Context(), want.ID, directory.UserChange{Name: new("ada.king")})).To(Equal(want), "again")
		g.Expect(in.Directory.FindUser(t.Context(), "ada.king")).To(Equal(want))
		g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("engineers", []string{"ada.king"}))
		_, err := in.Directory.FindUser(t.Context(), "ada")
		expectKind(t, err, directory.OpFindUser, directory.KindNotFound)
	},
	"a rename to a taken name changes nobody": func(t *testing.T, in Instance) {
		requireRename(t, in)
		g := NewWithT(t)
		ada := in.seed(person("ada"))
		in.seed(person("Grace"))
		before := in.Seeder.State()
		_, err := in.Directory.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("grace")})
		expectKind(t, err, directory.OpUpdateUser, directory.KindAlreadyExists)
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
	"deleting is refused where the product cannot": func(t *testing.T, in Instance) {
		require(t, !in.Directory.Capabilities().DeletesUsers, "be asked: it deletes users")
		ada := in.seed(person("ada"))
		expectKind(t, in.Directory.DeleteUser(t.Context(), ada.ID), directory.OpDeleteUser, directory.KindUnsupported)
		NewWithT(t).Expect(in.users()).To(ContainElement(ada))
	},
	"a deleted user is gone, and deleting it again succeeds": func(t *testing.T, in Instance) {
		require(t, in.Directory.Capabilities().DeletesUsers, "delete users")
		g := NewWithT(t)
		ada := in.seed(person("ada"))
		grace := in.seed(person("grace"))
		for range 2 {
			g.Expect(in.Directory.DeleteUser(t.Context(), ada.ID)).To(Succeed())
			g.Expect(namesOf(in.users())).NotTo(ContainElement("ada"))
			g.Expect(in.users()).To(ContainElement(grace))
		}
	},
}

// updates are changes that the product can make.
func updates(capabilities directory.Capabilities) []directory.UserChange {
	changes := []directory.UserChange{{DisplayName: new("Ada King")}, {Email: new("king@example.com")}}
	if capabilities.Deactivates {
		changes = append(changes, directory.UserChange{Active: new(false)}, directory.UserChange{Active: new(true)})
	}
	return changes
}

func requireRename(t *testing.T, in Instance) {
	t.Helper()
	require(t, in.Directory.Capabilities().RenamesUsers, "rename users")
}
