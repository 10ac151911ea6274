package bitbucket_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestUpdateKeepsWhatItDoesNotName(t *testing.T) {
	for _, blanks := range []bool{false, true} {
		g := NewWithT(t)
		sim := startSimulator(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{UpdateBlanks: blanks}})
		want := sim.add(userbase.User{Name: "Ada", DisplayName: "Ada", Email: "ada@example.com", Active: true})
		client := connect(t, sim.config())

		want.DisplayName = "Ada King"
		g.Expect(client.UpdateUser(t.Context(), "ada", directory.UserChange{DisplayName: new("Ada King")})).To(Equal(want))
		want.Email = "king@example.com"
		g.Expect(client.UpdateUser(t.Context(), "ada", directory.UserChange{Email: new("king@example.com")})).To(Equal(want))
		stored, _ := sim.State().User("Ada")
		g.Expect(stored).To(Equal(want))
		g.Expect(sim.Requests()).To(HaveLen(4), "a look and a write each")
	}
}

func TestUpdateNeverActivates(t *testing.T) {
	for _, active := range []bool{true, false} {
		sim := startSimulator(t, simulator.Options{})
		_, err := connect(t, sim.config()).UpdateUser(t.Context(), "admin", directory.UserChange{DisplayName: new("x"), Active: &active})
		expectKind(t, err, directory.KindUnsupported)
		NewWithT(t).Expect(err).To(MatchError(ContainSubstring("take it out of all groups, or delete it")))
		NewWithT(t).Expect(sim.Requests()).To(BeEmpty())
	}
}

func TestRename(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	ada := sim.add(userbase.User{Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true})
	sim.SeedGroup("engineers")
	sim.SeedMember("engineers", "ada")
	client := connect(t, sim.config())

	ada.ID, ada.Name = "ada.king", "ada.king"
	g.Expect(client.UpdateUser(t.Context(), "ada", directory.UserChange{Name: new("ada.king")})).To(Equal(ada))
	g.Expect(client.UpdateUser(t.Context(), "ada.king", directory.UserChange{Name: new("ada.king")})).To(Equal(ada), "it is so already")
	g.Expect(sim.Count(http.MethodPost, "admin/users/rename")).To(Equal(1))
	g.Expect(client.FindUser(t.Context(), "ada.king")).To(Equal(ada))
	g.Expect(sim.State().Groups).To(HaveKeyWithValue("engineers", []string{"ada.king"}))

	_, err := client.UpdateUser(t.Context(), "ada", directory.UserChange{Name: new("ada.king")})
	expectKind(t, err, directory.KindNotFound)

	ada.ID, ada.Name = "Ada.King", "Ada.King"
	g.Expect(client.UpdateUser(t.Context(), "ada.king", directory.UserChange{Name: new("Ada.King")})).To(Equal(ada), "another letter case")
}

func TestRenameAndDetailsTogether(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.add(userbase.User{Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true})
	client := connect(t, sim.config())
	change := directory.UserChange{Name: new("king"), DisplayName: new("Ada King")}
	sim.fail(rig.Rule{Method: http.MethodPut, Kind: rig.KindLostAnswer, Times: 1})
	_, err := client.UpdateUser(t.Context(), "ada", change)
	expectKind(t, err, directory.KindAmbiguous)

	updated, err := client.UpdateUser(t.Context(), "ada", change)
	g.Expect(err).NotTo(HaveOccurred(), "until the rename, everything can be tried again")
	g.Expect([]string{updated.ID, updated.DisplayName}).To(Equal([]string{"king", "Ada King"}))
}

func TestRenameToATakenName(t *testing.T) {
	for _, status := range []int{400, 409} {
		g := NewWithT(t)
		sim := startUnchecked(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{NameTakenStatus: status}})
		sim.add(userbase.User{Name: "ada", Active: true})
		sim.add(userbase.User{Name: "Grace", Active: true})
		before := sim.State()
		_, err := connect(t, sim.config()).UpdateUser(t.Context(), "ada", directory.UserChange{Name: new("grace")})
		expectKind(t, err, directory.KindAlreadyExists)
		g.Expect(err).To(MatchError(ContainSubstring("already exists")))
		g.Expect(sim.State()).To(Equal(before))
	}
}

func TestUpdateThatIsRefused(t *testing.T) {
	rename := directory.UserChange{Name: new("king")}
	details := directory.UserChange{DisplayName: new("Ada King")}
	const king = `{"name":"KING","active":true}`
	look := func(with answers) answers {
		with["GET admin/users?filter=ada&limit=1000&start=0"] = last(ada)
		return with
	}
	cases := map[string]struct {
		change  directory.UserChange
		script  answers
		kind    directory.Kind
		message string
	}{
		"the name is another's":        {rename, look(answers{"POST admin/users/rename": {400, failure("No.")}, "GET admin/users": last(king)}), directory.KindAlreadyExists, "No."},
		"the name is bad":              {rename, look(answers{"POST admin/users/rename": {400, failure("Bad.")}, "GET admin/users": last()}), directory.KindInvalid, "Bad."},
		"a conflict with nobody":       {rename, look(answers{"POST admin/users/rename": {409, failure("No.")}, "GET admin/users": last()}), directory.KindInvalid, "lists nobody"},
		"who has it is not known":      {rename, look(answers{"POST admin/users/rename": {400, failure("No.")}, "GET admin/users": {500, failure("Oops.")}}), directory.KindUnavailable, "Oops."},
		"another letter case is bad":   {directory.UserChange{Name: new("ADA")}, look(answers{"POST admin/users/rename": {400, failure("Bad.")}}), directory.KindInvalid, "Bad."},
		"the account ranks higher":     {rename, look(answers{"POST admin/users/rename": {401, failure("Not permitted.")}, "GET users": last()}), directory.KindForbidden, "or System admin if the user or group has that"},
		"its details: it ranks higher": {details, look(answers{"PUT admin/users": {401, failure("Not permitted.")}, "GET users": last()}), directory.KindForbidden, "Not permitted."},
		"its details: a conflict":      {details, look(answers{"PUT admin/users": {409, failure("Read only.")}}), directory.KindForbidden, "Read only."},
		"its details: bad":             {details, look(answers{"PUT admin/users": {400, failure("Bad.")}}), directory.KindInvalid, "Bad."},
		"its details: lost":            {details, look(answers{"PUT admin/users": {504, ""}}), directory.KindAmbiguous, "Gateway"},
		"the account is gone":          {details, answers{"GET admin/users": last(adalbert)}, directory.KindNotFound, `lists no user "ada"`},
		"written, and the account cannot be read": {directory.UserChange{DisplayName: new("x"), Name: new("king")}, answers{
			"GET admin/users?filter=ada&limit=1000&start=0": last(ada),
			"PUT admin/users":                                {200, ada},
			"POST admin/users/rename":                        {200, `{}`},
			"GET admin/users?filter=king&limit=1000&start=0": {500, failure("Oops.")},
		}, directory.KindAmbiguous, "Oops."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, c.script)).UpdateUser(t.Context(), "ada", c.change)
			expectKind(t, err, c.kind)
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.message)))
			NewWithT(t).Expect(directory.IsDown(err)).To(BeFalse(), "it is about one account")
		})
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	for _, status := range []int{400, 403, 409} {
		g := NewWithT(t)
		sim := startUnchecked(t, simulator.Options{
			Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}},
			Unconfirmed: simulator.Unconfirmed{ReadOnlyStatus: status},
		})
		sim.add(userbase.User{Name: "ada", Active: true, Directory: "LDAP"})
		sim.SeedGroup("engineers")
		client := connect(t, sim.config())
		found, err := client.FindUser(t.Context(), "ada")
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(found.Directory).To(Equal("LDAP"))
		g.Expect(found.ReadOnly).To(Equal(`Bitbucket reads user directory "LDAP" and does not change its accounts' details and groups`))
		before := sim.State()

		engineers := directory.Group{ID: "engineers", Name: "engineers"}
		sim.ClearRequests()
		for _, err := range []error{
			client.AddMembers(t.Context(), engineers, []directory.User{{ID: "admin", Name: "admin"}, found}),
			client.RemoveMembers(t.Context(), engineers, []directory.User{found}),
		} {
			expectKind(t, err, directory.KindInvalid)
			g.Expect(err).To(MatchError(ContainSubstring(`user ada: Bitbucket reads user directory "LDAP"`)))
		}
		g.Expect(sim.Requests()).To(BeEmpty(), "what is known is not asked")

		_, err = client.UpdateUser(t.Context(), "ada", directory.UserChange{DisplayName: new("x"), Name: new("y")})
		expectKind(t, err, directory.KindInvalid)
		g.Expect(err).To(MatchError(ContainSubstring("change the account where the directory gets it from")))
		g.Expect(sim.Count(http.MethodPut, "admin/users")).To(BeZero())

		unaware := []directory.User{{ID: "ada", Name: "ada"}}
		expectRefused(t, status, directory.KindForbidden, client.DeleteUser(t.Context(), "ada"))
		expectRefused(t, status, directory.KindInvalid, client.AddMembers(t.Context(), engineers, unaware))
		expectRefused(t, status, directory.KindInvalid, client.RemoveMembers(t.Context(), engineers, unaware))
		g.Expect(sim.State()).To(Equal(before))
	}
}

// expectRefused expects Bitbucket's own words, and a kind that nobody tries
// again at once: what a conflict means depends on the request.
func expectRefused(t *testing.T, status int, conflict directory.Kind, err error) {
	t.Helper()
	kinds := map[int]directory.Kind{400: directory.KindInvalid, 403: directory.KindForbidden, 409: conflict}
	expectKind(t, err, kinds[status])
	NewWithT(t).Expect(err).To(MatchError(ContainSubstring("read only")))
}

func TestWhatAnAccountMayNotHaveChanged(t *testing.T) {
	const start = `{"name":"ada","active":true,"directoryName":"LDAP"`
	cases := map[string]struct {
		account  string
		readOnly string
		details  directory.Kind
		groups   directory.Kind
	}{
		"nothing":       {start + `,"mutableDetails":true,"mutableGroups":true}`, "", 0, 0},
		"not told":      {start + `}`, "", 0, 0},
		"its details":   {start + `,"mutableDetails":false,"mutableGroups":true}`, "accounts' details", directory.KindInvalid, 0},
		"its groups":    {start + `,"mutableDetails":true,"mutableGroups":false}`, "accounts' groups", 0, directory.KindInvalid},
		"both of these": {start + `,"mutableDetails":false,"mutableGroups":false}`, "details and groups", directory.KindInvalid, directory.KindInvalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{
				"GET admin/users": last(c.account), "PUT admin/users": {200, c.account}, "POST admin/groups/add-users": {200, ""},
			}))
			found, err := client.FindUser(t.Context(), "ada")
			expectKind(t, err, 0)
			NewWithT(t).Expect(found.ReadOnly).To(HaveSuffix(c.readOnly))
			_, err = client.UpdateUser(t.Context(), "ada", directory.UserChange{DisplayName: new("x")})
			expectKind(t, err, c.details)
			expectKind(t, client.AddMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{found}), c.groups)
		})
	}
}
