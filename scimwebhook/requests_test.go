package scimwebhook_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

var _ = Describe("Requests", func() {
	var client *idp
	BeforeEach(func(ctx context.Context) { client = newIDP(ctx, scimwebhook.Options{}) })

	It("says clearly what is wrong with a body", func() {
		id := client.post("/Users", `{"userName":"known"}`).id()
		patch := func(operations string) string { return `{"Operations":` + operations + `}` }
		for _, tt := range []struct {
			name, method, target, body string
			status                     int
			scimType, detail           string
		}{
			{"malformed JSON", "POST", "/Users", `{"userName":"a",}`, 400, "invalidSyntax", "not valid JSON"},
			{"cut JSON", "POST", "/Users", `{"userName":"a"`, 400, "invalidSyntax", "unexpected end of JSON input (at byte 15)"},
			{"two documents", "POST", "/Users", `{"userName":"a"}{"userName":"b"}`, 400, "invalidSyntax", "after top-level value (at byte 17)"},
			{"blank body", "POST", "/Users", ` `, 400, "invalidSyntax", "the body is empty"},
			{"no object", "POST", "/Users", `["userName"]`, 400, "invalidSyntax", "cannot be a JSON array"},
			{"duplicate key", "POST", "/Users", `{"userName":"a","userName":"b"}`, 400, "invalidSyntax", `"userName" is given twice`},
			{"duplicate key in another case", "POST", "/Users", `{"userName":"a","USERNAME":"b"}`, 400, "invalidSyntax", "userName is given twice"},
			{"deep nesting", "POST", "/Users", strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30), 400, "invalidSyntax", "deeper than 20"},
			{"no userName", "POST", "/Users", `{"displayName":"a"}`, 400, "invalidValue", "userName is required"},
			{"empty userName", "POST", "/Users", `{"userName":""}`, 400, "invalidValue", "userName is required"},
			{"no displayName", "POST", "/Groups", `{"members":[]}`, 400, "invalidValue", "displayName is required"},
			{"number for a string", "POST", "/Users", `{"userName":"a","externalId":1}`, 400, "invalidValue", "externalId must be a string, but a number was sent"},
			{"text for a boolean", "POST", "/Users", `{"userName":"a","active":"perhaps"}`, 400, "invalidValue", "active must be true or false"},
			{"text for an object", "PUT", "/Users/" + id, `{"userName":"a","name":"b"}`, 400, "invalidValue", "name must be an object"},
			{"over-long value", "POST", "/Users", `{"userName":"` + strings.Repeat("x", 2000) + `"}`, 400, "invalidValue", "userName: Too long"},
			{"over-long entry", "PUT", "/Users/" + id, `{"userName":"a","emails":[{"value":"` + strings.Repeat("x", 5000) + `"}]}`, 400, "invalidValue", "emails[0].value: Too long"},
			{"PATCH without operations", "PATCH", "/Users/" + id, `{}`, 400, "invalidSyntax", "no Operations"},
			{"operations of a wrong type", "PATCH", "/Users/" + id, patch(`{"op":"add"}`), 400, "invalidSyntax", "Operations cannot be a JSON object"},
			{"unknown operation", "PATCH", "/Users/" + id, patch(`[{"op":"increment","path":"title","value":"x"}]`), 400, "invalidSyntax", "op must be add, replace or remove"},
			{"remove without path", "PATCH", "/Users/" + id, patch(`[{"op":"remove"}]`), 400, "noTarget", "remove needs a path"},
			{"removal of userName", "PATCH", "/Users/" + id, patch(`[{"op":"remove","path":"userName"}]`), 400, "", "userName"},
			{"malformed path", "PATCH", "/Users/" + id, patch(`[{"op":"replace","path":"emails[type eq","value":"x"}]`), 400, "invalidPath", ""},
			{"PATCH of nobody", "PATCH", "/Users/nobody", patch(`[]`), 404, "", `no user with id "nobody"`},
			{"PUT of nobody", "PUT", "/Users/nobody", `{"userName":"a"}`, 404, "", `no user with id "nobody"`},
			{"DELETE of nobody", "DELETE", "/Users/nobody", ``, 404, "", `no user with id "nobody"`},
			{"group id as a user's", "GET", "/Groups/" + id, ``, 404, "", "no group with id"},
			{"unknown path", "GET", "/People", ``, 404, "", "Users, Groups"},
			{"method that a path lacks", "DELETE", "/Users", ``, 405, "", "only GET, POST"},
		} {
			By(tt.name)
			got := client.send(tt.method, tt.target, tt.body)
			matcher := beError(tt.status, tt.scimType, tt.detail)
			if tt.name == "removal of userName" {
				matcher = HaveField("Body", HaveKeyWithValue("detail", ContainSubstring(tt.detail)))
			}
			Expect(got).To(matcher, tt.name+": "+got.Text)
			Expect(got.Status).To(Equal(tt.status), tt.name)
		}
		Expect(client.get("/Users/" + id).Body).To(HaveKeyWithValue("userName", "known"))
	})

	It("names the methods that a path has", func() {
		Expect(client.send("DELETE", "/Users", "").Header.Get("Allow")).To(Equal("GET, POST"))
		Expect(client.send("POST", "/Users/x", "{}").Header.Get("Allow")).To(Equal("DELETE, GET, PATCH, PUT"))
	})

	DescribeTable("takes or refuses a Content-Type", func(contentType string, status int) {
		client.headers.Set("Content-Type", contentType)
		got := client.post("/Users", `{"userName":"alice"}`)
		Expect(got.Status).To(Equal(status), got.Text)
	},
		Entry("SCIM", "application/scim+json", 201),
		Entry("SCIM with a charset", "application/scim+json; charset=utf-8", 201),
		Entry("JSON", "application/json", 201),
		Entry("anything else", "application/x-www-form-urlencoded", 415),
		Entry("nonsense", "///", 415),
	)

	It("takes a body without Content-Type", func() {
		client.headers["Content-Type"] = []string{""}
		Expect(client.post("/Users", `{"userName":"alice"}`).Status).To(Equal(http.StatusCreated))
	})

	It("takes slashes too many", func() {
		Expect(client.get("/Users/").resources()).To(BeEmpty())
		Expect(client.get("//Users").resources()).To(BeEmpty())
		Expect(client.post("/Users/", `{"userName":"alice"}`).Status).To(Equal(http.StatusCreated))
	})

	It("finds by the attributes that clients search for", func() {
		alice := client.post("/Users", `{"userName":"Alice","externalId":"e1"}`).id()
		group := client.post("/Groups", `{"displayName":"Jira \"Users\"","externalId":"g1"}`).id()
		for _, tt := range []struct {
			path, filter string
			want         []any
		}{
			{"/Users", `userName eq "alice"`, []any{alice}},
			{"/Users", `USERNAME EQ "ALICE"`, []any{alice}},
			{"/Users", `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "alice"`, []any{alice}},
			{"/Users", `userName eq "bob"`, nil},
			{"/Users", `externalId eq "e1"`, []any{alice}},
			{"/Users", `externalId eq e1`, []any{alice}},
			{"/Users", `externalId eq "E1"`, nil},
			{"/Users", `id eq "` + alice + `"`, []any{alice}},
			{"/Users", `id eq "nobody"`, nil},
			{"/Groups", `displayName eq "jira \"users\""`, []any{group}},
			{"/Groups", `externalId eq "g1"`, []any{group}},
			{"/Groups", `id eq "` + alice + `"`, nil},
		} {
			got := client.get(filtered(tt.path, tt.filter))
			var ids []any
			for _, resource := range got.resources() {
				ids = append(ids, resource["id"])
			}
			Expect(ids).To(Equal(tt.want), tt.filter)
			Expect(got.Body["totalResults"]).To(BeEquivalentTo(len(tt.want)), tt.filter)
		}
	})

	DescribeTable("refuses a filter that it cannot answer", func(filter, detail string) {
		Expect(client.get(filtered("/Users", filter))).To(beError(http.StatusBadRequest, "invalidFilter", detail))
	},
		Entry("an unknown attribute", `madeUp eq "x"`, `no attribute "madeUp"`),
		Entry("an unknown attribute deep inside", `userName pr or not (emails[madeUp eq "x"])`, `no attribute "madeUp"`),
		Entry("an attribute of groups", `members[value eq "x"]`, `no attribute "members"`),
		Entry("an order of booleans", `active gt false`, "eq and ne"),
		Entry("malformed", `userName eq`, ""),
		Entry("too long", `userName eq "`+strings.Repeat("x", 3000)+`"`, ""),
	)

	It("never takes a search that it cannot read for a request for everybody", func() {
		client.post("/Users", `{"userName":"alice"}`)
		Expect(client.get("/Users?filter=userName%20eq%20%22100%zz%22")).To(beError(http.StatusBadRequest, "invalidValue", "query"))
		Expect(client.get("/Users?filter=userName%20eq%20%22a;b%22").resources()).To(BeEmpty())
	})

	DescribeTable("finds names with special characters", func(name string) {
		created := client.post("/Users", fmt.Sprintf(`{"userName":%q}`, name))
		Expect(created.Status).To(Equal(http.StatusCreated), created.Text)
		literal := fmt.Sprintf("userName eq %q", name)
		Expect(client.get("/Users?filter=" + url.QueryEscape(literal)).resources()).To(HaveLen(1))
		Expect(client.get("/Users?filter=" + strings.ReplaceAll(url.QueryEscape(literal), "+", "%20")).resources()).To(HaveLen(1))
	},
		Entry("apostrophe", "o'brien"), Entry("quote and backslash", `a"b\c`), Entry("plus", "a+b@x"),
		Entry("percent and ampersand", "100%&c=d;e"), Entry("umlaut", "jörg"), Entry("space", "a b"),
	)

	DescribeTable("gives the page that is asked for", func(query string, startIndex, itemsPerPage int) {
		for n := range 3 {
			Expect(client.post("/Users", fmt.Sprintf(`{"userName":"user%d"}`, n)).Status).To(Equal(http.StatusCreated))
		}
		Eventually(func() any { return client.get("/Users").Body["totalResults"] }).Should(BeEquivalentTo(3))
		got := client.get("/Users" + query)
		Expect(got.resources()).To(HaveLen(itemsPerPage))
		Expect(got.Body).To(And(
			HaveKeyWithValue("totalResults", BeEquivalentTo(3)), HaveKeyWithValue("startIndex", BeEquivalentTo(startIndex))))
	},
		Entry("all", "", 1, 3),
		Entry("the first", "?startIndex=1&count=2", 1, 2),
		Entry("the rest", "?startIndex=3&count=2", 3, 1),
		Entry("beyond the end", "?startIndex=9", 9, 0),
		Entry("below the start", "?startIndex=-5&count=1", 1, 1),
		Entry("nothing", "?count=0", 1, 0),
		Entry("less than nothing", "?count=-1", 1, 0),
		Entry("more than there may be", "?count=1000000", 1, 3),
		Entry("empty parameters", "?filter=&startIndex=&count=&attributes=", 1, 3),
	)

	It("refuses a page that is no number", func() {
		Expect(client.get("/Users?startIndex=one")).To(beError(http.StatusBadRequest, "invalidValue", "startIndex"))
		Expect(client.get("/Users?count=1.5")).To(beError(http.StatusBadRequest, "invalidValue", "count"))
	})

	It("shows the attributes that are asked for", func() {
		user := client.post("/Users", `{"userName":"alice","title":"Pilot","name":{"givenName":"A","familyName":"B"},`+
			`"emails":[{"value":"a@x","type":"work"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","division":"E"}}`).id()
		group := client.post("/Groups", `{"displayName":"G","members":[{"value":"`+user+`"}]}`).id()
		enterprise := "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
		for _, tt := range []struct {
			target string
			want   map[string]any
		}{
			{"/Users/" + user + "?attributes=userName,NAME.givenName,emails.value", map[string]any{
				"id": user, "userName": "alice", "name": map[string]any{"givenName": "A"}, "emails": []any{map[string]any{"value": "a@x"}}}},
			{"/Users/" + user + "?attributes=name.givenName,name.familyName," + enterprise + ":department", map[string]any{
				"id": user, "name": map[string]any{"givenName": "A", "familyName": "B"}, enterprise: map[string]any{"department": "D"}}},
			{"/Users/" + user + "?excludedAttributes=meta,groups,emails.type,title,name," + enterprise + ",id", map[string]any{
				"id": user, "userName": "alice", "active": true, "emails": []any{map[string]any{"value": "a@x"}}}},
			{"/Users/" + user + "?attributes=name.middleName,emails.display," + enterprise + ":manager.value", map[string]any{"id": user}},
			{"/Users/" + user + "?attributes=meta.resourceType", map[string]any{"id": user, "meta": map[string]any{"resourceType": "User"}}},
			{"/Users/" + user + "?attributes=madeUp", map[string]any{"id": user}},
			{"/Groups/" + group + "?excludedAttributes=members,meta", map[string]any{"id": group, "displayName": "G"}},
			{"/Groups/" + group + "?attributes=members.value", map[string]any{"id": group, "members": []any{map[string]any{"value": user}}}},
		} {
			got := client.get(tt.target).Body
			Expect(got).To(HaveKey("schemas"))
			delete(got, "schemas")
			Expect(got).To(Equal(tt.want), tt.target)
		}
		list := client.get("/Groups?excludedAttributes=members&filter=" + url.QueryEscape(`displayName eq "G"`)).resources()
		Expect(list).To(ConsistOf(Not(HaveKey("members"))))
		patched := client.patch("/Groups/"+group+"?attributes=displayName", `{"op":"replace","value":{"displayName":"H"}}`)
		Expect(patched.Status).To(Equal(http.StatusOK))
		Expect(patched.Body).To(And(HaveKeyWithValue("displayName", "H"), Not(HaveKey("members"))))
	})

	It("takes raw quotes in the URL, as Okta's test suite writes them", func() {
		client.post("/Users", `{"userName":"alice"}`)
		base, err := url.Parse(client.url)
		Expect(err).NotTo(HaveOccurred())
		connection, err := net.Dial("tcp", base.Host)
		Expect(err).NotTo(HaveOccurred())
		defer func() { _ = connection.Close() }()
		_, err = fmt.Fprintf(connection, "GET %s/Users?filter=userName%%20eq%%20\"alice\" HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n",
			base.Path, base.Host, token)
		Expect(err).NotTo(HaveOccurred())
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		Expect(err).NotTo(HaveOccurred())
		defer func() { _ = response.Body.Close() }()
		Expect(response.StatusCode).To(Equal(http.StatusOK))
	})

	It("does not rename a user that Entra ID deletes softly", func() {
		user := client.post("/Users", `{"userName":"alice@example.com"}`).id()
		got := client.patch("/Users/"+user, `{"op":"Replace","path":"active","value":"False"},`+
			`{"op":"Replace","path":"userName","value":"0123456789abcdef0123456789ABCDEFalice@example.com"}`)
		Expect(got.Status).To(Equal(http.StatusOK), got.Text)
		Expect(got.Body).To(And(HaveKeyWithValue("active", false), HaveKeyWithValue("userName", "alice@example.com")))
	})

	It("does not activate anybody by the removal of active", func() {
		user := client.post("/Users", `{"userName":"alice","active":false}`).id()
		for _, operation := range []string{`{"op":"remove","path":"active"}`, `{"op":"replace","value":{"active":null}}`} {
			Expect(client.patch("/Users/"+user, operation).Body).To(HaveKeyWithValue("active", false))
		}
		Expect(client.put("/Users/"+user, `{"userName":"alice","active":null}`).Body).To(HaveKeyWithValue("active", false))
	})

	It("tells the truth about itself", func() {
		config := client.get("/ServiceProviderConfig")
		Expect(config.Status).To(Equal(http.StatusOK))
		for feature, supported := range map[string]bool{"patch": true, "filter": true, "bulk": true, "sort": true, "etag": true, "changePassword": false} {
			Expect(config.Body).To(HaveKeyWithValue(feature, HaveKeyWithValue("supported", supported)))
		}
		Expect(config.Body["filter"]).To(HaveKeyWithValue("maxResults", BeEquivalentTo(500)))
		Expect(config.Body["pagination"]).To(And(HaveKeyWithValue("cursor", true), HaveKeyWithValue("index", true)))
		Expect(config.Body["authenticationSchemes"]).To(ConsistOf(HaveKeyWithValue("type", "oauthbearertoken")))

		for _, list := range []struct {
			path  string
			count int
		}{{"/ResourceTypes", 2}, {"/Schemas", 3}} {
			all := client.get(list.path).resources()
			Expect(all).To(HaveLen(list.count))
			for _, resource := range all {
				location := resource["meta"].(map[string]any)["location"].(string)
				Expect(client.get(location).Body).To(Equal(resource))
			}
			Expect(client.get(list.path + "/nothing")).To(beError(http.StatusNotFound, "", ""))
			Expect(client.get(list.path + "?filter=x")).To(beError(http.StatusForbidden, "", ""))
		}
	})

	It("shows the address that it is told to have", func(ctx context.Context) {
		behind := newIDP(ctx, scimwebhook.Options{BaseURL: "https://scim.example.com/"})
		created := behind.post("/Users", `{"userName":"alice"}`)
		Expect(created.Header.Get("Location")).To(HavePrefix("https://scim.example.com/scim/v2/" + behind.scope.Namespace + "/okta/Users/"))
	})
})
