package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestAnUpdateLeavesWhatItDoesNotName(t *testing.T) {
	for name, change := range map[string]directory.UserChange{
		"deactivation": {Active: new(false)}, "another address": {Email: new("new@example.com")},
		"another display name": {DisplayName: new("Countess")}, "a rename": {Name: new("countess")},
		"a rename and more": {Name: new("countess"), Email: new("new@example.com")},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{})
			before, err := sim.AddUser(userbase.User{
				Name: "Ada", DisplayName: "Ada L.", Email: "ada@example.com", Active: true,
				Attributes: map[string][]string{simulator.FirstName: {"Augusta Ada"}, simulator.LastName: {"King"}},
			})
			g.Expect(err).NotTo(HaveOccurred())
			updated, err := connect(t, sim.config()).UpdateUser(t.Context(), before.Key, change)
			g.Expect(err).NotTo(HaveOccurred())

			want := before
			apply(change, &want)
			after := sim.Users()[0]
			g.Expect(after).To(Equal(want))
			g.Expect(updated).To(Equal(sim.seen(want)))
		})
	}
}

func apply(change directory.UserChange, user *userbase.User) {
	if change.Name != nil {
		user.Name = *change.Name
	}
	if change.DisplayName != nil {
		user.DisplayName = *change.DisplayName
	}
	if change.Email != nil {
		user.Email = *change.Email
	}
	if change.Active != nil {
		user.Active = *change.Active
	}
}

func TestRenameThatIsRefused(t *testing.T) {
	rename := directory.UserChange{Name: new("bob"), Email: new("new@example.com")}
	bob := `{"name":"bob","active":true,"key":"1:{2}"}`
	self := `{"name":"bob","active":true,"key":"1:{1}"}`
	cases := map[string]struct {
		rename, holder reply
		want           directory.Kind
	}{
		"the name is another's":               {reply{400, refused}, reply{200, bob}, directory.KindAlreadyExists},
		"the name is another's, as of old":    {reply{500, failed}, reply{200, bob}, directory.KindAlreadyExists},
		"the name is nobody's":                {reply{400, refused}, reply{404, noUser}, directory.KindInvalid},
		"the name is nobody's, as of old":     {reply{500, failed}, reply{404, noUser}, directory.KindAmbiguous},
		"who has it is not known":             {reply{400, refused}, reply{500, ""}, directory.KindUnavailable},
		"the name is the user's own":          {reply{400, refused}, reply{200, self}, directory.KindInvalid},
		"it failed and took effect all along": {reply{500, failed}, reply{200, self}, directory.KindAmbiguous},
		"the application may not":             {reply{403, notAllowed}, reply{}, directory.KindForbidden},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			client := connect(t, script(t, answers{
				"GET user?key=1%3A%7B1%7D": {200, ada}, "POST user/rename?username=ada": c.rename, "GET user?username=bob": c.holder,
			}))
			_, err := client.UpdateUser(t.Context(), "1:{1}", rename)
			g.Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
		})
	}
}

func TestLetterCaseOfANameCanChange(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	seeded := sim.SeedUser(directory.User{Name: "ada", DisplayName: "Ada", Active: true})
	updated, err := connect(t, sim.config()).UpdateUser(t.Context(), seeded.ID, directory.UserChange{Name: new("Ada")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(updated.Name).To(Equal("Ada"))
	g.Expect(updated.ID).To(Equal(seeded.ID))
}

func TestCrowdWithoutKeys(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{WithoutKeys: true})
	client := connect(t, sim.config())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(created.ID).To(Equal("ada"))
	g.Expect(client.FindUserByID(t.Context(), "ADA")).To(Equal(created))

	renamed, err := client.UpdateUser(t.Context(), created.ID, directory.UserChange{Name: new("countess"), Active: new(false)})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(renamed.ID).To(Equal("countess"))
	g.Expect(renamed.Active).To(BeFalse())

	g.Expect(client.DeleteUser(t.Context(), "ada")).To(Succeed(), "nobody has that id any more")
	g.Expect(sim.Users()).To(HaveLen(1))
	g.Expect(client.DeleteUser(t.Context(), "countess")).To(Succeed())
	g.Expect(sim.Users()).To(BeEmpty())
}

func TestNamesInLowerCaseAreStillTheSame(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{LowerCaseOutput: true})
	seeded := sim.SeedUser(directory.User{Name: "Ada", DisplayName: "Ada", Active: true})
	client := connect(t, sim.config())
	_, err := client.UpdateUser(t.Context(), seeded.ID, directory.UserChange{DisplayName: new("Countess")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Users()[0].DisplayName).To(Equal("Countess"))
	g.Expect(sim.Users()[0].Name).To(Equal("Ada"), "the name stays as it was written")
}

func TestRequestsOfUsers(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	count := func(act func()) int {
		sim.ClearRequests()
		act()
		return len(sim.Requests())
	}
	var created directory.User
	g.Expect(count(func() { created, _ = client.CreateUser(t.Context(), newAda) })).To(Equal(1))
	g.Expect(count(func() { _, _ = client.CreateUser(t.Context(), newAda) })).To(Equal(2), "a look when it is refused")
	update := func(change directory.UserChange) func() {
		return func() { _, _ = client.UpdateUser(t.Context(), created.ID, change) }
	}
	g.Expect(count(update(directory.UserChange{Active: new(false)}))).To(Equal(3), "read, replace, read")
	g.Expect(count(update(directory.UserChange{Active: new(false)}))).To(Equal(1), "it is so already")
	g.Expect(count(update(directory.UserChange{Name: new("countess")}))).To(Equal(3), "read, rename, read")
	g.Expect(count(func() { _ = client.DeleteUser(t.Context(), created.ID) })).To(Equal(2))
	g.Expect(sim.Users()).To(BeEmpty())
}

func TestWhatIsDoneByHandInCrowd(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())

	sim.must(sim.ChangeUser("ada", func(u *userbase.User) { u.Name, u.Email = "countess", "by.hand@example.com" }))
	sim.SeedUser(directory.User{Name: "ada", Email: "another@example.com", Active: true})
	updated, err := client.UpdateUser(t.Context(), created.ID, directory.UserChange{Active: new(false)})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(updated.Name).To(Equal("countess"), "the account is known by its key")
	g.Expect(updated.Email).To(Equal("by.hand@example.com"))
	another, _ := sim.User("ada")
	g.Expect(another.Active).To(BeTrue(), "whoever has the old name is somebody else")

	sim.must(sim.RemoveUser("countess"))
	_, err = client.UpdateUser(t.Context(), created.ID, directory.UserChange{Active: new(true)})
	expectKind(t, err, directory.KindNotFound)
	g.Expect(client.DeleteUser(t.Context(), created.ID)).To(Succeed())
	g.Expect(sim.Users()).To(HaveLen(1))
}
