package scimwebhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

var _ = Describe("Bulk", func() {
	var client *idp
	BeforeEach(func(ctx context.Context) {
		limits := scimwebhook.DefaultLimits()
		limits.Operations = 20
		client = newIDP(ctx, scimwebhook.Options{Limits: limits})
	})

	bulk := func(parameters string, operations ...string) answer {
		GinkgoHelper()
		return client.post("/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],`+parameters+
			`"Operations":[`+strings.Join(operations, ",")+`]}`)
	}
	// results are those of the operations that were carried out.
	results := func(got answer) []map[string]any {
		GinkgoHelper()
		Expect(got.Status).To(Equal(http.StatusOK), got.Text)
		Expect(got.Body["schemas"]).To(ConsistOf("urn:ietf:params:scim:api:messages:2.0:BulkResponse"))
		list := []map[string]any{}
		for _, result := range got.Body["Operations"].([]any) {
			list = append(list, result.(map[string]any))
		}
		return list
	}
	statuses := func(got answer) (list []string) {
		GinkgoHelper()
		for _, result := range results(got) {
			list = append(list, result["status"].(string))
		}
		return list
	}
	post := func(path, bulkID, data string) string {
		return fmt.Sprintf(`{"method":"POST","path":%q,"bulkId":%q,"data":%s}`, path, bulkID, data)
	}

	It("carries out every kind of operation in order", func() {
		old := client.post("/Users", `{"userName":"old"}`)
		target := "/Users/" + old.id()
		got := bulk("",
			post("/Users", "u1", `{"userName":"alice","password":"s3cret-pass"}`),
			`{"method":"patch","path":"`+target+`","data":{"Operations":[{"op":"replace","path":"title","value":"Pilot"}]}}`,
			`{"method":"PUT","path":"`+target+`","data":{"userName":"new"}}`,
			`{"method":"DELETE","path":"`+target+`"}`,
		)
		all := results(got)
		Expect(statuses(got)).To(Equal([]string{"201", "200", "200", "204"}))
		Expect(all[0]).To(And(HaveKeyWithValue("method", "POST"), HaveKeyWithValue("bulkId", "u1"), HaveKey("version"), Not(HaveKey("response"))))
		created := client.get(all[0]["location"].(string))
		Expect(created.Body).To(And(HaveKeyWithValue("userName", "alice"), HaveKeyWithValue("meta", HaveKeyWithValue("version", all[0]["version"]))))
		Expect(all[1]["location"]).To(Equal(client.url + target))
		Expect(client.get(target)).To(beError(http.StatusNotFound, "", old.id()))

		lines := client.log.audit()
		Expect(lines).To(HaveLen(5), "one for each change")
		Expect(lines[4]).To(And(ContainSubstring(`"operation":"delete"`), ContainSubstring(`"token":"token"`)))
		Expect(client.log.text()).NotTo(ContainSubstring("s3cret-pass"))
	})

	It("puts ids in the place of references, whatever the order", func() {
		all := results(bulk("",
			post("/Groups", "g1", `{"displayName":"Outer","members":[{"type":"Group","value":"bulkId:g2"},{"value":"bulkId:u1"}]}`),
			post("/Groups", "g2", `{"displayName":"Inner","members":[{"value":"bulkId:u1"}]}`),
			post("/Users", "u1", `{"userName":"alice","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:u2"}}}`),
			post("/Users", "u2", `{"userName":"boss"}`),
			`{"method":"PATCH","path":"/Groups/bulkId:g2","data":{"Operations":[{"op":"add","path":"members","value":[{"value":"bulkId:u2"}]}]}}`,
		))
		Expect(all).To(HaveLen(5))
		resource := func(i int) map[string]any {
			GinkgoHelper()
			Expect(all[i]["status"]).To(BeElementOf("201", "204"), fmt.Sprint(all[i]))
			return client.get(all[i]["location"].(string)).Body
		}
		members := func(group map[string]any) (ids []any) {
			for _, member := range group["members"].([]any) {
				ids = append(ids, member.(map[string]any)["value"])
			}
			return ids
		}
		outer, inner, alice, boss := resource(0), resource(1), resource(2), resource(3)
		Expect(members(outer)).To(ConsistOf(inner["id"], alice["id"]))
		Expect(members(inner)).To(ConsistOf(alice["id"], boss["id"]))
		Expect(alice["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]).
			To(HaveKeyWithValue("manager", HaveKeyWithValue("value", boss["id"])))
		Expect(all[4]["location"]).To(Equal(client.url + "/Groups/" + inner["id"].(string)))
	})

	It("refuses references in a circle, and does the rest", func() {
		got := bulk("",
			post("/Groups", "g1", `{"displayName":"One","members":[{"value":"bulkId:g2"}]}`),
			post("/Groups", "g2", `{"displayName":"Two","members":[{"value":"bulkId:g1"}]}`),
			post("/Groups", "self", `{"displayName":"Self","members":[{"value":"bulkId:self"}]}`),
			post("/Users", "u1", `{"userName":"alice"}`),
		)
		Expect(statuses(got)).To(Equal([]string{"409", "409", "409", "201"}))
		Expect(got.Text).To(ContainSubstring("refer to each other in a circle"))
		Expect(client.get("/Groups").resources()).To(BeEmpty())
	})

	DescribeTable("says of each operation what is wrong with it", func(operation, status, scimType, detail string) {
		all := results(bulk("", operation, post("/Users", "fine", `{"userName":"alice"}`)))
		Expect(all).To(HaveLen(2))
		Expect(all[0]).To(HaveKeyWithValue("status", status), fmt.Sprint(all[0]))
		Expect(all[0]["response"]).To(And(HaveKeyWithValue("status", status), HaveKeyWithValue("detail", ContainSubstring(detail))))
		if scimType != "" {
			Expect(all[0]["response"]).To(HaveKeyWithValue("scimType", scimType))
		}
		Expect(all[1]).To(HaveKeyWithValue("status", "201"))
	},
		Entry("no bulkId", `{"method":"POST","path":"/Users","data":{"userName":"bob"}}`, "400", "invalidValue", "needs a bulkId"),
		Entry("no data", `{"method":"POST","path":"/Users","bulkId":"u1"}`, "400", "invalidSyntax", "body is empty"),
		Entry("invalid data", post("/Users", "u1", `{"displayName":"x"}`), "400", "invalidValue", "userName is required"),
		Entry("unknown reference", post("/Groups", "g1", `{"displayName":"G","members":[{"value":"bulkId:none"}]}`), "400", "invalidValue", `the bulkId "none"`),
		Entry("unknown method", `{"method":"GET","path":"/Users"}`, "400", "invalidSyntax", "POST, PUT, PATCH or DELETE"),
		Entry("unknown path", post("/People", "p1", `{}`), "400", "invalidValue", "path must be"),
		Entry("another server", post("https://example.com/Users", "p1", `{}`), "400", "invalidValue", "path must be"),
		Entry("bulk in bulk", post("/Bulk", "b1", `{}`), "400", "invalidValue", "path must be"),
		Entry("out of the SyncConfig", `{"method":"DELETE","path":"/Users/../../other"}`, "400", "invalidValue", "path must be"),
		Entry("out of the users", `{"method":"DELETE","path":"/Users/.."}`, "400", "invalidValue", "path must be"),
		Entry("POST to one", post("/Users/x", "u1", `{}`), "400", "invalidValue", "path must be"),
		Entry("DELETE of all", `{"method":"DELETE","path":"/Users"}`, "400", "invalidValue", "path must be"),
		Entry("nobody", `{"method":"DELETE","path":"/Users/nobody"}`, "404", "", "no user with id"),
	)

	It("checks versions", func() {
		created := client.post("/Users", `{"userName":"alice"}`)
		operation := func(version string) string {
			text, err := json.Marshal(version)
			Expect(err).NotTo(HaveOccurred())
			return `{"method":"PATCH","path":"/Users/` + created.id() + `","version":` + string(text) +
				`,"data":{"Operations":[{"op":"replace","path":"title","value":"Pilot"}]}}`
		}
		Expect(statuses(bulk("", operation(`W/"other"`), operation(created.Header.Get("ETag"))))).To(Equal([]string{"412", "200"}))
	})

	It("stops after as many errors as the client bears", func() {
		bad := func(n int) string { return post("/Users", fmt.Sprint("bad", n), `{}`) }
		good := func(n int) string {
			return post("/Users", fmt.Sprint("good", n), fmt.Sprintf(`{"userName":"user%d"}`, n))
		}
		got := bulk(`"failOnErrors":2,`, good(1), bad(1), good(2), bad(2), good(3), bad(3))
		Expect(statuses(got)).To(Equal([]string{"201", "400", "201", "400"}))
		Expect(client.get("/Users").Body["totalResults"]).To(BeEquivalentTo(2))
		needsBad := post("/Groups", "g", `{"displayName":"G","members":[{"value":"bulkId:bad1"}]}`)
		Expect(statuses(bulk(`"failOnErrors":1,`, needsBad, bad(1)))).To(Equal([]string{"400"}))
		Expect(statuses(bulk("", needsBad, bad(1)))).To(Equal([]string{"409", "400"}))
	})

	It("has limits that it names", func() {
		config := client.get("/ServiceProviderConfig").Body["bulk"]
		Expect(config).To(And(HaveKeyWithValue("supported", true), HaveKeyWithValue("maxOperations", BeEquivalentTo(20)), HaveKey("maxPayloadSize")))
		operations := []string{}
		for n := range 21 {
			operations = append(operations, post("/Users", fmt.Sprint(n), fmt.Sprintf(`{"userName":"user%d"}`, n)))
		}
		Expect(bulk("", operations...)).To(beError(http.StatusRequestEntityTooLarge, "", "maxOperations"))
		Expect(client.get("/Users").Body["totalResults"]).To(BeEquivalentTo(0))
		Expect(statuses(bulk("", operations[:20]...))).To(HaveEach("201"))
		Expect(client.post("/Bulk", `{}`)).To(beError(http.StatusBadRequest, "invalidSyntax", "no Operations"))
		Expect(client.get("/Bulk")).To(beError(http.StatusMethodNotAllowed, "", "only POST"))
	})
})
