package scimwebhook_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

var _ = Describe("The audit log", func() {
	It("says of every change when, by whom, from where, what and with which result", func(ctx context.Context) {
		client := newIDP(ctx, scimwebhook.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
		client.headers.Set("X-Forwarded-For", "192.0.2.7")
		created := client.post("/Users", `{"userName":"alice","password":"s3cret-pass","title":"Pilot"}`)
		user := "/Users/" + created.id()
		group := client.post("/Groups", `{"displayName":"G"}`)
		answers := []answer{
			created, group,
			client.patch(user, `{"op":"replace","value":{"title":"Chief","password":"n3w-pass"}}`),
			client.put(user, `{"userName":"alice","title":"Chief"}`),
			client.patch("/Groups/"+group.id(), `{"op":"add","path":"members","value":[{"value":"`+created.id()+`"}]}`),
			client.post("/Users", `{"userName":"ALICE"}`),
			client.send(http.MethodDelete, user, ""),
			client.send(http.MethodDelete, user, ""),
		}
		client.get(user)

		want := []struct {
			operation, resource, id string
			attributes              []any
			result, scimType        string
		}{
			{"create", "User", created.id(), []any{"title", "userName"}, "done", ""},
			{"create", "Group", group.id(), []any{"displayName"}, "done", ""},
			{"patch", "User", created.id(), []any{"title"}, "done", ""},
			{"replace", "User", created.id(), nil, "unchanged", ""},
			{"patch", "Group", group.id(), []any{"members"}, "done", ""},
			{"create", "User", "", []any{"userName"}, "Conflict", "uniqueness"},
			{"delete", "User", created.id(), nil, "done", ""},
			{"delete", "User", created.id(), nil, "Not Found", ""},
		}
		lines := client.log.audit()
		Expect(lines).To(HaveLen(len(want)))
		for i, line := range lines {
			var got map[string]any
			Expect(json.Unmarshal([]byte(line), &got)).To(Succeed())
			w := want[i]
			Expect(got).To(And(
				HaveKeyWithValue("ts", Not(BeEmpty())),
				HaveKeyWithValue("logger", "audit"),
				HaveKeyWithValue("namespace", client.scope.Namespace),
				HaveKeyWithValue("syncConfig", "okta"),
				HaveKeyWithValue("token", "token"),
				HaveKeyWithValue("remoteAddress", "192.0.2.7"),
				HaveKeyWithValue("requestID", answers[i].Header.Get("X-Request-Id")),
				HaveKeyWithValue("operation", w.operation),
				HaveKeyWithValue("resource", w.resource),
				HaveKeyWithValue("id", w.id),
				HaveKeyWithValue("attributes", ConsistOf(w.attributes...)),
				HaveKeyWithValue("result", w.result),
				HaveKeyWithValue("scimType", w.scimType),
			), line)
		}
		for _, secret := range []string{"s3cret-pass", "n3w-pass", token, "alice", "Chief"} {
			Expect(strings.Join(lines, "")).NotTo(ContainSubstring(secret))
		}
	})
})
