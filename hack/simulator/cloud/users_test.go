package cloud_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/cloud"
)

const newBob = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Bob","displayName":"Bob B",` +
	`"emails":[{"value":"bob@example.com","primary":true}]}`

func TestCreateUser(t *testing.T) {
	tests := map[string]struct {
		options cloud.Options
		body    string
		status  int
		says    string
	}{
		"is 201":                             {cloud.Options{}, newBob, 201, `"userName":"Bob"`},
		"is active unless told":              {cloud.Options{}, newBob, 201, `"active":true`},
		"that is inactive":                   {cloud.Options{}, `{"userName":"b","emails":[{"value":"b@example.com","primary":true}],"active":false}`, 201, `"active":false`},
		"with a taken name":                  {cloud.Options{}, `{"userName":"TAKEN","emails":[{"value":"b@example.com","primary":true}]}`, 409, `"scimType":"uniqueness"`},
		"with a taken address":               {cloud.Options{}, `{"userName":"b","emails":[{"value":"Taken@example.com","primary":true}]}`, 409, "Resource [USER]: with email[Taken@example.com] already exists."},
		"with an address that is taken away": {cloud.Options{ForeignEmails: []string{"bob@example.com"}}, newBob, 409, "with email[bob@example.com] already exists"},
		"without a name":                     {cloud.Options{}, `{"emails":[{"value":"b@example.com","primary":true}]}`, 400, "[userName] is required"},
		"without an address":                 {cloud.Options{}, `{"userName":"b"}`, 400, "[emails] must have a primary value"},
		"without a primary address":          {cloud.Options{}, `{"userName":"b","emails":[{"value":"b@example.com"}]}`, 400, "[emails] must have a primary value"},
		"outside the verified domains":       {cloud.Options{VerifiedDomains: []string{"example.org"}}, newBob, 400, "Domain [example.com] is not verified"},
		"inside the verified domains":        {cloud.Options{VerifiedDomains: []string{"Example.com"}}, newBob, 201, "Bob"},
		"in a full directory":                {cloud.Options{MaxUsers: 1}, newBob, 400, "limit of 1 users"},
		"linked to a managed account":        {cloud.Options{ManagedAccounts: map[string]string{"BOB@example.com": "712020:bob"}}, newBob, 201, `"atlassianAccountId":"712020:bob"`},
		"linked to a new account":            {cloud.Options{}, newBob, 201, `"atlassianAccountId":"712020:`},
		"with attributes of its own":         {cloud.Options{}, `{"userName":"b","title":"Dr","emails":[{"value":"b@example.com","primary":true}]}`, 201, `"title":"Dr"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, test.options)
			i.add("taken")
			answer := i.call("POST Users", test.body)
			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
			g.Expect(answer.header.Get("Content-Type")).To(Equal("application/scim+json"))
			held := 1
			if test.status == 201 {
				held = 2
			}
			g.Expect(i.State().Users).To(HaveLen(held))
		})
	}
}

func TestUpdateUser(t *testing.T) {
	tests := map[string]struct {
		request, body string // USER stands for bob's id
		status        int
		says          string
	}{
		"a new name":              {"PATCH", patch(`{"op":"replace","path":"userName","value":"king"}`), 200, `"userName":"king"`},
		"inactive":                {"PATCH", patch(`{"op":"replace","path":"active","value":false}`), 200, `"active":false`},
		"operators in capitals":   {"PATCH", patch(`{"op":"Replace","path":"displayName","value":"B"}`), 200, `"displayName":"B"`},
		"without a path":          {"PATCH", patch(`{"op":"replace","value":{"displayName":"B","active":false}}`), 200, `"displayName":"B"`},
		"a part of the name":      {"PATCH", patch(`{"op":"add","path":"name.givenName","value":"B"}`), 200, `"givenName":"B"`},
		"the work address":        {"PATCH", patch(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@example.com"}`), 200, `"value":"b@example.com"`},
		"all addresses":           {"PATCH", patch(`{"op":"replace","path":"emails","value":[{"value":"b@example.com","primary":true}]}`), 200, `"value":"b@example.com"`},
		"one more address":        {"PATCH", patch(`{"op":"add","path":"emails","value":[{"value":"home@example.com"}]}`), 200, `"value":"bob@example.com"},{"value":"home@example.com"}`},
		"an attribute taken away": {"PATCH", patch(`{"op":"remove","path":"displayName"}`), 200, `"userName":"bob"`},
		"PUT clears the rest":     {"PUT", `{"userName":"bob","emails":[{"value":"bob@example.com","primary":true}]}`, 200, `"userName":"bob"`},

		"a taken name":            {"PATCH", patch(`{"op":"replace","path":"userName","value":"Taken"}`), 409, "userName[Taken] already exists"},
		"a taken address":         {"PATCH", patch(`{"op":"replace","path":"emails","value":[{"value":"taken@example.com","primary":true}]}`), 409, "email[taken@example.com] already exists"},
		"a taken address in PUT":  {"PUT", `{"userName":"bob","emails":[{"value":"taken@example.com","primary":true}]}`, 409, "email[taken@example.com] already exists"},
		"no address":              {"PATCH", patch(`{"op":"remove","path":"emails"}`), 400, "[emails] must have a primary value"},
		"active that is text":     {"PATCH", patch(`{"op":"replace","path":"active","value":"False"}`), 400, "[active] must be true or false"},
		"active that is text too": {"PATCH", patch(`{"op":"replace","value":{"active":"False"}}`), 400, "[active] must be true or false"},
		"an unknown attribute":    {"PATCH", patch(`{"op":"replace","path":"salary","value":1}`), 400, `"scimType":"invalidPath"`},
		"an unknown operator":     {"PATCH", patch(`{"op":"move","path":"active","value":true}`), 400, "[move] is unknown"},
		"no operations":           {"PATCH", patch(), 400, "no operations"},
		"one that is wrong spoils all": {"PATCH", patch(`{"op":"replace","path":"displayName","value":"B"}`,
			`{"op":"replace","path":"salary","value":1}`), 400, "invalidPath"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, cloud.Options{})
			bob := i.add("bob")
			i.add("taken")
			i.group("devs", "bob")
			answer := i.call(test.request+" Users/"+bob.ID, test.body)
			g.Expect(answer.status).To(Equal(test.status), answer.body)
			g.Expect(answer.body).To(ContainSubstring(test.says))
			if test.status != 200 {
				g.Expect(i.user("bob").DisplayName).To(Equal("bob Example"), "nothing is changed")
				return
			}
			g.Expect(answer.json(t)).To(And(HaveKeyWithValue("id", bob.ID), HaveKeyWithValue("groups", HaveLen(1))))
			g.Expect(i.call("GET Users/"+bob.ID, "").body).To(Equal(answer.body))
			if test.request == "PUT" {
				g.Expect(answer.body).NotTo(ContainSubstring("displayName"))
			}
		})
	}
}

func TestEitherSpellingOfOperations(t *testing.T) {
	i := startUnchecked(t, cloud.Options{})
	bob := i.add("bob")
	answer := i.call("PATCH Users/"+bob.ID, `{"operations":[{"op":"replace","path":"active","value":false}]}`)
	NewWithT(t).Expect(answer.body).To(ContainSubstring(`"active":false`))
}

func TestDeleteDeactivates(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	bob := i.add("bob")
	i.group("devs", "bob")
	path := "Users/" + bob.ID
	g.Expect(i.call("DELETE "+path, "").status).To(Equal(204))
	g.Expect(i.user("bob").Active).To(BeFalse())

	for _, request := range []string{"GET", "DELETE"} {
		g.Expect(i.call(request+" "+path, "").status).To(Equal(404), request)
	}
	g.Expect(i.call("PATCH "+path, patch(`{"op":"replace","path":"displayName","value":"B"}`)).status).To(Equal(404))
	g.Expect(i.call("GET Users", "").names(t)).To(BeEmpty())
	g.Expect(i.call("POST Users", newBob).status).To(Equal(409))

	g.Expect(i.call("PATCH "+path, patch(`{"op":"replace","path":"active","value":true}`)).status).To(Equal(200))
	g.Expect(i.call("GET "+path, "").json(t)).To(HaveKeyWithValue("active", true))
	g.Expect(i.members("devs")).To(Equal([]string{"bob"}))
}

func TestOtherAccountsOfDeletion(t *testing.T) {
	tests := map[string]struct {
		unconfirmed cloud.Unconfirmed
		listed      []string
		created     int
		sameID      bool
	}{
		"erased":  {cloud.Unconfirmed{DeletionErases: true}, []string{}, 201, false},
		"listed":  {cloud.Unconfirmed{ListsDeleted: true}, []string{"bob"}, 409, false},
		"revived": {cloud.Unconfirmed{CreateRevives: true}, []string{}, 201, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, cloud.Options{Unconfirmed: test.unconfirmed})
			bob := i.add("bob")
			g.Expect(i.call("DELETE Users/"+bob.ID, "").status).To(Equal(204))
			g.Expect(i.call("GET Users/"+bob.ID, "").status).To(Equal(404))
			g.Expect(i.call("GET Users", "").names(t)).To(Equal(test.listed))
			created := i.call("POST Users", newBob)
			g.Expect(created.status).To(Equal(test.created))
			sameID := HaveKeyWithValue("id", bob.ID)
			if !test.sameID {
				sameID = Not(sameID)
			}
			g.Expect(created.json(t)).To(sameID)
		})
	}
}
