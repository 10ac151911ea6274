package bitbucket_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const newAda = "POST admin/users?name=Ada&displayName=Ada+Example&emailAddress=ada%40example.com&password=secret"

func TestCreatingAUser(t *testing.T) {
	cases := map[string]struct {
		request string
		status  int
		part    string
		groups  []string
	}{
		"with the default group":       {newAda, 204, "", []string{bitbucket.UserGroup}},
		"without the default group":    {newAda + "&addToDefaultGroup=false", 204, "", nil},
		"with a mail and no password":  {"POST admin/users?name=Ada&displayName=A&emailAddress=a&notify=true", 204, "", []string{bitbucket.UserGroup}},
		"no password":                  {"POST admin/users?name=Ada&displayName=A&emailAddress=a", 400, `"context":"password"`, nil},
		"no password, notify is false": {"POST admin/users?name=Ada&displayName=A&emailAddress=a&notify=false", 400, `"context":"password"`, nil},
		"an empty address":             {"POST admin/users?name=Ada&displayName=A&emailAddress=&password=x", 400, `"context":"emailAddress"`, nil},
		"a taken name":                 {"POST admin/users?name=ADMIN&displayName=A&emailAddress=a&password=x", 409, "already exists", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			start := start
			if name == "an empty address" { // which the document does not allow to be sent
				start = startUnchecked
			}
			i := start(t, bitbucket.Options{})
			i.expect(c.request, "", c.status, c.part)
			user, created := i.User("ada")
			g.Expect(created).To(Equal(c.status == 204))
			if created {
				g.Expect(user.Active).To(BeTrue())
				g.Expect(i.names("GET admin/users/more-members?context=ada")).To(ConsistOf(c.groups))
			}
		})
	}
}

func TestABodyCreatesNobody(t *testing.T) {
	i := startUnchecked(t, bitbucket.Options{})
	i.expect("POST admin/users", `{"name":"ada","displayName":"Ada","emailAddress":"a","password":"x"}`, 400, `"context":"name"`)
}

func TestUpdatingAUser(t *testing.T) {
	for blanks, address := range map[bool]string{false: "ada@example.com", true: ""} {
		g := NewWithT(t)
		i := start(t, bitbucket.Options{Unconfirmed: bitbucket.Unconfirmed{UpdateBlanks: blanks}})
		i.seed("ada")
		i.expect("PUT admin/users", `{"name":"ADA","displayName":"Ada King"}`, 200, `"displayName":"Ada King"`)
		user, _ := i.User("ada")
		g.Expect(user.Email).To(Equal(address), "what an update leaves out")
		i.expect("PUT admin/users", `{"name":"ada","email":"king@example.com"}`, 200, `"emailAddress":"king@example.com"`)
		i.expect("PUT admin/users", `{"name":"eve","email":"king@example.com"}`, 404, "NoSuchUserException")
	}
}

func TestNobodyIsDeactivated(t *testing.T) {
	i := startUnchecked(t, bitbucket.Options{})
	i.seed("ada")
	i.expect("PUT admin/users", `{"name":"ada","active":false}`, 200, `"active":true`)
}

func TestRenamingAUser(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{})
	i.seed("ada", "Grace")
	i.group("engineers", "ada")
	before, _ := i.User("ada")
	i.expect("POST admin/users/rename", `{"name":"ada","newName":"ada.king"}`, 200, `"name":"ada.king"`)
	after, _ := i.User("ada.king")
	g.Expect(after.Key).To(Equal(before.Key), "the numeric id stays")
	g.Expect(i.names("GET admin/groups/more-members?context=engineers")).To(ConsistOf("ada.king"))
	i.expect("POST admin/users/rename", `{"name":"ada","newName":"x"}`, 404, "NoSuchUserException")
	i.expect("POST admin/users/rename", `{"name":"ada.king","newName":"grace"}`, 400, "already exists")
	i.expect("POST admin/users/rename", `{"name":"ada.king","newName":"Ada.King"}`, 200, `"name":"Ada.King"`)

	other := startUnchecked(t, bitbucket.Options{Unconfirmed: bitbucket.Unconfirmed{NameTakenStatus: 409}})
	other.seed("ada")
	other.expect("POST admin/users/rename", `{"name":"ada","newName":"admin"}`, 409, "already exists")
}

func TestDeletingAUser(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{})
	i.seed("ada", "root")
	i.group(bitbucket.SystemGroup, "root")
	i.expect("DELETE admin/users?name=ADA", "", 200, `"name":"ada"`)
	i.expect("DELETE admin/users?name=ada", "", 404, "NoSuchUserException")
	i.expect("DELETE admin/users?name=admin", "", 409, "your own")
	i.expect("DELETE admin/users?name=root", "", 403, "higher permission level")
	g.Expect(i.names("GET admin/users")).To(ConsistOf("admin", "root"))
}

func TestHigherRanksAnswer401ToChanges(t *testing.T) {
	i := start(t, bitbucket.Options{})
	i.seed("root")
	i.group(bitbucket.SystemGroup, "root")
	i.expect("PUT admin/users", `{"name":"root","displayName":"x"}`, 401, notPermitted)
	i.expect("POST admin/users/rename", `{"name":"root","newName":"x"}`, 401, notPermitted)
}

func TestReadOnlyDirectories(t *testing.T) {
	for status := range map[int]bool{403: true, 409: true} {
		i := startUnchecked(t, bitbucket.Options{
			Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}},
			Unconfirmed: bitbucket.Unconfirmed{ReadOnlyStatus: status},
		})
		i.add(userbase.User{Name: "ada", Directory: "LDAP"})
		i.group("engineers")
		i.expect("GET admin/users?filter=ada", "", 200, `"mutableDetails":false,"mutableGroups":false`)
		i.expect("GET admin/users?filter=ada", "", 200, `"directoryName":"LDAP"`)
		for request, body := range map[string]string{
			"PUT admin/users":               `{"name":"ada","displayName":"x"}`,
			"POST admin/users/rename":       `{"name":"ada","newName":"x"}`,
			"DELETE admin/users?name=ada":   "",
			"POST admin/groups/add-users":   `{"group":"engineers","users":["ada"]}`,
			"POST admin/users/remove-group": `{"context":"ada","itemName":"engineers"}`,
		} {
			i.expect(request, body, status, "read only")
		}
		i.expect("POST admin/users?name=new&displayName=N&emailAddress=n&password=x", "", 204, "")
		i.expect("GET admin/users?filter=new", "", 200, `"directoryName":"Internal"`)
	}
}
