package confluence_test

import (
	"fmt"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestNewUsersFollowTheRules(t *testing.T) {
	const whole = `{"userName":"%s","fullName":"Ada","email":"ada@example.com","password":"p"}`
	tests := map[string]struct {
		body    string
		status  int
		message string
	}{
		"right":                      {fmt.Sprintf(whole, "ada"), 201, ""},
		"an address as a name":       {fmt.Sprintf(whole, "ada@example.com"), 201, ""},
		"no name":                    {fmt.Sprintf(whole, ""), 400, "blank"},
		"a capital":                  {fmt.Sprintf(whole, "Ada"), 400, "upper case"},
		"a space":                    {fmt.Sprintf(whole, "ada king"), 400, "whitespace"},
		"a plus":                     {fmt.Sprintf(whole, "ada+x"), 400, "must not contain any of"},
		"an apostrophe":              {fmt.Sprintf(whole, "o'hara"), 400, "must not contain any of"},
		"anonymous":                  {fmt.Sprintf(whole, "anonymous"), 400, "anonymous"},
		"taken":                      {fmt.Sprintf(whole, "grace"), 409, "already exists"},
		"no address":                 {`{"userName":"ada","fullName":"Ada","password":"p"}`, 400, "must be given"},
		"a wrong address":            {`{"userName":"ada","fullName":"Ada","email":"ada","password":"p"}`, 400, "valid email"},
		"no full name":               {`{"userName":"ada","fullName":" ","email":"a@x.org","password":"p"}`, 400, "fullName must not be blank"},
		"a full name with a bracket": {`{"userName":"ada","fullName":"<Ada>","email":"a@x.org","password":"p"}`, 400, "< or >"},
		"neither password nor mail":  {`{"userName":"ada","fullName":"Ada","email":"a@x.org"}`, 400, "password must not be blank"},
		"both password and mail": {`{"userName":"ada","fullName":"Ada","email":"a@x.org","password":"p","notifyViaEmail":true}`,
			400, "must not be specified"},
		"a mail": {`{"userName":"ada","fullName":"Ada","email":"a@x.org","notifyViaEmail":true}`, 201, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, confluence.Options{})
			i.seed("grace")
			before := len(i.Users())
			answer := i.call("POST admin/user", test.body)
			g.Expect(answer.status).To(Equal(test.status), answer.body)
			if test.status == http.StatusCreated {
				g.Expect(answer.json(t)).To(HaveKey("userKey"))
				g.Expect(i.Users()).To(HaveLen(before + 1))
				return
			}
			g.Expect(answer.json(t)["message"]).To(ContainSubstring(test.message))
			g.Expect(i.Users()).To(HaveLen(before))
		})
	}
}

func TestUsersAreShownWithoutTheirAddress(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{})
	ada := i.add(userbase.User{Name: "ada"})
	byName := i.call("GET user?username=ADA", "").json(t)
	g.Expect(byName).To(HaveKeyWithValue("userKey", ada.Key))
	g.Expect(byName).To(HaveKeyWithValue("username", "ada"))
	g.Expect(byName).To(HaveKeyWithValue("displayName", "ada Example"))
	g.Expect(byName).NotTo(HaveKey("status"))
	byKey := i.call("GET user?key="+ada.Key+"&expand=status", "")
	g.Expect(byKey.json(t)).To(HaveKeyWithValue("status", "deactivated"))
	g.Expect(byKey.body).NotTo(ContainSubstring("ada@example.com"))
	g.Expect(i.call("GET user?username=nobody", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET user?key=nobody", "").status).To(Equal(http.StatusNotFound))
}

func TestDetailsAndStatusAreChangedApart(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{})
	i.seed("ada")
	steps := []struct {
		request, body, displayName, email string
		active                            bool
	}{
		{"PUT admin/user/ada", `{"fullName":"Ada King"}`, "Ada King", "ada@example.com", true},
		{"PUT admin/user/ADA", `{"email":"king@example.com"}`, "Ada King", "king@example.com", true},
		{"PUT admin/user/ada/disable", "", "Ada King", "king@example.com", false},
		{"PUT admin/user/ada/disable", "", "Ada King", "king@example.com", false},
		{"PUT admin/user/ada/enable", "", "Ada King", "king@example.com", true},
	}
	for _, step := range steps {
		g.Expect(i.call(step.request, step.body).status).To(Equal(http.StatusNoContent), step.request)
		ada, _ := i.User("ada")
		g.Expect(ada.DisplayName).To(Equal(step.displayName))
		g.Expect(ada.Email).To(Equal(step.email))
		g.Expect(ada.Active).To(Equal(step.active))
	}
	g.Expect(i.call("PUT admin/user/ada", `{"email":"nothing"}`).status).To(Equal(http.StatusBadRequest))
	g.Expect(i.call("PUT admin/user/nobody/disable", "").status).To(Equal(http.StatusNotFound))
}

func TestALicenceThatIsUsedUp(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{Seats: 2})
	i.seed("ada")
	const grace = `{"userName":"grace","fullName":"Grace","email":"g@x.org","password":"p"}`
	g.Expect(i.call("POST admin/user", grace).status).To(Equal(http.StatusPaymentRequired))
	g.Expect(i.call("PUT admin/user/ada/disable", "").status).To(Equal(http.StatusNoContent))
	g.Expect(i.call("POST admin/user", grace).status).To(Equal(http.StatusCreated))
}

func TestOnlyOneDirectoryIsWrittenAndNoneIsShown(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}}})
	i.add(userbase.User{Name: "ada", Active: true, Directory: "LDAP"})
	answer := i.call("POST admin/user", `{"userName":"grace","fullName":"Grace","email":"g@x.org","password":"p"}`)
	g.Expect(answer.status).To(Equal(http.StatusCreated))
	grace, _ := i.User("grace")
	g.Expect(grace.Directory).To(Equal("Internal"))
	g.Expect(i.call("GET user?username=grace", "").body).NotTo(ContainSubstring("Internal"))
	for _, request := range []string{"PUT admin/user/ada/disable", "DELETE admin/user/ada"} {
		refused := i.call(request, "")
		g.Expect(refused.status).To(Equal(http.StatusForbidden), request)
		g.Expect(refused.json(t)["message"]).To(ContainSubstring("read only"))
	}
}

func TestPasswordsLetPeopleSignIn(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{})
	i.seed("ada")
	g.Expect(i.call("POST admin/user/ada/password", `{"password":"changed"}`).status).To(Equal(http.StatusNoContent))
	g.Expect(i.as("ada", "changed").call("GET user/current", "").json(t)).To(HaveKeyWithValue("username", "ada"))
	g.Expect(i.as("ada", "ada-password").call("GET user/current", "").status).To(Equal(http.StatusUnauthorized))
	g.Expect(i.call("POST admin/user/ada/password", `{"password":""}`).status).To(Equal(http.StatusBadRequest))
}
