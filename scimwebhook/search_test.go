package scimwebhook_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

var _ = Describe("Searches", func() {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	var client *idp
	ids := map[string]string{}

	BeforeEach(func(ctx context.Context) {
		client = newIDP(ctx, scimwebhook.Options{})
		for name, body := range map[string]string{
			"alice": `{"userName":"alice","externalId":"e1","title":"Pilot","name":{"familyName":"Zimmer"},"active":true,
				"emails":[{"value":"alice@work.example","type":"work"},{"value":"alice@home.example","type":"home","primary":true}],
				"` + enterprise + `":{"department":"Sales"}}`,
			"bob": `{"userName":"Bob","externalId":"e2","title":"pilot","name":{"familyName":"adams"},"active":false,
				"emails":[{"value":"bob@work.example","type":"work"}]}`,
			"carol": `{"userName":"carol","externalId":"E3","emails":[{"value":"carol@home.example","type":"home"}]}`,
		} {
			ids[name] = client.post("/Users", body).id()
		}
		ids["pilots"] = client.post("/Groups", `{"displayName":"Pilots","externalId":"g1","members":[{"value":"`+ids["alice"]+`"},{"value":"`+ids["bob"]+`"}]}`).id()
		ids["empty"] = client.post("/Groups", `{"displayName":"Empty"}`).id()
	})

	// found are the names of the resources in an answer, in order.
	found := func(got answer) []string {
		GinkgoHelper()
		known := map[any]string{}
		for name, id := range ids {
			known[id] = name
		}
		names := []string{}
		for _, resource := range got.resources() {
			Expect(known).To(HaveKey(resource["id"]))
			names = append(names, known[resource["id"]])
		}
		return names
	}

	It("find users by any filter", func() {
		for filter, want := range map[string][]string{
			`title eq "PILOT"`:                                     {"alice", "bob"},
			`title eq "pilot" and active eq true`:                  {"alice"},
			`userName sw "A" or externalId eq "E3"`:                {"alice", "carol"},
			`not (title pr)`:                                       {"carol"},
			`emails[type eq "work" and value co "bob"]`:            {"bob"},
			`emails[type eq "work"].value eq "alice@home.example"`: {},
			`emails.value eq "alice@home.example"`:                 {"alice"},
			`name.familyName gt "b"`:                               {"alice"},
			enterprise + `:department eq "sales"`:                  {"alice"},
			`groups[display eq "pilots"]`:                          {"alice", "bob"},
			`groups.value eq "` + ids["pilots"] + `"`:              {"alice", "bob"},
			`meta.created gt "2020-01-01T00:00:00Z"`:               {"alice", "bob", "carol"},
			`meta.lastModified lt "2020-01-01T00:00:00Z"`:          {},
			`meta.resourceType eq "User" and userName ew "b"`:      {"bob"},
			`schemas eq "` + enterprise + `"`:                      {"alice"},
			`userName eq "alice" and title eq "nurse"`:             {},
			`title eq "pilot" and userName eq "BOB"`:               {"bob"},
			`id eq "` + ids["bob"] + `" and active eq "False"`:     {"bob"},
			`externalId eq "e3"`:                                   {},
		} {
			got := client.get(filtered("/Users", filter))
			Expect(found(got)).To(ConsistOf(want), filter)
			Expect(got.Body["totalResults"]).To(BeEquivalentTo(len(want)), filter)
		}
	})

	It("find groups by any filter", func() {
		for filter, want := range map[string][]string{
			`members[value eq "` + ids["alice"] + `"]`:                          {"pilots"},
			`members.value eq "` + ids["bob"] + `"`:                             {"pilots"},
			`members eq "` + ids["bob"] + `"`:                                   {"pilots"},
			`members[value eq "` + ids["carol"] + `"]`:                          {},
			`members[value eq "` + ids["bob"] + `"] and displayName eq "empty"`: {},
			`members[display eq "ALICE"]`:                                       {"pilots"},
			`not (members pr)`:                                                  {"empty"},
			`displayName co "p"`:                                                {"pilots", "empty"},
		} {
			got := client.get(filtered("/Groups", filter))
			Expect(found(got)).To(ConsistOf(want), filter)
		}
	})

	It("see what was written just before", func() {
		Expect(client.get("/Users").Body["totalResults"]).To(BeEquivalentTo(3))
		ids["dave"] = client.post("/Users", `{"userName":"dave","title":"pilot"}`).id()
		Expect(found(client.get(filtered("/Users", `title eq "pilot"`)))).To(ConsistOf("alice", "bob", "dave"))
		client.patch("/Users/"+ids["dave"], `{"op":"replace","path":"title","value":"nurse"}`)
		Expect(found(client.get(filtered("/Users", `title eq "pilot"`)))).To(ConsistOf("alice", "bob"))
		client.send("DELETE", "/Users/"+ids["dave"], "")
		Expect(client.get("/Users").Body["totalResults"]).To(BeEquivalentTo(3))
		Expect(found(client.get(filtered("/Users", `title eq "nurse"`)))).To(BeEmpty())
	})

	It("are cut into pages", func() {
		all := found(client.get(filtered("/Users", "userName pr")))
		Expect(all).To(HaveLen(3))
		for start, want := range map[string][]string{"1": all[:2], "2": all[1:], "3": all[2:], "4": {}} {
			got := client.get("/Users?count=2&startIndex=" + start + "&filter=" + url.QueryEscape("userName pr"))
			Expect(found(got)).To(Equal(want), start)
			Expect(got.Body["totalResults"]).To(BeEquivalentTo(3))
		}
	})

	DescribeTable("sort", func(parameters string, want ...string) {
		got := found(client.get("/Users?" + parameters))
		Expect(got).To(Equal(want))
	},
		Entry("in any letter case", "sortBy=userName", "alice", "bob", "carol"),
		Entry("the other way", "sortBy=USERNAME&sortOrder=descending", "carol", "bob", "alice"),
		Entry("with respect to letter case", "sortBy=externalId", "carol", "alice", "bob"),
		Entry("by a sub-attribute, those without it last", "sortBy=name.familyName&sortOrder=ascending", "bob", "alice", "carol"),
		Entry("the other way, those without it first", "sortBy=name.familyName&sortOrder=Descending", "carol", "alice", "bob"),
		Entry("by the primary value", "sortBy=emails", "alice", "bob", "carol"),
		Entry("by an extension", "sortBy="+enterprise+":department&count=1", "alice"),
		Entry("a page of many", "sortBy=userName&startIndex=2&count=1", "bob"),
		Entry("what a filter leaves", "sortBy=userName&sortOrder=descending&filter=title%20pr", "bob", "alice"),
		Entry("by a boolean", "sortBy=active&filter=title%20pr", "bob", "alice"),
	)

	DescribeTable("refuse a sort that makes no sense", func(parameters, detail string) {
		Expect(client.get("/Users?" + parameters)).To(beError(http.StatusBadRequest, "invalidValue", detail))
	},
		Entry("unknown", "sortBy=madeUp", "sortBy names no attribute"),
		Entry("complex", "sortBy=name", "name has several parts"),
		Entry("an extension", "sortBy="+enterprise, "has several parts"),
		Entry("an order that is none", "sortBy=userName&sortOrder=up", "ascending or descending"),
	)

	// search sends a SearchRequest.
	search := func(path string, request map[string]any) answer {
		GinkgoHelper()
		request["schemas"] = []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}
		body, err := json.Marshal(request)
		Expect(err).NotTo(HaveOccurred())
		return client.post(path+"/.search", string(body))
	}

	It("are sent in a body as well", func() {
		got := search("/Users", map[string]any{
			"filter": `title pr`, "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 5,
			"attributes": []string{"userName", "emails.value"}, "excludedAttributes": []string{"emails"},
		})
		Expect(found(got)).To(Equal([]string{"alice"}))
		Expect(got.Body).To(And(HaveKeyWithValue("totalResults", BeEquivalentTo(2)), HaveKeyWithValue("startIndex", BeEquivalentTo(2))))
		Expect(got.resources()[0]).To(HaveLen(3), "id, schemas and userName")
		Expect(found(search("/Groups", map[string]any{"filter": `displayName eq "PILOTS"`}))).To(Equal([]string{"pilots"}))
		Expect(search("/Users", map[string]any{"filter": `madeUp pr`})).To(beError(http.StatusBadRequest, "invalidFilter", "madeUp"))
		Expect(search("/Users", map[string]any{"count": "many"})).To(beError(http.StatusBadRequest, "invalidSyntax", "count"))
		Expect(client.get("/Users/.search")).To(beError(http.StatusMethodNotAllowed, "", "only POST"))
	})

	It("go over all kinds of resources at the root", func() {
		everything := found(search("", map[string]any{}))
		Expect(everything[:3]).To(ConsistOf("alice", "bob", "carol"))
		Expect(everything[3:]).To(ConsistOf("pilots", "empty"))
		var paged []string
		for start := 1; start <= 5; start += 2 {
			got := search("", map[string]any{"startIndex": start, "count": 2})
			Expect(got.Body["totalResults"]).To(BeEquivalentTo(5))
			paged = append(paged, found(got)...)
		}
		Expect(paged).To(Equal(everything))

		Expect(found(search("", map[string]any{"filter": `userName eq "alice" or displayName eq "pilots"`}))).To(Equal([]string{"alice", "pilots"}))
		Expect(found(search("", map[string]any{"filter": `externalId pr`, "sortBy": "externalId"}))).To(Equal([]string{"carol", "alice", "bob", "pilots"}))
		Expect(found(search("", map[string]any{"filter": `meta.resourceType eq "Group"`}))).To(ConsistOf("pilots", "empty"))
		Expect(search("", map[string]any{"filter": `madeUp pr`})).To(beError(http.StatusBadRequest, "invalidFilter", "madeUp"))
		Expect(found(client.get("/?filter=" + url.QueryEscape(`displayName sw "pil"`)))).To(Equal([]string{"pilots"}))
	})

	It("have nobody to show at /Me", func() {
		for method := range strings.FieldsSeq("GET POST PUT PATCH DELETE") {
			Expect(client.send(method, "/Me", "")).To(beError(http.StatusNotImplemented, "", "/Me is not offered"), method)
		}
	})
})
