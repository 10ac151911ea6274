package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/crowd"
)

func TestOnlyTheApplicationSignsIn(t *testing.T) {
	i := start(t, crowd.Options{})
	i.seed("ada")
	i.expect("GET user?username=ada", "", 200, `"name":"ada"`)
	for _, who := range [][2]string{{"atlassync", "wrong"}, {"ada", "right"}, {"admin", "admin"}, {"", ""}} {
		answer := i.as(who[0], who[1]).expect("GET user?username=ada", "", 401, "Application failed to authenticate")
		NewWithT(t).Expect(answer.header.Get("Content-Type")).To(HavePrefix("text/plain"))
	}
}

func TestRemoteAddresses(t *testing.T) {
	start(t, crowd.Options{RemoteAddresses: []string{"127.0.0.1"}}).expect("GET search?entity-type=user", "", 200, "")
	elsewhere := crowd.Options{RemoteAddresses: []string{"192.0.2.1"}}
	start(t, elsewhere).expect("GET search?entity-type=user", "", 403, `"reason":"APPLICATION_PERMISSION_DENIED"`)
	elsewhere.Unconfirmed.PlainForbidden = true
	answer := start(t, elsewhere).call("GET search?entity-type=user", "")
	NewWithT(t).Expect(answer.body).NotTo(HavePrefix("{"))
}

func TestAnswersAreXMLUnlessJSONIsAskedFor(t *testing.T) {
	i := startUnchecked(t, crowd.Options{})
	i.seed("ada")
	i.group("devs", "ada")
	plain := i.accepting("")
	plain.expect("GET user?username=ada", "", 200, `<user expand="attributes" name="ada"><link `)
	plain.expect("GET user?username=ada", "", 200, `<display-name>ada Example</display-name><email>ada@example.com</email><active>true</active><key>`)
	plain.expect("GET user?username=nobody", "", 404, `<error><reason>USER_NOT_FOUND</reason><message>`)
	plain.expect("GET search?entity-type=user", "", 200, `<users expand="user"><user name="ada">`)
	plain.expect("GET group?groupname=devs", "", 200, `<group expand="attributes" name="devs">`)
	plain.expect("GET event", "", 200, `<events newEventToken="`)
	i.expect("GET user?username=nobody", "", 404, `{"reason":"USER_NOT_FOUND","message":"User \u003cnobody\u003e does not exist"}`)
}

func TestWhatIsNotThere(t *testing.T) {
	i := startUnchecked(t, crowd.Options{ContextPath: "/crowd"})
	for _, resource := range []string{"GET nothing", "GET /rest/usermanagement/2/user?username=ada"} {
		answer := i.call(resource, "")
		NewWithT(t).Expect(answer.status).To(Equal(404))
		NewWithT(t).Expect(answer.body).NotTo(ContainSubstring("reason"), "no word about users and groups")
	}
	i.expect("PATCH user?username=ada", `{}`, 405, "")
	i.expect("GET /console", "", 404, "<html>")
	i.seed("ada")
	i.expect("GET /rest/usermanagement/latest/user?username=ada", "", 200, `"name":"ada"`)
}

func TestBodiesAreJSON(t *testing.T) {
	i := startUnchecked(t, crowd.Options{})
	i.expect("POST user", `{"name":`, 400, "Unexpected content")
	i.expect("POST user", `{"name":"ada","active":"perhaps"}`, 400, "no boolean")
}

func TestAdminREST(t *testing.T) {
	i := startUnchecked(t, crowd.Options{Version: "5.3.1"})
	i.expect("GET /rest/admin/latest/server-info", "", 401, "")
	i = i.as("admin", "admin")
	i.expect("GET /rest/admin/latest/server-info", "", 200, `"version":"5.3.1"`)
	i.expect("GET /rest/admin/1.0/application?name=atlassync", "", 200, `"id":1900`)
	i.expect("GET /rest/admin/1.0/application?name=other", "", 200, `"values":[]`)
	i.expect("GET /rest/admin/1.0/directory/detailed", "", 200, `"displayName":"Crowd Internal Directory"`)
	i.expect("GET /rest/admin/1.0/directory/detailed/1", "", 200, `"displayName":"Crowd Internal Directory"`)
	i.expect("GET /rest/admin/1.0/directory/detailed/7", "", 404, "")
	i.expect("POST /rest/admin/1.0/application", `{}`, 405, "")
	for form, part := range map[crowd.MappingForm]string{
		crowd.MappingList:   `[{"authenticationAllowed":true,"directoryId":1,"directoryName":"Crowd Internal Directory"}]`,
		crowd.MappingPage:   `"values":[{"authenticationAllowed":true,"directoryId":1,`,
		crowd.MappingNested: `"directory":{"active":true`,
		crowd.MappingIDs:    `[{"authenticationAllowed":true,"directoryId":1}]`,
		crowd.MappingOther:  `mappedTo`,
	} {
		startUnchecked(t, crowd.Options{Unconfirmed: crowd.Unconfirmed{Mappings: form}}).as("admin", "admin").
			expect("GET /rest/admin/1.0/application/1900/directory-mapping", "", 200, part)
	}
	startUnchecked(t, crowd.Options{WithoutAdmin: true}).as("admin", "admin").expect("GET /rest/admin/latest/server-info", "", 404, "<html>")
}

func TestAuthentication(t *testing.T) {
	i := startUnchecked(t, crowd.Options{})
	i.seed("ada")
	i.expect("POST authentication?username=ada", `{"value":"right"}`, 200, `"name":"ada"`)
	i.expect("POST authentication?username=ada", `{"value":"wrong"}`, 400, "INVALID_USER_AUTHENTICATION")
	i.expect("POST authentication?username=bob", `{"value":"right"}`, 400, "USER_NOT_FOUND")
	i.expect("PUT user?username=ada", `{"name":"ada","active":"false"}`, 204, "")
	i.expect("POST authentication?username=ada", `{"value":"right"}`, 400, "INACTIVE_ACCOUNT")
	i.expect("PUT user/password?username=ada", `{"value":""}`, 400, "INVALID_CREDENTIAL")
	i.expect("PUT user/password?username=ada", `{"value":"new"}`, 204, "")
	i.expect("PUT user?username=ada", `{"name":"ada","active":true}`, 204, "")
	i.expect("POST authentication?username=ada", `{"value":"new"}`, 200, "")
	i.expect("GET config/cookie", "", 200, `"name":"crowd.token_key"`)
}
