package scimwebhook_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

var _ = Describe("Versions", func() {
	var client *idp
	BeforeEach(func(ctx context.Context) { client = newIDP(ctx, scimwebhook.Options{}) })

	// with sends a request under a condition.
	with := func(header, value, method, target, body string) answer {
		GinkgoHelper()
		client.headers.Set(header, value)
		defer client.headers.Del(header)
		return client.send(method, target, body)
	}
	const rename = `{"Operations":[{"op":"replace","path":"displayName","value":"%s"}]}`

	DescribeTable("change with the resource and with nothing else", func(path, body, changed string) {
		created := client.post(path, body)
		first := created.Header.Get("ETag")
		Expect(first).To(MatchRegexp(`^W/"[^",]+"$`))
		Expect(created.Body["meta"]).To(HaveKeyWithValue("version", first))
		target := path + "/" + created.id()
		Expect(client.get(target).Header.Get("ETag")).To(Equal(first))
		Expect(client.get(path + "?filter=").resources()[0]["meta"]).To(HaveKeyWithValue("version", first))

		Expect(client.patch(target, `{"op":"replace","path":"displayName","value":"One"}`).Header.Get("ETag")).
			To(Equal(first), "a PATCH that changes nothing")
		Expect(client.put(target, body).Header.Get("ETag")).To(Equal(first), "a PUT that changes nothing")
		patched := client.patch(target, `{"op":"replace","path":"displayName","value":"Two"}`).Header.Get("ETag")
		Expect(patched).NotTo(Equal(first))
		put := client.put(target, changed).Header.Get("ETag")
		Expect(put).NotTo(BeElementOf(first, patched))
		Expect(client.get(target).Header.Get("ETag")).To(Equal(put))
	},
		Entry("user", "/Users", `{"userName":"alice","displayName":"One"}`, `{"userName":"alice","displayName":"Three"}`),
		Entry("group", "/Groups", `{"displayName":"One"}`, `{"displayName":"Two","members":[{"value":"x"}]}`),
	)

	It("save a client from reading what it has", func() {
		created := client.post("/Users", `{"userName":"alice"}`)
		target, version := "/Users/"+created.id(), created.Header.Get("ETag")
		for _, condition := range []string{version, `"other", ` + version, "*", version[2:]} {
			got := with("If-None-Match", condition, "GET", target, "")
			Expect(got.Status).To(Equal(http.StatusNotModified), condition)
			Expect(got.Text).To(BeEmpty())
			Expect(got.Header.Get("ETag")).To(Equal(version))
		}
		Expect(with("If-None-Match", `W/"other"`, "GET", target, "").Status).To(Equal(http.StatusOK))
		Expect(with("If-Match", version, "GET", target, "").Status).To(Equal(http.StatusOK))
		Expect(with("If-Match", `W/"other"`, "GET", target, "")).To(beError(http.StatusPreconditionFailed, "", "If-Match"))
	})

	It("keep a client from changing what it has not seen", func() {
		for _, path := range []string{"/Users", "/Groups"} {
			created := client.post(path, `{"userName":"alice","displayName":"One"}`)
			target, old := path+"/"+created.id(), created.Header.Get("ETag")
			current := with("If-Match", old, "PATCH", target, fmt.Sprintf(rename, "Two")).Header.Get("ETag")
			Expect(current).NotTo(BeElementOf("", old))
			for _, change := range []struct{ method, body string }{
				{"PUT", `{"userName":"alice","displayName":"Three"}`}, {"PATCH", fmt.Sprintf(rename, "Three")}, {"DELETE", ""},
			} {
				Expect(with("If-Match", old, change.method, target, change.body)).
					To(beError(http.StatusPreconditionFailed, "", "read it again"), change.method)
				Expect(with("If-None-Match", current, change.method, target, change.body)).
					To(beError(http.StatusPreconditionFailed, "", "read it again"), change.method)
			}
			Expect(client.get(target).Body).To(HaveKeyWithValue("displayName", "Two"))
			Expect(with("If-Match", "*", "PATCH", target, fmt.Sprintf(rename, "Three")).Status).To(BeNumerically("<", 300))
			Expect(with("If-Match", client.get(target).Header.Get("ETag"), "DELETE", target, "").Status).To(Equal(http.StatusNoContent))
			Expect(with("If-Match", "*", "DELETE", target, "").Status).To(Equal(http.StatusNotFound))
		}
	})

	It("let one of many writers win", func() {
		created := client.post("/Users", `{"userName":"alice"}`)
		client.headers.Set("If-Match", created.Header.Get("ETag"))
		statuses := make(chan int, 8)
		var writers sync.WaitGroup
		for n := range cap(statuses) {
			writers.Go(func() {
				defer GinkgoRecover()
				statuses <- client.send("PATCH", "/Users/"+created.id(), fmt.Sprintf(rename, fmt.Sprint(n))).Status
			})
		}
		writers.Wait()
		close(statuses)
		count := map[int]int{}
		for status := range statuses {
			count[status]++
		}
		Expect(count).To(Equal(map[int]int{http.StatusOK: 1, http.StatusPreconditionFailed: 7}))
	})
})
