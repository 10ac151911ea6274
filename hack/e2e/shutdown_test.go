package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("A stop by SIGTERM", func() {
	It("answers a request that is under way, and loses nothing", func(ctx SpecContext) {
		t := newTenant(ctx)
		stopping, other := replicas[0], replicas[1]
		upload := startUpload(ctx, t, t.baseURL(stopping)+"/Users")
		Eventually(upload.begun).Should(BeClosed(), "the server reads the body")

		stopped := make(chan error, 1)
		go func() { stopped <- stopping.Stop() }()
		DeferCleanup(func(ctx SpecContext) { Expect(stopping.Start(ctx)).To(Succeed()) })
		Eventually(func() error { return dial(stopping.SCIMURL) }).ShouldNot(Succeed(), "no new requests are taken")
		Expect(stopped).NotTo(Receive())

		ada := newPerson("slow", "Slow", "Upload")
		upload.finish(ada.Profile)
		var got uploaded
		Eventually(upload.done).Should(Receive(&got))
		Expect(got.err).NotTo(HaveOccurred())
		Expect(got.status).To(Equal(http.StatusCreated), got.body)
		Eventually(stopped).Should(Receive(BeNil()), "it ends in order")

		idp := t.okta(okta.Template, other)
		user, err := idp.FindUser(ctx, ada.Login)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)
	})
})

var _ = Describe("A restart with everything in sync", func() {
	It("writes nothing to Jira and no status", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		ada := newPerson("ada", "Ada", "Lovelace")
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(user))
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)
		t.expectGroup(ctx, idp, group.ID(), "staff", user)
		t.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "1 of 1 users and 1 of 1 groups"))
		versions := func() []string {
			return []string{mustUser(ctx, t, user.ID()).GetResourceVersion(), mustGroup(ctx, t, group.ID()).GetResourceVersion()}
		}
		before := versions()

		for _, replica := range replicas {
			Expect(replica.Stop()).To(Succeed())
		}
		t.jira.Simulator.ClearRequests()
		for _, replica := range replicas {
			Expect(replica.Start(ctx)).To(Succeed())
		}
		Eventually(func() int { return t.jira.Simulator.Count(http.MethodGet, "group/member") }).Should(BeNumerically(">=", 1), "the group was compared")
		Eventually(func() int { return t.jira.Simulator.Count(http.MethodGet, "user/list") }).Should(BeNumerically(">=", 1), "so was the user, in the reading of all")
		Consistently(func(g Gomega) {
			g.Expect(writes(t.jira)).To(BeEmpty())
			g.Expect(versions()).To(Equal(before))
		}).Should(Succeed())
	})
})

// upload is a POST whose body is sent when the test says so.
type upload struct {
	body *io.PipeWriter
	// begun is closed when the server has asked for the body.
	begun chan struct{}
	done  chan uploaded
}

// uploaded is the answer to an upload.
type uploaded struct {
	status int
	body   string
	err    error
}

// startUpload sends the headers of a POST.
func startUpload(ctx context.Context, t *tenant, url string) *upload {
	GinkgoHelper()
	reader, writer := io.Pipe()
	u := &upload{body: writer, begun: make(chan struct{}), done: make(chan uploaded, 1)}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got100Continue: func() { close(u.begun) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, reader)
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Authorization", "Bearer "+t.token)
	request.Header.Set("Content-Type", "application/scim+json")
	request.Header.Set("Expect", "100-continue") // the server says when it begins to read
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute, DisableKeepAlives: true}}
	go func() {
		response, err := client.Do(request)
		if err != nil {
			u.done <- uploaded{err: err}
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		u.done <- uploaded{response.StatusCode, string(body), err}
	}()
	return u
}

// finish sends the body.
func (u *upload) finish(profile okta.Profile) {
	GinkgoHelper()
	body := map[string]any{
		"userName": profile.Login, "externalId": profile.ID, "displayName": profile.GivenName + " " + profile.FamilyName,
		"emails": []any{map[string]any{"value": profile.Email, "primary": true}}, "active": true,
	}
	Expect(json.NewEncoder(u.body).Encode(body)).To(Succeed())
	Expect(u.body.Close()).To(Succeed())
}

// dial fails when nobody listens at a URL.
func dial(url string) error {
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return err
	}
	return connection.Close()
}
