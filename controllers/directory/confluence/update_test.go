package confluence_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestNobodyIsRenamed(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	ada := sim.SeedUser(directory.User{Name: "ada", DisplayName: "Ada", Active: true})
	client := connect(t, sim.config())
	before := sim.State()
	_, err := client.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("king"), Active: new(false)})
	expectError(t, err, directory.KindUnsupported, "cannot rename users over REST; rename ada to king")
	g.Expect(sim.State()).To(Equal(before), "not even the rest of the change is made")
	g.Expect(client.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("ADA")})).To(Equal(ada), "it is the same name")
}

func TestOlderVersionsCannotChangeDetails(t *testing.T) {
	g := NewWithT(t)
	sim := startUnchecked(t, simulator.Options{Version: "9.3.2"})
	ada := sim.SeedUser(directory.User{Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true})
	client := connect(t, sim.config())
	_, err := client.UpdateUser(t.Context(), ada.ID, directory.UserChange{Email: new("king@example.com")})
	expectError(t, err, directory.KindUnsupported, "cannot change full names and e-mail addresses over REST; Confluence 9.4 or later can")
	g.Expect(directory.IsDown(err)).To(BeFalse())

	_, err = client.UpdateUser(t.Context(), ada.ID, directory.UserChange{DisplayName: new("Ada King"), Active: new(false)})
	expectError(t, err, directory.KindUnsupported, "9.4")
	left, _ := sim.User("ada")
	g.Expect(left.Active).To(BeFalse(), "what matters most is done first")
}

func TestValuesThatAreRefusedKeepNobodyIn(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	ada := sim.SeedUser(directory.User{Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true})
	_, err := connect(t, sim.config()).UpdateUser(t.Context(), ada.ID,
		directory.UserChange{DisplayName: new("<Ada>"), Active: new(false)})
	expectError(t, err, directory.KindInvalid, "fullName must not contain < or >")
	left, _ := sim.User("ada")
	g.Expect(left.Active).To(BeFalse())
	g.Expect(left.DisplayName).To(Equal("Ada"))
}

func TestReadOnlyDirectoryShowsConfluencesReason(t *testing.T) {
	for status, want := range map[int]directory.Kind{400: directory.KindInvalid, 403: directory.KindForbidden} {
		g := NewWithT(t)
		sim := startSimulator(t, simulator.Options{
			Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}},
			Unconfirmed: simulator.Unconfirmed{ReadOnlyStatus: status},
		})
		ada := sim.SeedUser(directory.User{Name: "ada", Active: true})
		sim.SeedGroup("devs")
		before := sim.State()
		client := connect(t, sim.config())
		devs := directory.Group{ID: "devs", Name: "devs"}

		_, err := client.CreateUser(t.Context(), directory.NewUser{Name: "eve", DisplayName: "Eve", Email: "eve@example.com"})
		expectError(t, err, want, "no user directory that users can be added to")
		_, err = client.UpdateUser(t.Context(), ada.ID, directory.UserChange{Active: new(false)})
		expectError(t, err, want, "read only")
		expectError(t, client.DeleteUser(t.Context(), ada.ID), want, "read only")
		_, err = client.CreateGroup(t.Context(), "ops")
		expectError(t, err, want, "no user directory that groups can be added to")
		expectError(t, client.DeleteGroup(t.Context(), devs), want, "read only")
		expectError(t, client.AddMembers(t.Context(), devs, []directory.User{ada}), want, "read only")
		g.Expect(sim.State()).To(Equal(before))
	}
}

func TestWritesOfUsersCostFewRequests(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Requests()).To(HaveLen(1))

	sim.ClearRequests()
	_, err = client.CreateUser(t.Context(), newAda)
	expectSame(t, err, kind(directory.KindAlreadyExists))
	g.Expect(sim.Requests()).To(HaveLen(2))

	sim.ClearRequests()
	_, err = client.UpdateUser(t.Context(), created.ID, directory.UserChange{Active: new(false)})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Requests()).To(HaveLen(3))
	g.Expect(sim.Count(http.MethodPut, "admin/user/{username}/disable")).To(Equal(1))

	sim.ClearRequests()
	sim.SeedGroup("devs")
	g.Expect(client.AddMembers(t.Context(), directory.Group{Name: "devs"}, []directory.User{created})).To(Succeed())
	g.Expect(sim.Requests()).To(HaveLen(1))
}

func TestLicenceThatIsUsedUp(t *testing.T) {
	sim := startSimulator(t, simulator.Options{Seats: 1})
	_, err := connect(t, sim.config()).CreateUser(t.Context(), newAda)
	expectError(t, err, directory.KindLicenceExceeded, "all seats are taken")
	_, created := sim.User("ada")
	NewWithT(t).Expect(created).To(BeFalse())
}
