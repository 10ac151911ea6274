package jira_test

import (
	"fmt"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const newBob = `{"name":"Bob","displayName":"Bob B","emailAddress":"bob@example.com"}`

func TestCreateUser(t *testing.T) {
	tests := map[string]struct {
		body   string
		status int
		says   string
	}{
		"is 201":                                  {newBob, 201, `"name":"Bob"`},
		"with a taken name is 400":                {`{"name":"Taken","displayName":"T","emailAddress":"t@example.com"}`, 400, `{"errorMessages":[],"errors":{"username":"A user with that username already exists."}}`},
		"with a taken name in other case is 400":  {`{"name":"tAKEN","displayName":"T","emailAddress":"t@example.com"}`, 400, "already exists"},
		"without a name is 400":                   {`{"displayName":"T","emailAddress":"t@example.com"}`, 400, "username"},
		"without a full name is 400":              {`{"name":"t","emailAddress":"t@example.com"}`, 400, "full name"},
		"without an address is 400":               {`{"name":"t","displayName":"T"}`, 400, "email"},
		"with an address that is none is 400":     {`{"name":"t","displayName":"T","emailAddress":"t"}`, 400, "valid email"},
		"for an application that is unknown: 400": {`{"name":"t","displayName":"T","emailAddress":"t@e.org","applicationKeys":["x"]}`, 400, "application"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			i.seed("taken")

			answer := i.call("POST user", test.body)

			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
			g.Expect(answer.header.Get("X-AREQUESTID")).NotTo(BeEmpty())
			g.Expect(answer.header.Get("Content-Type")).To(Equal("application/json;charset=UTF-8"))
		})
	}
}

func TestCreatedUserHasAPasswordThatNobodyKnows(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.call("POST user", newBob)

	g.Expect(i.as("Bob", "").call("GET myself", "").status).To(Equal(http.StatusUnauthorized))
	g.Expect(i.call("PUT user/password?username=bob", `{"password":"secret"}`).status).To(Equal(http.StatusNoContent))
	g.Expect(i.as("Bob", "secret").call("GET myself", "").status).To(Equal(http.StatusOK))
	g.Expect(i.call("GET user?username=bob", "").body).NotTo(ContainSubstring("secret"))
}

func TestCreateUserInactive(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})

	i.call("POST user", `{"name":"Bob","displayName":"Bob B","emailAddress":"bob@example.com","active":false}`)

	g.Expect(i.call("GET user?username=bob", "").json(t)).To(HaveKeyWithValue("active", false))
}

func TestOneOfManyConcurrentCreatesWins(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	statuses := make(chan int)
	for n := range 8 {
		go func() {
			answer, err := i.try("POST user", fmt.Sprintf(`{"name":"Bob","displayName":"Bob %d","emailAddress":"bob@example.com"}`, n))
			if err != nil {
				t.Error(err)
			}
			statuses <- answer.status
		}()
	}

	count := map[int]int{}
	for range 8 {
		count[<-statuses]++
	}
	g.Expect(count).To(Equal(map[int]int{http.StatusCreated: 1, http.StatusBadRequest: 7}))
}

func TestGetUser(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	bob := i.add(userbase.User{Name: "Bob", Active: true})
	i.group("devs", "Bob")

	byName := i.call("GET user?username=bOB", "")
	g.Expect(byName.json(t)).To(And(
		HaveKeyWithValue("name", "Bob"), HaveKeyWithValue("key", bob.Key),
		HaveKeyWithValue("emailAddress", "bob@example.com"), HaveKeyWithValue("active", true),
		HaveKeyWithValue("groups", map[string]any{"size": 1.0, "items": []any{}}),
	))
	g.Expect(bob.Key).To(MatchRegexp(`^JIRAUSER\d{5}$`))
	g.Expect(i.call("GET user?key="+bob.Key, "").body).To(Equal(byName.body))
	g.Expect(i.call("GET user?expand=groups&username=bob", "").body).To(ContainSubstring(`"name":"devs"`))
	g.Expect(i.call("GET user?key=jirauser10101", "").status).To(Equal(http.StatusNotFound), "keys are case-sensitive")
	g.Expect(i.call("GET user?username=nobody", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET user", "").status).To(Equal(http.StatusNotFound))
}

func TestMigratedUsersHaveTheirOldNameAsKey(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.add(userbase.User{Name: "Fred", Key: "freddy", Active: true})

	g.Expect(i.call("PUT user?key=freddy", `{"displayName":"Fred F"}`).json(t)).To(And(
		HaveKeyWithValue("name", "Fred"), HaveKeyWithValue("key", "freddy")))
}

func TestUpdateUserIsPartial(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob")

	g.Expect(i.call("PUT user?username=bob", `{"displayName":"Robert"}`).status).To(Equal(http.StatusOK))

	bob, _ := i.User("bob")
	g.Expect(bob).To(And(HaveField("DisplayName", "Robert"), HaveField("Email", "bob@example.com"), HaveField("Active", true)))
}

func TestRenameKeepsKeyAndMemberships(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	key := i.add(userbase.User{Name: "bob", Active: true}).Key
	i.group("devs", "bob")
	i.seed("taken")

	g.Expect(i.call("PUT user?username=bob", `{"name":"TAKEN"}`).body).To(ContainSubstring("already exists"))
	g.Expect(i.call("PUT user?username=bob", `{"name":"robert"}`).status).To(Equal(http.StatusOK))

	g.Expect(i.call("GET user?key="+key, "").json(t)).To(HaveKeyWithValue("name", "robert"))
	g.Expect(i.call("GET user?username=bob", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.MemberNames("devs")).To(Equal([]string{"robert"}))
	g.Expect(i.call("PUT user?key="+key, `{"name":"Robert"}`).status).To(Equal(http.StatusOK), "case only")
	g.Expect(i.call("POST user", newBob).json(t)["key"]).NotTo(Equal(key), "the old name is free for somebody new")
}

func TestUpdateUserRefusals(t *testing.T) {
	tests := map[string]struct {
		request, body string
		status        int
		says          string
	}{
		"unknown user":                  {"PUT user?username=nobody", `{"displayName":"N"}`, 404, "does not exist"},
		"nothing to change":             {"PUT user?username=bob", `{}`, 400, "error.no.value.found.to.be.changed"},
		"broken JSON":                   {"PUT user?username=bob", `[]`, 400, "Unexpected"},
		"empty name":                    {"PUT user?username=bob", `{"name":" "}`, 400, "username"},
		"address that is none":          {"PUT user?username=bob", `{"emailAddress":"bob"}`, 400, "valid email"},
		"deactivating a project lead":   {"PUT user?username=lead", `{"active":false}`, 400, "lead of these projects: ABC, XYZ"},
		"deleting nobody":               {"DELETE user?username=nobody", "", 404, "does not exist"},
		"empty password":                {"PUT user/password?username=bob", `{"password":""}`, 400, "password"},
		"access to another application": {"POST user/application?username=bob&applicationKey=x", "", 400, "application"},
		"access for nobody":             {"POST user/application?username=nobody&applicationKey=jira-software", "", 400, "does not exist"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			if test.body == "[]" {
				i = startUnchecked(t, jira.Options{})
			}
			i.seed("bob")
			i.add(userbase.User{Name: "lead", Active: true, Attributes: map[string][]string{jira.LeadsAttribute: {"XYZ", "ABC"}}})
			before := i.State()

			answer := i.call(test.request, test.body)

			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
			g.Expect(i.State()).To(Equal(before))
		})
	}
}

func TestDeactivateAndReactivate(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.add(userbase.User{Name: "bob", Active: true, Password: "secret"})
	i.group("devs", "bob")

	g.Expect(i.call("PUT user?username=bob", `{"active":false}`).status).To(Equal(http.StatusOK))
	g.Expect(i.as("bob", "secret").call("GET myself", "").status).To(Equal(http.StatusUnauthorized))
	g.Expect(i.MemberNames("devs")).To(Equal([]string{"bob"}), "memberships stay")
	i.call("PUT user?username=bob", `{"active":true}`)
	g.Expect(i.as("bob", "secret").call("GET myself", "").status).To(Equal(http.StatusOK))
}

func TestVersionsBefore83CannotDeactivate(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Version: "8.2.6"})
	i.seed("bob")

	answer := i.call("PUT user?username=bob", `{"active":false}`)

	g.Expect(answer.status).To(Equal(http.StatusBadRequest))
	g.Expect(answer.body).To(Equal(`{"errorMessages":["error.no.value.found.to.be.changed"],"errors":{}}`))
	bob, _ := i.User("bob")
	g.Expect(bob.Active).To(BeTrue())
}

func TestDeleteUser(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	key := i.add(userbase.User{Name: "bob", Active: true}).Key
	i.group("devs", "bob")

	g.Expect(i.call("DELETE user?key="+key, "").status).To(Equal(http.StatusNoContent))

	g.Expect(i.call("GET user?username=bob", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.MemberNames("devs")).To(BeEmpty())
}
