package scimwebhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook"
)

// oktaUser is the body of Okta's POST, password and read-only groups included.
const oktaUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test.user@okta.local",
 "name":{"givenName":"Test","familyName":"User"},
 "emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],
 "displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7",
 "groups":[],"password":"1mz050nq","active":true}`

func filtered(path, filter string) string {
	return path + "?filter=" + url.PathEscape(filter) + "&startIndex=1&count=100"
}

var _ = Describe("Okta", func() {
	var okta *idp
	BeforeEach(func(ctx context.Context) { okta = newIDP(ctx, scimwebhook.Options{}) })

	userObject := func(ctx context.Context) v1alpha1.ProvisionedUser {
		GinkgoHelper()
		var all v1alpha1.ProvisionedUserList
		Expect(env.Client.List(ctx, &all, client.InNamespace(okta.scope.Namespace))).To(Succeed())
		Expect(all.Items).To(HaveLen(1))
		return all.Items[0]
	}
	groupObject := func(ctx context.Context) v1alpha1.ProvisionedGroup {
		GinkgoHelper()
		var all v1alpha1.ProvisionedGroupList
		Expect(env.Client.List(ctx, &all, client.InNamespace(okta.scope.Namespace))).To(Succeed())
		Expect(all.Items).To(HaveLen(1))
		return all.Items[0]
	}

	It("tests the credentials and finds nobody", func() {
		for _, target := range []string{"/Users?startIndex=1&count=2", "/Groups?startIndex=1&count=100"} {
			got := okta.get(target)
			Expect(got.resources()).To(BeEmpty())
			Expect(got.Text).To(MatchJSON(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],` +
				`"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`))
		}
	})

	It("creates a user", func(ctx context.Context) {
		Expect(okta.get(filtered("/Users", `userName eq "test.user@okta.local"`)).resources()).To(BeEmpty())
		created := okta.post("/Users", oktaUser)
		Expect(created.Status).To(Equal(http.StatusCreated))
		Expect(created.Header.Get("Location")).To(Equal(okta.url + "/Users/" + created.id()))
		Expect(created.Body).To(And(
			HaveKeyWithValue("schemas", ConsistOf("urn:ietf:params:scim:schemas:core:2.0:User")),
			HaveKeyWithValue("userName", "test.user@okta.local"),
			HaveKeyWithValue("externalId", "00ujl29u0le5T6Aj10h7"),
			HaveKeyWithValue("active", true),
			HaveKeyWithValue("name", Equal(map[string]any{"givenName": "Test", "familyName": "User"})),
			HaveKeyWithValue("emails", ConsistOf(Equal(map[string]any{"primary": true, "value": "test.user@okta.local", "type": "work"}))),
			HaveKeyWithValue("meta", And(
				HaveKeyWithValue("resourceType", "User"), HaveKey("created"), HaveKey("lastModified"),
				HaveKeyWithValue("location", okta.url+"/Users/"+created.id()))),
			Not(HaveKey("password")), Not(HaveKey("syncConfigName")), Not(HaveKey("enterprise")),
		))
		Expect(okta.get("/Users/" + created.id()).Body).To(Equal(created.Body))
		Expect(okta.get(filtered("/Users", `userName eq "TEST.USER@okta.local"`)).resources()).To(ConsistOf(created.Body))
		Expect(fmt.Sprintf("%+v", userObject(ctx))).NotTo(ContainSubstring("1mz050nq"))
		Expect(okta.log.text()).NotTo(ContainSubstring("1mz050nq"))
	})

	It("lives through a template app's user: PUT for the profile, PATCH for active and password", func(ctx context.Context) {
		created := okta.post("/Users", oktaUser)
		target := "/Users/" + created.id()

		// Okta sends back what it got, with what changed, and adds its own.
		body := okta.get(target).Text
		body = body[:len(body)-2] + `,"title":"Pilot","groups":[{"value":"x"}],"madeUp":{"a":1},` +
			`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"},"urn:example:custom":{"badge":"7"}}`
		updated := okta.put(target, body)
		Expect(updated.Status).To(Equal(http.StatusOK), updated.Text)
		Expect(updated.Body).To(And(
			HaveKeyWithValue("id", created.id()),
			HaveKeyWithValue("title", "Pilot"),
			HaveKeyWithValue("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", HaveKeyWithValue("department", "Sales")),
			HaveKeyWithValue("urn:example:custom", HaveKeyWithValue("badge", "7")),
			HaveKeyWithValue("schemas", ConsistOf("urn:ietf:params:scim:schemas:core:2.0:User",
				"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:example:custom")),
			Not(HaveKey("groups")), Not(HaveKey("madeUp"))))

		for _, active := range []bool{false, true} {
			got := okta.patch(target, fmt.Sprintf(`{"op":"replace","value":{"active":%t}}`, active))
			Expect(got.Status).To(Equal(http.StatusOK), got.Text)
			Expect(got.Body).To(HaveKeyWithValue("active", active))
			Expect(okta.get(target).Body).To(HaveKeyWithValue("active", active))
			Expect(*userObject(ctx).Spec.Active).To(Equal(active))
		}
		got := okta.patch(target, `{"op":"replace","value":{"password":"s3cret-pass"}}`)
		Expect(got.Status).To(Equal(http.StatusOK), got.Text)
		Expect(okta.get(target).Text + okta.log.text()).NotTo(ContainSubstring("s3cret-pass"))
		Expect(userObject(ctx).Spec.Title).To(Equal("Pilot"))
	})

	It("lives through a wizard app's user: PUT only", func(ctx context.Context) {
		target := "/Users/" + okta.post("/Users", oktaUser).id()
		put := func(body string) answer { return okta.put(target, body) }

		Expect(put(`{"userName":"test.user@okta.local","active":false}`).Status).To(Equal(http.StatusOK))
		Expect(*userObject(ctx).Spec.Active).To(BeFalse())
		Expect(userObject(ctx).Spec.Emails).To(BeEmpty(), "a PUT clears what it leaves out")
		Expect(put(`{"userName":"test.user@okta.local","displayName":"Test"}`).Body).
			To(HaveKeyWithValue("active", false), "a PUT without active leaves it")
		Expect(put(`{"userName":"test.user@okta.local","active":true}`).Body).To(HaveKeyWithValue("active", true))
		Expect(put(`{"userName":"renamed@okta.local","active":true}`).Body).To(HaveKeyWithValue("userName", "renamed@okta.local"))
	})

	It("does not create a user twice", func() {
		first := okta.post("/Users", oktaUser)
		Expect(okta.post("/Users", oktaUser)).To(beError(http.StatusConflict, "uniqueness", first.id()))
		Expect(okta.get("/Users").Body["totalResults"]).To(BeEquivalentTo(1))
	})

	It("gives an inactive person back under a new name", func() {
		first := okta.post("/Users", oktaUser)
		Expect(okta.patch("/Users/"+first.id(), `{"op":"replace","value":{"active":false}}`).Status).To(Equal(http.StatusOK))
		back := okta.post("/Users", `{"userName":"new.name@okta.local","externalId":"00ujl29u0le5T6Aj10h7","active":true}`)
		Expect(back.Status).To(Equal(http.StatusCreated), back.Text)
		Expect(back.id()).To(Equal(first.id()))
		Expect(back.Body).To(HaveKeyWithValue("active", true))
	})

	It("pushes a group from a template app", func(ctx context.Context) {
		alice := okta.post("/Users", `{"userName":"alice"}`).id()
		bob := okta.post("/Users", `{"userName":"bob"}`).id()
		created := okta.post("/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[]}`)
		Expect(created.Status).To(Equal(http.StatusCreated), created.Text)
		Expect(created.Header.Get("Location")).To(Equal(okta.url + "/Groups/" + created.id()))
		target := "/Groups/" + created.id()

		steps := []struct {
			operations string
			name       string
			members    []string
		}{
			{`{"op":"replace","path":"members","value":[{"value":"` + alice + `","display":"alice"}]}`, "Test SCIMv2", []string{alice}},
			{`{"op":"replace","value":{"id":"` + created.id() + `","displayName":"Renamed"}},` +
				`{"op":"remove","path":"members[value eq \"` + alice + `\"]"},` +
				`{"op":"add","path":"members","value":[{"value":"` + bob + `","display":"bob"},{"value":"not-yet-known"}]}`,
				"Renamed", []string{bob, "not-yet-known"}},
			{`{"op":"replace","value":{"members":[{"value":"` + alice + `"},{"value":"` + alice + `"}]}}`, "Renamed", []string{alice}},
			{`{"op":"Remove","path":"members","value":[{"value":"` + bob + `"}]}`, "Renamed", []string{alice}},
			{`{"op":"replace","path":"members","value":[]}`, "Renamed", nil},
		}
		for _, step := range steps {
			got := okta.patch(target, step.operations)
			Expect(got.Status).To(Equal(http.StatusNoContent), got.Text)
			Expect(got.Text).To(BeEmpty())
			object := groupObject(ctx)
			Expect(object.Spec.DisplayName).To(Equal(step.name))
			Expect(object.Spec.Members).To(Equal(step.members), step.operations)
		}
		Expect(okta.send(http.MethodDelete, target, "").Status).To(Equal(http.StatusNoContent))
		Expect(okta.get(target)).To(beError(http.StatusNotFound, "", created.id()))
	})

	It("pushes a group from a wizard app", func(ctx context.Context) {
		alice := okta.post("/Users", `{"userName":"alice"}`).id()
		Expect(okta.get(filtered("/Groups", `displayName eq "Jira Users"`)).resources()).To(BeEmpty())
		created := okta.post("/Groups", `{"displayName":"Jira Users","members":[{"value":"`+alice+`","display":"alice"}]}`)
		Expect(created.Status).To(Equal(http.StatusCreated), created.Text)
		member := map[string]any{"value": alice, "display": "alice", "type": "User", "$ref": okta.url + "/Users/" + alice}
		Expect(created.Body).To(HaveKeyWithValue("members", ConsistOf(Equal(member))))
		target := "/Groups/" + created.id()
		Expect(okta.get(target).Body).To(Equal(created.Body))
		Expect(okta.get("/Users/" + alice).Body).To(HaveKeyWithValue("groups", ConsistOf(
			Equal(map[string]any{"value": created.id(), "display": "Jira Users", "type": "direct", "$ref": okta.url + target}))))

		put := func(body string) []string {
			got := okta.put(target, body)
			Expect(got.Status).To(Equal(http.StatusOK), got.Text)
			return groupObject(ctx).Spec.Members
		}
		Expect(put(`{"displayName":"Jira Users"}`)).To(ConsistOf(alice), "a PUT without members removes nobody")
		Expect(put(`{"displayName":"Jira Users","members":[{"value":"` + alice + `"},{"value":"b"}]}`)).To(ConsistOf(alice, "b"))
		Expect(put(`{"displayName":"Jira Users","members":[]}`)).To(BeEmpty())
	})

	It("imports page by page", func() {
		want := []string{}
		for n := range 25 {
			name := fmt.Sprintf("user%d", n)
			want = append(want, name)
			Expect(okta.post("/Users", fmt.Sprintf(`{"userName":%q}`, name)).Status).To(Equal(http.StatusCreated))
		}
		total := func() any { return okta.get("/Users?count=0").Body["totalResults"] }
		Eventually(total).Should(BeEquivalentTo(25))
		var names []string
		for start := 1; start <= 25; start += 10 {
			got := okta.get(fmt.Sprintf("/Users?startIndex=%d&count=10", start))
			Expect(got.Body["startIndex"]).To(BeEquivalentTo(start))
			for _, user := range got.resources() {
				names = append(names, user["userName"].(string))
			}
		}
		Expect(names).To(ConsistOf(want))
	})

	It("writes one audit line per change", func() {
		created := okta.post("/Users", oktaUser)
		Expect(okta.patch("/Users/"+created.id(), `{"op":"replace","value":{"active":false}}`).Status).To(Equal(http.StatusOK))
		Expect(okta.patch("/Users/"+created.id(), `{"op":"replace","value":{"active":false}}`).Status).To(Equal(http.StatusOK))
		Expect(okta.post("/Users", oktaUser).Status).To(Equal(http.StatusConflict))
		okta.get("/Users/" + created.id())
		lines := okta.log.audit()
		Expect(lines).To(HaveLen(4))
		for _, line := range lines {
			Expect(line).To(And(ContainSubstring(`"syncConfig":"okta"`), ContainSubstring(`"token":"token"`),
				ContainSubstring(`"remoteAddress":"127.0.0.1"`), ContainSubstring(`"requestID":"`),
				Not(ContainSubstring(token)), Not(ContainSubstring("test.user"))))
		}
		Expect(lines[0]).To(And(ContainSubstring(`"operation":"create"`), ContainSubstring(created.id()), ContainSubstring(`"result":"done"`)))
		Expect(lines[1]).To(And(ContainSubstring(`"attributes":["active"]`), ContainSubstring(`"result":"done"`)))
		Expect(lines[2]).To(ContainSubstring(`"result":"unchanged"`))
		Expect(lines[3]).To(ContainSubstring(`"scimType":"uniqueness"`))
	})
})
