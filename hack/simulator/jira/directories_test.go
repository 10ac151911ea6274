package jira_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// ldapFirst has a read-only directory above the internal one.
var ldapFirst = []userbase.Options{
	{Name: "LDAP", ReadOnly: true},
	{Name: "Internal"},
	{Name: "Crowd"},
}

func TestWritesGoToTheFirstWritableDirectory(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: ldapFirst})

	i.call("POST user", newBob)
	i.call("POST group", `{"name":"devs"}`)

	bob, _ := i.User("bob")
	g.Expect(bob.Directory).To(Equal("Internal"))
	g.Expect(i.State().Groups).To(ContainElement(And(HaveField("Name", "devs"), HaveField("Directory", "Internal"))))
}

func TestCreationSkipsDirectoriesThatTakeNothingNew(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: []userbase.Options{{Name: "Delegated", NoCreate: true}, {Name: "Internal"}}})
	i.add(userbase.User{Name: "carl", Active: true, Directory: "Delegated"})

	i.call("POST user", newBob)

	bob, _ := i.User("bob")
	g.Expect(bob.Directory).To(Equal("Internal"))
	g.Expect(i.call("PUT user?username=carl", `{"displayName":"C"}`).status).To(Equal(http.StatusOK), "changes are allowed")
}

func TestReadOnlyDirectoryRefusesEverything(t *testing.T) {
	tests := map[string]struct{ request, body string }{
		"update":          {"PUT user?username=lena", `{"displayName":"L"}`},
		"deactivate":      {"PUT user?username=lena", `{"active":false}`},
		"rename":          {"PUT user?username=lena", `{"name":"helena"}`},
		"delete":          {"DELETE user?username=lena", ""},
		"password":        {"PUT user/password?username=lena", `{"password":"x"}`},
		"application":     {"POST user/application?username=lena&applicationKey=jira-software", ""},
		"add member":      {"POST group/user?groupname=devs", `{"name":"lena"}`},
		"remove member":   {"DELETE group/user?groupname=staff&username=lena", ""},
		"delete group":    {"DELETE group?groupname=staff", ""},
		"taken user name": {"POST user", `{"name":"LENA","displayName":"L","emailAddress":"l@example.com"}`},
		"taken group":     {"POST group", `{"name":"STAFF"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{Directories: ldapFirst})
			i.add(userbase.User{Name: "lena", Active: true, Directory: "LDAP"})
			g.Expect(i.AddGroup(userbase.Group{Name: "staff", Directory: "LDAP", Members: []string{"lena"}})).To(Succeed())
			i.group("devs")
			before := i.State()

			answer := i.call(test.request, test.body)

			g.Expect(answer.status).To(Equal(http.StatusBadRequest))
			g.Expect(answer.body).To(Or(ContainSubstring("directory is read only."), ContainSubstring("already exists")))
			g.Expect(i.State()).To(Equal(before))
		})
	}
}

func TestReadOnlyMessageAndStatus(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: ldapFirst, Unconfirmed: jira.Unconfirmed{ReadOnlyStatus: http.StatusForbidden}})
	i.add(userbase.User{Name: "lena", Active: true, Directory: "LDAP"})
	i.group("devs")

	answer := i.call("POST group/user?groupname=devs", `{"name":"lena"}`)

	g.Expect(answer.status).To(Equal(http.StatusForbidden))
	g.Expect(answer.body).To(ContainSubstring("You cannot add user 'lena' to group 'devs'. The user's directory is read only."))
}

func TestNothingWritableAtAll(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}}})

	g.Expect(i.call("POST user", newBob).body).To(ContainSubstring("read only"))
	g.Expect(i.call("POST group", `{"name":"devs"}`).body).To(ContainSubstring("read only"))
}

func TestHigherDirectoryShadowsLower(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: ldapFirst})
	upper := i.add(userbase.User{Name: "Sam", DisplayName: "Upper", Active: true, Directory: "LDAP"})
	lower := i.add(userbase.User{Name: "sam", DisplayName: "Lower", Active: true, Directory: "Internal"})
	g.Expect(i.AddGroup(userbase.Group{Name: "devs", Directory: "Internal", Members: []string{"sam"}})).To(Succeed())

	g.Expect(i.call("GET user?username=sam", "").json(t)).To(HaveKeyWithValue("displayName", "Upper"))
	g.Expect(lower.Key).To(Equal(upper.Key), "the key is the application's, not the directory's")
	g.Expect(i.call("GET user/list", "").names(t)).To(ConsistOf("admin", "Sam"))
	g.Expect(i.call("GET group/member?groupname=devs", "").names(t)).To(BeEmpty(), "a shadowed membership does not count")
}

func TestDeletingUncoversTheShadowedAccount(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: ldapFirst[1:]})
	key := i.add(userbase.User{Name: "sam", DisplayName: "Upper", Active: true, Directory: "Internal"}).Key
	i.add(userbase.User{Name: "sam", DisplayName: "Lower", Active: true, Directory: "Crowd"})

	g.Expect(i.call("DELETE user?username=sam", "").status).To(Equal(http.StatusNoContent))

	g.Expect(i.call("GET user?key="+key, "").json(t)).To(HaveKeyWithValue("displayName", "Lower"))
}

func TestMembershipIsWrittenWhereTheUserIs(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Directories: ldapFirst})
	i.add(userbase.User{Name: "cleo", Active: true, Directory: "Crowd"})
	i.group("devs")

	g.Expect(i.call("POST group/user?groupname=devs", `{"name":"cleo"}`).status).To(Equal(http.StatusCreated))

	g.Expect(i.call("GET group/member?groupname=devs", "").names(t)).To(Equal([]string{"cleo"}))
	g.Expect(i.call("DELETE group?groupname=devs", "").status).To(Equal(http.StatusOK))
	g.Expect(i.HasGroup("devs")).To(BeFalse(), "it goes from every directory that permits it")
}

func TestDuplicates(t *testing.T) {
	tests := map[string]struct {
		upper, lower bool
		count        float64
	}{
		"both active":               {true, true, 1},
		"only the lower is active":  {false, true, 1},
		"only the higher is active": {true, false, 0},
		"none is active":            {false, false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{Directories: ldapFirst})
			i.add(userbase.User{Name: "sam", Active: test.upper, Directory: "LDAP"})
			i.add(userbase.User{Name: "sam", Active: test.lower, Directory: "Internal"})

			g.Expect(i.call("GET user/duplicated/count", "").json(t)).To(HaveKeyWithValue("count", test.count))
			listed := i.call("GET user/duplicated/list", "").json(t)
			g.Expect(listed).To(HaveLen(int(test.count)))
			if test.count > 0 {
				g.Expect(listed["sam"]).To(ContainElement(map[string]any{
					"directoryId": 10000.0, "directoryName": "Internal", "userActive": test.lower}))
			}
		})
	}
}
