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
		seeded := in.Seeder.SeedUser(person("Ada"))
		for _, name := range []string{"Ada", "ada", "ADA"} {
			g.Expect(in.Directory.FindUser(t.Context(), name)).To(Equal(seeded))
		}
	},
	"a user is found by id": func(t *testing.T, in Instance) {
		seeded := in.Seeder.SeedUser(person("ada"))
		NewWithT(t).Expect(in.Directory.FindUserByID(t.Context(), seeded.ID)).To(Equal(seeded))
	},
	"an inactive user is found": func(t *testing.T, in Instance) {
		ada := person("ada")
		ada.Active = false
		seeded := in.Seeder.SeedUser(ada)
		NewWithT(t).Expect(in.Directory.FindUser(t.Context(), "ada")).To(Equal(seeded))
	},
	"an absent user is not found": func(t *testing.T, in Instance) {
		in.Seeder.SeedUser(person("adalbert"))
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
				continue
			}
			created, err := in.Directory.CreateUser(t.Context(), newPerson(name))
			g.Expect(err).NotTo(HaveOccurred(), name)
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
		want.ID = created.ID
		g.Expect(created).To(Equal(want))
		g.Expect(in.Seeder.State().Users).To(ContainElement(want))
	},
	"creating a taken name gives back the account, unchanged": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		seeded := in.Seeder.SeedUser(directory.User{Name: "Ada", DisplayName: "Old", Email: "old@example.com"})
		before := in.Seeder.State()
		found, err := in.Directory.CreateUser(t.Context(), newPerson("ada"))
		expectKind(t, err, directory.OpCreateUser, directory.KindAlreadyExists)
		g.Expect(found).To(Equal(seeded))
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
	"a user without a needed e-mail address is invalid": func(t *testing.T, in Instance) {
		if !in.Directory.Capabilities().RequiresEmail {
			t.Skip("the product does not require an e-mail address")
		}
		_, err := in.Directory.CreateUser(t.Context(), directory.NewUser{Name: "ada", DisplayName: "Ada"})
		expectKind(t, err, directory.OpCreateUser, directory.KindInvalid)
	},
	"an update changes only what it names": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		want := in.Seeder.SeedUser(person("ada"))
		steps := []struct {
			change directory.UserChange
			apply  func()
		}{
			{directory.UserChange{DisplayName: new("Ada King")}, func() { want.DisplayName = "Ada King" }},
			{directory.UserChange{Email: new("king@example.com")}, func() { want.Email = "king@example.com" }},
			{directory.UserChange{Active: new(false)}, func() { want.Active = false }},
			{directory.UserChange{Active: new(true)}, func() { want.Active = true }},
		}
		for _, step := range steps {
			step.apply()
			for range 2 { // every verb is safe to repeat
				g.Expect(in.Directory.UpdateUser(t.Context(), want.ID, step.change)).To(Equal(want))
				g.Expect(in.Directory.FindUserByID(t.Context(), want.ID)).To(Equal(want))
			}
		}
	},
	"an empty update changes nothing": func(t *testing.T, in Instance) {
		ada := in.Seeder.SeedUser(person("ada"))
		NewWithT(t).Expect(in.Directory.UpdateUser(t.Context(), ada.ID, directory.UserChange{})).To(Equal(ada))
	},
	"updating an absent user is not found": func(t *testing.T, in Instance) {
		_, err := in.Directory.UpdateUser(t.Context(), "nobody", directory.UserChange{DisplayName: new("Ada")})
		expectKind(t, err, directory.OpUpdateUser, directory.KindNotFound)
	},
	"the id and the memberships survive a rename": func(t *testing.T, in Instance) {
		requireRename(t, in)
		g := NewWithT(t)
		want := in.Seeder.SeedUser(person("ada"))
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedMember("engineers", "ada")

		want.Name = "ada.king"
		for range 2 {
			g.Expect(in.Directory.UpdateUser(t.Context(), want.ID, directory.UserChange{Name: new("ada.king")})).To(Equal(want))
		}
		g.Expect(in.Directory.FindUser(t.Context(), "ada.king")).To(Equal(want))
		g.Expect(in.Seeder.State().Groups).To(HaveKeyWithValue("engineers", []string{"ada.king"}))
		_, err := in.Directory.FindUser(t.Context(), "ada")
		expectKind(t, err, directory.OpFindUser, directory.KindNotFound)
	},
	"a rename to a taken name changes nobody": func(t *testing.T, in Instance) {
		requireRename(t, in)
		g := NewWithT(t)
		ada := in.Seeder.SeedUser(person("ada"))
		in.Seeder.SeedUser(person("Grace"))
		before := in.Seeder.State()
		_, err := in.Directory.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("grace")})
		expectKind(t, err, directory.OpUpdateUser, directory.KindAlreadyExists)
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
	"a deleted user is gone, and deleting it again succeeds": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		ada := in.Seeder.SeedUser(person("ada"))
		grace := in.Seeder.SeedUser(person("grace"))
		for range 2 {
			g.Expect(in.Directory.DeleteUser(t.Context(), ada.ID)).To(Succeed())
			state := in.Seeder.State()
			g.Expect(namesOf(state.Users)).NotTo(ContainElement("ada"))
			g.Expect(state.Users).To(ContainElement(grace))
		}
	},
}

func requireRename(t *testing.T, in Instance) {
	t.Helper()
	if !in.Directory.Capabilities().RenamesUsers {
		t.Skip("the product cannot rename users")
	}
}
