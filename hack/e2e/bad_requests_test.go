package e2e

import (
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("A request that cannot be served", Ordered, ContinueOnFailure, func() {
	var t *tenant
	var id string
	BeforeAll(func(ctx SpecContext) {
		t = newTenant(ctx)
		user, err := t.okta(okta.Template, replicas[0]).CreateUser(ctx, newPerson("ada", "Ada", "Lovelace").Profile)
		Expect(err).NotTo(HaveOccurred())
		id = user.ID()
	})

	// Whatever the request, nothing may change by it.
	unchanged := func(ctx SpecContext, do func()) {
		GinkgoHelper()
		before, err := t.user(ctx, id)
		Expect(err).NotTo(HaveOccurred())
		do()
		after, err := t.user(ctx, id)
		Expect(err).NotTo(HaveOccurred())
		Expect(after.Spec).To(Equal(before.Spec))
		Expect(t.users(ctx)).To(HaveLen(1))
		Expect(t.groups(ctx)).To(BeEmpty())
	}

	DescribeTable("gets an answer that says what to do", func(ctx SpecContext, method, path, body string, status int, scimType, detail string) {
		unchanged(ctx, func() {
			path = strings.ReplaceAll(path, "{id}", id)
			Expect(t.send(ctx, method, path, body)).To(beSCIMError(status, scimType, detail))
		})
	},
		Entry("malformed JSON", "POST", "/Users", `{"userName":`, 400, "invalidSyntax", "not valid JSON"),
		Entry("no body", "POST", "/Users", ``, 400, "invalidSyntax", "empty"),
		Entry("not an object", "POST", "/Users", `[]`, 400, "invalidSyntax", "body"),
		Entry("a wrong type", "POST", "/Users", `{"userName":{"a":1}}`, 400, "invalidValue", "userName"),
		Entry("a wrong type of active", "PATCH", "/Users/{id}", `{"Operations":[{"op":"replace","path":"active","value":"maybe"}]}`, 400, "invalidValue", "active"),
		Entry("no userName", "POST", "/Users", `{"displayName":"Nobody"}`, 400, "invalidValue", "userName"),
		Entry("an empty userName", "PUT", "/Users/{id}", `{"userName":" "}`, 400, "invalidValue", "userName"),
		Entry("no displayName of a group", "POST", "/Groups", `{"members":[]}`, 400, "invalidValue", "displayName"),
		Entry("an over-long value", "POST", "/Users", `{"userName":"`+strings.Repeat("x", 1025)+`"}`, 400, "invalidValue", "userName"),
		Entry("an unknown operation", "PATCH", "/Users/{id}", `{"Operations":[{"op":"erase","path":"title"}]}`, 400, "invalidSyntax", "op must be add, replace or remove"),
		Entry("no operations", "PATCH", "/Users/{id}", `{}`, 400, "invalidSyntax", "Operations"),
		Entry("an unknown path", "PATCH", "/Users/{id}", `{"Operations":[{"op":"replace","path":"title[","value":"x"}]}`, 400, "invalidPath", "position 7"),
		Entry("a body over the limit", "POST", "/Users", `{"userName":"big","title":"`+strings.Repeat("x", 17<<20)+`"}`, 413, "", "larger than"),
		Entry("more members than one request may name", "POST", "/Groups", `{"displayName":"huge","members":[`+manyMembers(100_001)+`]}`, 413, "tooMany", "more than 100000 members"),
		Entry("a filter on an attribute that does not exist", "GET", "/Users?filter=shoeSize%20eq%20%22x%22", ``, 400, "invalidFilter", "shoeSize"),
		Entry("an unknown user", "GET", "/Users/nobody", ``, 404, "", "nobody"),
		Entry("an unknown kind", "GET", "/Devices", ``, 404, "", "Users, Groups"),
		Entry("a method that is not possible", "DELETE", "/Users", ``, 405, "", "GET, POST"),
		Entry("a user that exists", "POST", "/Users", `{"userName":"ADA@example.com"}`, 409, "uniqueness", "ada@example.com"),
	)

	It("without a right token is refused on every route", func(ctx SpecContext) {
		wrong := secrets.make("a wrong token")
		routes := []string{
			"GET /Users", "POST /Users", "GET /Users/{id}", "PUT /Users/{id}", "PATCH /Users/{id}", "DELETE /Users/{id}",
			"GET /Groups", "POST /Groups", "GET /Groups/{id}", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
			"GET /ServiceProviderConfig", "GET /ResourceTypes", "GET /Schemas", "GET /ResourceTypes/User", "POST /Bulk", "GET /Me", "GET /", "GET ",
		}
		unchanged(ctx, func() {
			for _, route := range routes {
				method, path, _ := strings.Cut(strings.ReplaceAll(route, "{id}", id), " ")
				for _, authorization := range []string{"", "Bearer", "Bearer ", "Bearer " + wrong, "Basic " + wrong, t.token + "x"} {
					got := sendSCIM(ctx, method, t.baseURL(replicas[0])+path, authorization, `{"userName":"intruder"}`)
					Expect(got).To(beSCIMError(http.StatusUnauthorized, "", "token"), route)
				}
			}
		})
	})

	It("to a SyncConfig that does not exist, or is another's, is refused alike", func(ctx SpecContext) {
		other := newTenant(ctx)
		known := sendSCIM(ctx, "GET", t.baseURL(replicas[0])+"/Users", "Bearer "+other.token, "")
		unknown := sendSCIM(ctx, "GET", t.baseURL(replicas[0])+"-gone/Users", "Bearer "+t.token, "")
		Expect(known).To(beSCIMError(http.StatusUnauthorized, "", "nothing at this base URL"))
		Expect(unknown.Text).To(Equal(known.Text), "names cannot be found out")
		Expect(other.send(ctx, "GET", "/Users/"+id, "")).To(beSCIMError(http.StatusNotFound, "", id))
	})
})

// manyMembers are the members of a group in JSON.
func manyMembers(n int) string {
	members := make([]string, 0, n)
	for i := range n {
		members = append(members, fmt.Sprintf(`{"value":"member-%d"}`, i))
	}
	return strings.Join(members, ",")
}
