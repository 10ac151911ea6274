package scimwebhook_test

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook"
)

// quirks are requests that no RFC allows, each with the reason for which a
// strict SyncConfig refuses it.
var quirks = []struct {
	name, method, target, body string
	scimType, detail           string
}{
	{"no schemas", "POST", "/Users", `{"userName":"a"}`, "invalidSyntax", "schemas must name urn:ietf:params:scim:schemas:core:2.0:User"},
	{"the schema of SCIM 1.1", "POST", "/Users", `{"schemas":["urn:scim:schemas:core:1.0"],"userName":"b"}`, "invalidSyntax", "schemas must name"},
	{"an unknown attribute", "POST", "/Users", `{SCHEMAS,"userName":"c","shoeSize":43}`, "invalidSyntax", `there is no attribute "shoeSize"`},
	{"an unknown sub-attribute", "POST", "/Users", `{SCHEMAS,"userName":"d","name":{"maidenName":"x"}}`, "invalidSyntax", `there is no attribute "name.maidenName"`},
	{"a boolean as a string", "POST", "/Users", `{SCHEMAS,"userName":"e","active":"True"}`, "invalidValue", "active must be true or false"},
	{"an object for a list", "POST", "/Users", `{SCHEMAS,"userName":"f","emails":{"value":"x@y"}}`, "invalidValue", "emails must be a list"},
	{"a list for a single value", "POST", "/Users", `{SCHEMAS,"userName":"g","title":[{"value":"Pilot"}]}`, "invalidValue", "title must be a string"},
	{"a string for an object", "POST", "/Users", `{SCHEMAS,"userName":"h","emails":["x@y"]}`, "invalidValue", "emails must be an object"},
	{"PATCH without schemas", "PATCH", "/Users/{user}", `{"Operations":[{"op":"add","path":"title","value":"x"}]}`, "invalidSyntax", "api:messages:2.0:PatchOp"},
	{"PATCH without operations", "PATCH", "/Users/{user}", `{PATCH,"Operations":[]}`, "invalidSyntax", "at least one operation"},
	{"op in capitals", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"Add","path":"title","value":"x"}]}`, "invalidSyntax", "op must be add, replace or remove"},
	{"an unknown path", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","path":"shoeSize","value":"x"}]}`, "invalidPath", `there is no attribute "shoeSize"`},
	{"an unknown key", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","value":{"shoeSize":"x"}}]}`, "invalidPath", `there is no attribute "shoeSize"`},
	{"a dotted key", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","value":{"name.givenName":"x"}}]}`, "invalidPath", "name.givenName cannot be the key"},
	{"an attribute's URN as a key", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"x"}}]}`, "invalidPath", "department cannot be the key"},
	{"a read-only attribute", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"replace","value":{"id":"x","title":"y"}}]}`, "mutability", "id is read-only"},
	{"an entry that is not there", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"x@y"}]}`, "noTarget", "no entry of emails"},
	{"a bare string as manager", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"x"}]}`, "invalidValue", "manager must be an object"},
	{"remove of members with a value", "PATCH", "/Groups/{group}", `{PATCH,"Operations":[{"op":"remove","path":"members","value":[{"value":"x"}]}]}`, "invalidValue", "remove takes no value"},
	{"remove of entries with a value", "PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"remove","path":"emails","value":[{"value":"x@y"}]}]}`, "invalidValue", "remove takes no value"},
	{"a path without quotes", "PATCH", "/Groups/{group}", `{PATCH,"Operations":[{"op":"remove","path":"members[value eq x]"}]}`, "invalidPath", "in double quotes"},
	{"a filter without quotes", "GET", "/Users?filter=externalId%20eq%20jyoung", "", "invalidFilter", "in double quotes"},
	{"a sub-attribute behind brackets", "GET", "/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22x%22", "", "invalidFilter", "cannot follow the brackets"},
}

var _ = Describe("Tolerance", func() {
	var idp *idp
	var ask func(method, target, body string) answer
	BeforeEach(func(ctx context.Context) {
		idp = newIDP(ctx, scimwebhook.Options{})
		fill := strings.NewReplacer(
			"{user}", idp.user("known"), "{group}", idp.group("known"),
			"{SCHEMAS", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`,
			"{PATCH", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]`).Replace
		ask = func(method, target, body string) answer { return idp.send(method, fill(target), fill(body)) }
	})

	It("takes what clients send by mistake", func() {
		for _, quirk := range quirks {
			got := ask(quirk.method, quirk.target, quirk.body)
			Expect(got.Status).To(BeNumerically("<", 300), quirk.name+": "+got.Text)
		}
	})

	It("is turned off by scim.strict of the SyncConfig", func(ctx context.Context) {
		var config v1alpha1.SyncConfig
		key := client.ObjectKey{Namespace: idp.scope.Namespace, Name: idp.scope.SyncConfig}
		Expect(env.Client.Get(ctx, key, &config)).To(Succeed())
		config.Spec.SCIM.Strict = true
		Expect(env.Client.Update(ctx, &config)).To(Succeed())
		Eventually(func() int { return ask(http.MethodGet, quirks[len(quirks)-1].target, "").Status }).Should(Equal(http.StatusBadRequest))

		for _, quirk := range quirks {
			Expect(ask(quirk.method, quirk.target, quirk.body)).To(beError(http.StatusBadRequest, quirk.scimType, quirk.detail), quirk.name)
		}
		for _, request := range [][3]string{ // what the RFCs allow
			{"POST", "/Users", `{SCHEMAS,"userName":"alice","active":true,"id":"mine","password":"s3cret","name":{"givenName":"A"},"emails":[{"value":"a@x","type":"work"}],"urn:example:own":{"badge":"7"},"nickName":null,"phoneNumbers":[]}`},
			{"PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","value":{"DISPLAYNAME":"K","name":{"familyName":"B"},"password":"n3w","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"}}}]}`},
			{"PATCH", "/Users/{user}", `{PATCH,"Operations":[{"op":"add","path":"emails","value":[{"value":"k@x","type":"work"}]},{"op":"replace","path":"emails[type eq \"work\"].value","value":"l@x"},{"op":"remove","path":"emails[value eq \"l@x\"]"}]}`},
			{"PATCH", "/Groups/{group}", `{PATCH,"Operations":[{"op":"add","path":"members","value":[{"value":"m","type":"User"}]},{"op":"remove","path":"members[value eq \"m\"]"}]}`},
			{"GET", "/Users?filter=userName%20eq%20%22alice%22", ""},
		} {
			got := ask(request[0], request[1], request[2])
			Expect(got.Status).To(BeNumerically("<", 300), request[2]+": "+got.Text)
		}
	})
})
