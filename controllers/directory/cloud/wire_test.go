package cloud_test

import (
	"context"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestRequestsAreThoseOfTheDocument(t *testing.T) {
	const patch = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`
	g7 := directory.Group{ID: "7", Name: "devs"}
	both := []directory.User{{ID: "A", Name: "ada"}, {ID: `G"`, Name: "grace"}}
	cases := map[string]struct {
		call func(context.Context, directory.Directory) error
		want string
	}{
		"create a user": {
			func(ctx context.Context, d directory.Directory) error {
				_, err := d.CreateUser(ctx, directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"})
				return err
			},
			`POST Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","displayName":"Ada",` +
				`"emails":[{"value":"ada@example.com","type":"work","primary":true}],"active":true}`,
		},
		"change the name": {update(directory.UserChange{Name: new("king")}),
			`PATCH Users/A ` + patch + `{"op":"replace","path":"userName","value":"king"}]}`},
		"deactivate": {update(directory.UserChange{Active: new(false)}),
			`PATCH Users/A ` + patch + `{"op":"replace","path":"active","value":false}]}`},
		"change two things": {update(directory.UserChange{DisplayName: new("Ada K"), Email: new("k@example.com")}),
			`PATCH Users/A ` + patch + `{"op":"replace","path":"displayName","value":"Ada K"},` +
				`{"op":"replace","path":"emails","value":[{"value":"k@example.com","type":"work","primary":true}]}]}`},
		"change nothing": {update(directory.UserChange{}), `GET Users/A`},
		"create a group": {
			func(ctx context.Context, d directory.Directory) error {
				_, err := d.CreateGroup(ctx, "devs")
				return err
			},
			`POST Groups {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"devs"}`,
		},
		"delete a group": {func(ctx context.Context, d directory.Directory) error { return d.DeleteGroup(ctx, g7) },
			`DELETE Groups/7`},
		"add members": {func(ctx context.Context, d directory.Directory) error { return d.AddMembers(ctx, g7, both) },
			`PATCH Groups/7 ` + patch + `{"op":"add","path":"members","value":[{"value":"A"},{"value":"G\""}]}]}`},
		"remove members": {func(ctx context.Context, d directory.Directory) error { return d.RemoveMembers(ctx, g7, both) },
			`PATCH Groups/7 ` + patch + `{"op":"remove","path":"members[value eq \"A\"]"},` +
				`{"op":"remove","path":"members[value eq \"G\\\"\"]"}]}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			d, received := script(t, answers{
				"POST Users": {201, ada}, "PATCH Users/A": {200, ada}, "GET Users/A": {200, ada},
				"POST Groups": {201, `{"id":"7","displayName":"devs"}`}, "PATCH Groups/7": {200, `{}`}, "DELETE Groups/7": {204, ""},
			})
			g.Expect(c.call(t.Context(), d)).To(Succeed())
			g.Expect(received.requests).To(Equal([]string{c.want}), "in one request")
			g.Expect(received.header.Get("Accept")).To(Equal("application/scim+json, application/json"))
			g.Expect(received.header.Get("Content-Type")).To(Or(BeEmpty(), Equal("application/scim+json")))
			g.Expect(received.header.Get("Authorization")).To(Equal("Bearer token"))
		})
	}
}

func update(change directory.UserChange) func(context.Context, directory.Directory) error {
	return func(ctx context.Context, d directory.Directory) error {
		_, err := d.UpdateUser(ctx, "A", change)
		return err
	}
}

func TestNamesCannotEndAFilter(t *testing.T) {
	const hostile = `x" or userName eq "ada\`
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
	d := connect(t, sim.config())
	_, err := d.FindUser(t.Context(), hostile)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindNotFound), "%v", err)
	_, err = d.FindGroup(t.Context(), hostile)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindNotFound), "%v", err)

	created, err := d.CreateUser(t.Context(), directory.NewUser{Name: hostile, Email: "x@example.com"})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(d.FindUser(t.Context(), hostile)).To(Equal(created))
}

func TestAnotherAccountIsNeverTakenForTheOneAskedFor(t *testing.T) {
	cases := map[string]string{
		"the filter is ignored":        `{"totalResults":2,"Resources":[` + ada + `,` + grace + `]}`,
		"a number without the account": `{"totalResults":1,"Resources":[]}`,
		"no number":                    `{}`,
		"an account without active":    `{"totalResults":1,"Resources":[{"id":"N","userName":"nobody"}]}`,
		"an account without id":        `{"totalResults":1,"Resources":[{"userName":"nobody","active":true}]}`,
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			d, _ := script(t, answers{`GET Users`: {200, body}, `GET Groups`: {200, body}})
			_, err := d.FindUser(t.Context(), "nobody")
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
			_, err = d.FindGroup(t.Context(), "nobody")
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
		})
	}
}

func TestOfTwoLetterCasesTheOneAskedForIsFound(t *testing.T) {
	const upper = `{"id":"U","userName":"ADA","active":true}`
	d, _ := script(t, answers{`GET Users`: {200, `{"totalResults":2,"Resources":[` + upper + `,` + ada + `]}`}})
	found, err := d.FindUser(t.Context(), "ada")
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	NewWithT(t).Expect(found.ID).To(Equal("A"))
}

func TestThePrimaryAddressIsTheOneThatCounts(t *testing.T) {
	for emails, want := range map[string]string{
		`[{"value":"home@example.com"},{"value":"work@example.com","primary":true}]`: "work@example.com",
		`[{"value":"first@example.com"},{"value":"second@example.com"}]`:             "first@example.com",
		`[]`: "",
	} {
		d, _ := script(t, answers{`GET Users/A`: {200, `{"id":"A","userName":"ada","active":true,"emails":` + emails + `}`}})
		found, err := d.FindUserByID(t.Context(), "A")
		NewWithT(t).Expect(err).NotTo(HaveOccurred())
		NewWithT(t).Expect(found.Email).To(Equal(want))
	}
}
