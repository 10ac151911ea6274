package scimwebhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook"
)

// memberList is a list of n members as identity providers send it.
func memberList(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`{"value":"%08x-0000-4000-8000-000000000000"}`, i)
	}
	return "[" + strings.Join(members, ",") + "]"
}

// memberValues are the ids of the members in an answer.
func memberValues(a answer) []string {
	entries, _ := a.Body["members"].([]any)
	ids := make([]string, 0, len(entries))
	for _, entry := range entries {
		ids = append(ids, entry.(map[string]any)["value"].(string))
	}
	return ids
}

var _ = Describe("A large group", func() {
	var okta *idp
	BeforeEach(func(ctx context.Context) { okta = newIDP(ctx, scimwebhook.Options{}) })

	It("of 50,000 members is made by one PUT, read, changed by PATCH, and emptied", func(ctx context.Context) {
		const size = 50_000
		id := okta.post("/Groups", `{"displayName":"Everybody"}`).id()
		put := okta.put("/Groups/"+id, `{"displayName":"Everybody","members":`+memberList(size)+`}`)
		Expect(put.Status).To(Equal(http.StatusOK), put.Text)
		Expect(memberValues(put)).To(HaveLen(size))

		var slices v1alpha1.MembershipSliceList
		Expect(env.Client.List(ctx, &slices, client.InNamespace(okta.scope.Namespace))).To(Succeed())
		Expect(slices.Items).To(HaveLen(size/250 - 1))
		for i := range slices.Items {
			raw, err := json.Marshal(&slices.Items[i])
			Expect(err).NotTo(HaveOccurred())
			Expect(len(raw)).To(BeNumerically("<", 256<<10))
		}

		patched := okta.patch("/Groups/"+id, `{"op":"add","path":"members","value":[{"value":"one-more"}]}`)
		Expect(patched.Status).To(Equal(http.StatusNoContent))
		Expect(patched.Text).To(BeEmpty())
		Expect(patched.Header.Get("ETag")).NotTo(Equal(put.Header.Get("ETag")))

		read := okta.get("/Groups/" + id)
		Expect(memberValues(read)[:size]).To(Equal(memberValues(put)), "the order is stable")
		Expect(memberValues(read)[size:]).To(Equal([]string{"one-more"}))
		Expect(okta.get("/Groups/" + id + "?excludedAttributes=members").Body).NotTo(HaveKey("members"))

		emptied := okta.put("/Groups/"+id, `{"displayName":"Everybody","members":[]}`)
		Expect(emptied.Status).To(Equal(http.StatusOK), emptied.Text)
		Expect(memberValues(emptied)).To(BeEmpty())
	}, SpecTimeout(2*time.Minute))

	It("keeps its members when its name changes, and shows it to them", func() {
		alice := okta.post("/Users", `{"userName":"alice"}`).id()
		created := okta.post("/Groups", `{"displayName":"Many","members":`+strings.TrimSuffix(memberList(1_200), "]")+`,{"value":"`+alice+`"}]}`)
		Expect(created.Status).To(Equal(http.StatusCreated), created.Text)
		id := created.id()
		Expect(okta.patch("/Groups/"+id, `{"op":"replace","value":{"displayName":"More"}}`).Status).To(Equal(http.StatusNoContent))
		Expect(memberValues(okta.get("/Groups/" + id))).To(HaveLen(1_201))
		Expect(okta.get("/Users/" + alice).Body).To(HaveKeyWithValue("groups",
			ConsistOf(HaveKeyWithValue("display", "More"))))
		Expect(okta.put("/Groups/"+id, `{"displayName":"Most"}`).Status).To(Equal(http.StatusOK))
		Expect(memberValues(okta.get("/Groups/"+id))).To(HaveLen(1_201), "a PUT without members leaves them")
	})
})
