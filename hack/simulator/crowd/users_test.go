package crowd_test

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const newAda = `{"name":"Ada","first-name":"Ada","last-name":"King","display-name":"Ada K.","email":"ada@example.com","active":true,"password":{"value":"x"}}`

func TestCreatingUsers(t *testing.T) {
	i := start(t, crowd.Options{})
	answer := i.expect("POST user", newAda, 201, `"first-name":"Ada","last-name":"King","display-name":"Ada K.","email":"ada@example.com","active":true,"key":"1:{`)
	NewWithT(t).Expect(answer.body).NotTo(ContainSubstring(`"value"`), "a password is never shown")
	i.expect("GET user?username=ADA", "", 200, `"name":"Ada"`)
	for body, reason := range map[string]string{
		newAda:                                   "INVALID_USER",
		strings.ToLower(newAda):                  "INVALID_USER",
		`{"name":"bob"}`:                         "INVALID_USER",
		`{"password":{"value":"x"}}`:             "INVALID_USER",
		`{"name":" b","password":{"value":"x"}}`: "INVALID_USER",
		`{"name":"b","email":"nowhere","password":{"value":"x"}}`: "INVALID_EMAIL",
	} {
		i.expect("POST user", body, 400, reason)
	}
	NewWithT(t).Expect(i.Users()).To(HaveLen(1))
}

func TestFindingUsers(t *testing.T) {
	i := start(t, crowd.Options{})
	i.seed("ada", "bob")
	key := i.Users()[0].Key
	i.expect("GET user?key="+strings.NewReplacer("{", "%7B", "}", "%7D").Replace(key), "", 200, `"name":"ada"`)
	i.expect("GET user?username=bob&key=whatever", "", 200, `"name":"bob"`)
	i.expect("GET user?key=nobody", "", 404, "USER_NOT_FOUND")
	i.expect("GET user", "", 400, "ILLEGAL_ARGUMENT")
	old := start(t, crowd.Options{WithoutKeys: true})
	old.seed("ada")
	answer := old.expect("GET user?username=ada", "", 200, `"name":"ada"`)
	NewWithT(t).Expect(answer.body).NotTo(ContainSubstring(`"key"`))
	old.expect("GET user?key=ada", "", 400, "ILLEGAL_ARGUMENT")
	start(t, crowd.Options{Unconfirmed: crowd.Unconfirmed{NumericDates: true}}).
		expect("POST user", newAda, 201, `"created-date":1`)
}

func TestAnUpdateReplacesEverything(t *testing.T) {
	g := NewWithT(t)
	i := start(t, crowd.Options{})
	i.expect("POST user", newAda, 201, "")
	answer := i.expect("PUT user?username=Ada", `{"name":"Ada","active":false}`, 204, "")
	g.Expect(answer.body).To(BeEmpty())
	ada := i.Users()[0]
	g.Expect(ada.Active).To(BeFalse())
	g.Expect(ada.DisplayName + ada.Email).To(BeEmpty())
	g.Expect(ada.Attributes).To(Equal(map[string][]string{crowd.FirstName: {""}, crowd.LastName: {""}}))
	i.expect("PUT user?username=Ada", `{"name":"Bob"}`, 400, "does not match")
	i.expect("PUT user?username=nobody", `{"name":"nobody"}`, 404, "USER_NOT_FOUND")
}

func TestRenaming(t *testing.T) {
	g := NewWithT(t)
	i := start(t, crowd.Options{})
	i.seed("ada", "bob")
	i.group("devs", "ada")
	key := i.Users()[0].Key
	i.expect("POST user/rename?username=ada", `{"new-name":"BOB"}`, 400, "INVALID_USER")
	i.expect("POST user/rename?username=ada", `{"new-name":""}`, 400, "INVALID_USER")
	i.expect("POST user/rename?username=nobody", `{"new-name":"x"}`, 404, "USER_NOT_FOUND")
	i.expect("POST user/rename?username=ada", `{"new-name":"Countess"}`, 200, `"name":"Countess"`)
	i.expect("GET user?username=ada", "", 404, "USER_NOT_FOUND")
	renamed, _ := i.User("countess")
	g.Expect(renamed.Key).To(Equal(key))
	g.Expect(i.MemberNames("devs")).To(ConsistOf("Countess"))

	old := start(t, crowd.Options{Unconfirmed: crowd.Unconfirmed{RenameTakenStatus: 500}})
	old.seed("ada", "bob")
	old.expect("POST user/rename?username=ada", `{"new-name":"bob"}`, 500, `"reason":"OPERATION_FAILED","message":"User bob already exists."`)
}

func TestLowerCaseOutput(t *testing.T) {
	i := start(t, crowd.Options{LowerCaseOutput: true})
	i.seed("Ada")
	i.group("Devs", "Ada")
	i.expect("GET user?username=ada", "", 200, `"name":"ada"`)
	i.expect("GET group/user/direct?groupname=devs", "", 200, `"name":"ada"`)
	i.expect("GET user/group/direct?username=ada", "", 200, `"name":"devs"`)
	i.accepting("application/xml").expect("GET group/membership", "", 200, `group="devs"`)
}

func TestSeveralDirectories(t *testing.T) {
	g := NewWithT(t)
	i := start(t, crowd.Options{Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Frozen", NoCreate: true}, {Name: "Staff"}, {Name: "More"}}})
	for directory, name := range map[string]string{"LDAP": "ada", "Staff": "ada", "Frozen": "bob"} {
		_, err := i.AddUser(userbase.User{Name: name, DisplayName: directory, Active: true, Directory: directory})
		g.Expect(err).NotTo(HaveOccurred())
	}
	i.expect("GET user?username=ada", "", 200, `"display-name":"LDAP"`)
	i.expect("PUT user?username=ada", `{"name":"ada"}`, 403, "Cannot update user 'ada' because directory 'LDAP' does not allow updates.")
	i.expect("DELETE user?username=ada", "", 403, "APPLICATION_PERMISSION_DENIED")
	i.expect("PUT user?username=bob", `{"name":"bob","display-name":"Bob","active":true}`, 204, "")
	i.expect("POST user", `{"name":"eve","password":{"value":"x"}}`, 201, "")
	eve, _ := i.User("eve")
	g.Expect(eve.Directory).To(Equal("Staff"), "the first that permits it")
	i.expect("POST group", `{"name":"devs"}`, 201, "")
	homes := []string{}
	for _, group := range i.State().Groups {
		homes = append(homes, group.Directory)
	}
	g.Expect(homes).To(ConsistOf("Staff", "More"), "every one that permits it")
	i.expect("DELETE group?groupname=devs", "", 204, "")
	g.Expect(i.State().Groups).To(BeEmpty())

	frozen := start(t, crowd.Options{Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}}})
	frozen.expect("POST user", `{"name":"eve","password":{"value":"x"}}`, 403, "APPLICATION_PERMISSION_DENIED")
	frozen.expect("POST group", `{"name":"devs"}`, 403, "APPLICATION_PERMISSION_DENIED")
	frozen.group("there")
	frozen.expect("DELETE group?groupname=there", "", 403, "APPLICATION_PERMISSION_DENIED")
}

func TestAttributes(t *testing.T) {
	i := startUnchecked(t, crowd.Options{})
	i.expect("POST user", newAda, 201, `"attributes":[]`)
	i.expect("POST user/attribute?username=ada", `{"attributes":[{"name":"phone","values":["1","2"]}]}`, 204, "")
	i.expect("POST user/attribute?username=ada", `{"attributes":[{"name":"long","values":["`+strings.Repeat("x", 256)+`"]}]}`, 400, "ILLEGAL_ARGUMENT")
	i.expect("GET user/attribute?username=ada", "", 200, `"attributes":[{"name":"phone","values":["1","2"]}]`)
	i.expect("GET user?username=ada", "", 200, `"attributes":[]`)
	i.expect("GET user?username=ada&expand=attributes", "", 200, `"attributes":[{"name":"phone"`)
	i.expect("DELETE user/attribute?username=ada&attributename=phone", "", 204, "")
	i.expect("GET user/attribute?username=ada", "", 200, `"attributes":[]`)
	i.expect("GET user?username=ada", "", 200, `"first-name":"Ada"`)
}
