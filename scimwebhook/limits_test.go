package scimwebhook_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// zipped compresses a body.
func zipped(body string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(body))
	Expect(err).NotTo(HaveOccurred())
	Expect(w.Close()).To(Succeed())
	return out.String()
}

// repeated is n copies of a format of one number, as the elements of a list.
func repeated(n int, format string) string {
	elements := make([]string, n)
	for i := range elements {
		elements[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(elements, ",")
}

var _ = Describe("Limits", func() {
	operations := func(n int) string { return repeated(n, `{"op":"replace","path":"title","value":"t%d"}`) }
	removals := func(n int) string { return repeated(n, `{"op":"remove","path":"members[value eq \"m%d\"]"}`) }
	members := func(n int) string { return `[` + repeated(n, `{"value":"m%d"}`) + `]` }
	filter := func(path, text string) string { return path + "?filter=" + url.QueryEscape(text) }

	// Each limit is small here, so that its request shows that it is obeyed.
	DescribeTable("take what is within and refuse what is beyond",
		func(ctx context.Context, set func(*scimwebhook.Limits), send func(client *idp, beyond int) answer, status int, scimType, detail, reason string) {
			limits := scimwebhook.DefaultLimits()
			set(&limits)
			client := newIDP(ctx, scimwebhook.Options{Limits: limits})
			registry := prometheus.NewRegistry()
			registry.MustRegister(client.server.Collectors()...)
			Expect(send(client, 0).Status).To(BeNumerically("<", 300))
			Expect(send(client, 1)).To(beError(status, scimType, detail))
			Expect(counters(registry)).To(HaveKeyWithValue("atlassync_scim_rejected_total "+reason, BeEquivalentTo(1)))
		},
		Entry("bytes of a body", func(l *scimwebhook.Limits) { l.BodyBytes = 1000 },
			func(c *idp, beyond int) answer {
				return c.post("/Users", `{"userName":"alice"}`+strings.Repeat(" ", 980+beyond))
			}, 413, "", "larger than 1000 bytes", "body"),
		Entry("bytes of a body after inflation", func(l *scimwebhook.Limits) { l.BodyBytes = 1000 },
			func(c *idp, beyond int) answer {
				c.headers.Set("Content-Encoding", "gzip")
				return c.post("/Users", zipped(`{"userName":"alice"}`+strings.Repeat(" ", 980+beyond)))
			}, 413, "", "larger than 1000 bytes", "body"),
		Entry("depth of JSON", func(l *scimwebhook.Limits) { l.JSONDepth = 5 },
			func(c *idp, beyond int) answer {
				return c.post("/Users", `{"userName":"alice","x":`+strings.Repeat("[", 4+beyond)+"1"+strings.Repeat("]", 4+beyond)+`}`)
			}, 400, "invalidSyntax", "deeper than 5 levels", "json"),
		Entry("length of a string", func(l *scimwebhook.Limits) { l.StringBytes = 100 },
			func(c *idp, beyond int) answer {
				return c.post("/Users", `{"userName":"alice","urn:x:y":{"z":"`+strings.Repeat("x", 100+beyond)+`"}}`)
			}, 400, "invalidSyntax", "at most 100 are accepted", "json"),
		Entry("length of a key", func(l *scimwebhook.Limits) { l.StringBytes = 100 },
			func(c *idp, beyond int) answer {
				return c.post("/Users", `{"userName":"alice","`+strings.Repeat("x", 100+beyond)+`":1}`)
			}, 400, "invalidSyntax", "at most 100 are accepted", "json"),
		Entry("operations of a PATCH", func(l *scimwebhook.Limits) { l.Operations = 3 },
			func(c *idp, beyond int) answer {
				return c.patch("/Users/"+c.user("alice"), operations(3+beyond))
			}, 413, "tooMany", "at most 3", "too_many"),
		Entry("members in a document", func(l *scimwebhook.Limits) { l.Members = 3 },
			func(c *idp, beyond int) answer {
				return c.post("/Groups", `{"displayName":"G","members":`+members(3+beyond)+`}`)
			}, 413, "tooMany", "more than 3 members", "too_many"),
		Entry("members in an operation", func(l *scimwebhook.Limits) { l.Members = 3 },
			func(c *idp, beyond int) answer {
				return c.patch("/Groups/"+c.group("G"), `{"op":"add","path":"members","value":`+members(3+beyond)+`}`)
			}, 413, "tooMany", "more than 3 members", "too_many"),
		Entry("members in all operations together", func(l *scimwebhook.Limits) { l.Members = 3 },
			func(c *idp, beyond int) answer {
				return c.patch("/Groups/"+c.group("G"), removals(3+beyond))
			}, 413, "tooMany", "more than 3 members", "too_many"),
		Entry("bytes of a filter", func(l *scimwebhook.Limits) { l.FilterBytes = 30 },
			func(c *idp, beyond int) answer {
				return c.get(filter("/Users", `userName eq "`+strings.Repeat("x", 16+beyond)+`"`))
			}, 400, "invalidFilter", "at most 30 bytes", "filter"),
		Entry("bytes of a path", func(l *scimwebhook.Limits) { l.FilterBytes = 30 },
			func(c *idp, beyond int) answer {
				return c.patch("/Groups/"+c.group("G"), `{"op":"remove","path":"members[value eq \"`+strings.Repeat("x", 10+beyond)+`\"]"}`)
			}, 400, "invalidPath", "at most 30 bytes", "filter"),
		Entry("terms of a path", func(l *scimwebhook.Limits) { l.FilterTerms = 2 },
			func(c *idp, beyond int) answer {
				return c.patch("/Groups/"+c.group("G"), `{"op":"remove","path":"members[value eq 1 or value eq 2`+strings.Repeat(` or value eq 3`, beyond)+`]"}`)
			}, 400, "invalidPath", "too many comparisons", "filter"),
		Entry("depth of a filter", func(l *scimwebhook.Limits) { l.FilterDepth = 2 },
			func(c *idp, beyond int) answer {
				return c.get(filter("/Users", strings.Repeat("(", 2+beyond)+`userName eq "x"`+strings.Repeat(")", 2+beyond)))
			}, 400, "invalidFilter", "nested too deep", "filter"),
	)

	It("slow down a token that asks too often, and no other", func(ctx context.Context) {
		limits := scimwebhook.DefaultLimits()
		limits.TokenRate = scimwebhook.Rate{PerSecond: 0.01, Burst: 3}
		client := newIDP(ctx, scimwebhook.Options{Limits: limits})
		registry := prometheus.NewRegistry()
		registry.MustRegister(client.server.Collectors()...)
		other := *client
		other.url = strings.TrimSuffix(client.url, "okta") + "other"
		newSyncConfig(ctx, store.Scope{Namespace: client.scope.Namespace, SyncConfig: "other"}, token)
		for range 3 {
			Expect(client.get("/Users").Status).To(Equal(http.StatusOK))
		}
		got := client.get("/Users")
		Expect(got).To(beError(http.StatusTooManyRequests, "", "too many requests"))
		Expect(got.Header.Get("Retry-After")).To(Equal("5"))
		Expect(other.get("/Users").Status).To(Equal(http.StatusOK))
		Expect(counters(registry)).To(HaveKeyWithValue("atlassync_scim_rejected_total token_rate", BeEquivalentTo(1)))
	})

	It("bound the headers", func(ctx context.Context) {
		limits := scimwebhook.DefaultLimits()
		limits.HeaderBytes = 1 << 10
		running, _, _ := start(ctx, scimwebhook.Options{Limits: limits})
		send := func(bytes int) int {
			request, err := http.NewRequest(http.MethodGet, running.url+"/Users", http.NoBody)
			Expect(err).NotTo(HaveOccurred())
			request.Header = running.headers.Clone()
			request.Header.Set("X-Padding", strings.Repeat("x", bytes))
			response, err := http.DefaultClient.Do(request)
			Expect(err).NotTo(HaveOccurred())
			defer func() { _ = response.Body.Close() }()
			return response.StatusCode
		}
		Expect(send(100)).To(Equal(http.StatusOK))
		Expect(send(10 << 10)).To(Equal(http.StatusRequestHeaderFieldsTooLarge))
	})

	It("bound the time of a request", func(ctx context.Context) {
		limits := scimwebhook.DefaultLimits()
		limits.RequestTime = 50 * time.Millisecond
		slow := newIDP(ctx, scimwebhook.Options{Limits: limits, Store: interruptedStore(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})})
		Expect(slow.post("/Users", `{"userName":"alice"}`)).To(beError(http.StatusServiceUnavailable, "", "try again"))
	})

	It("say what is wrong with a compressed body", func(ctx context.Context) {
		client := newIDP(ctx, scimwebhook.Options{})
		body := zipped(`{"userName":"alice"}`)
		client.headers.Set("Content-Encoding", "GZIP")
		Expect(client.post("/Users", `{"userName":"bob"}`)).To(beError(http.StatusBadRequest, "invalidSyntax", "not compressed with gzip"))
		Expect(client.post("/Users", body[:len(body)-4])).To(beError(http.StatusBadRequest, "invalidSyntax", "send it again"))
		Expect(client.post("/Users", body).Status).To(Equal(http.StatusCreated))
		client.headers.Set("Content-Encoding", "br")
		Expect(client.post("/Users", body)).To(beError(http.StatusUnsupportedMediaType, "", `"br" is not supported`))
	})

	It("let a group of 100,000 be sent at once", func() {
		Expect(len(members(100_000))).To(BeNumerically("<", scimwebhook.DefaultLimits().BodyBytes/2))
		Expect(scimwebhook.DefaultLimits().Members).To(Equal(100_000))
	})
})

// user gives the id of a new user, or of the one with that name.
func (i *idp) user(name string) string { return i.named("/Users", "userName", name) }

// group gives the id of a new group, or of the one with that name.
func (i *idp) group(name string) string { return i.named("/Groups", "displayName", name) }

func (i *idp) named(path, attribute, name string) string {
	if found := i.get(filtered(path, fmt.Sprintf("%s eq %q", attribute, name))).Body["Resources"].([]any); len(found) > 0 {
		return found[0].(map[string]any)["id"].(string)
	}
	return i.post(path, fmt.Sprintf(`{%q:%q}`, attribute, name)).id()
}
