package scimwebhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/hack/apitest"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

func TestServer(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(20 * time.Second) // a busy machine is no failure
	suiteConfig, reporterConfig := GinkgoConfiguration()
	suiteConfig.RandomizeAllSpecs = true
	RunSpecs(t, "SCIM server", suiteConfig, reporterConfig)
}

const token = "a-token-that-is-long-enough"

var (
	env     *apitest.Env
	replica *storetest.Replica
)

var _ = BeforeSuite(func() {
	var err error
	env, err = apitest.Start(filepath.Join("..", "config", "crd", "bases"))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error { return env.Stop() })
	ctx, stop := context.WithCancel(context.Background())
	DeferCleanup(stop)
	replica, err = storetest.NewReplica(ctx, env)
	Expect(err).NotTo(HaveOccurred())
})

// newSyncConfig makes a SyncConfig with a token Secret.
func newSyncConfig(ctx context.Context, s store.Scope, secret string) {
	Expect(env.Client.Create(ctx, storetest.SyncConfig(s))).To(Succeed())
	Expect(env.Client.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: s.SyncConfig + "-scim-token"},
		StringData: map[string]string{"token": secret},
	})).To(Succeed())
}

// journal is a log that a test can read.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) logger() logr.Logger {
	return funcr.NewJSON(func(line string) {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.lines = append(j.lines, line)
	}, funcr.Options{Verbosity: 1, LogTimestamp: true})
}

func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

func (j *journal) audit() []string {
	var lines []string
	for line := range strings.Lines(j.text()) {
		if strings.Contains(line, "SCIM change") {
			lines = append(lines, line)
		}
	}
	return lines
}

// idp is an identity provider that talks to a SyncConfig of its own.
type idp struct {
	scope  store.Scope
	server *scimwebhook.Server
	// url is the base URL that an administrator enters.
	url string
	log *journal
	// headers go with every request.
	headers http.Header
}

// newIDP serves a new SyncConfig in a namespace of its own.
func newIDP(ctx context.Context, options scimwebhook.Options) *idp {
	namespace, err := env.Namespace(ctx)
	Expect(err).NotTo(HaveOccurred())
	i := &idp{scope: store.Scope{Namespace: namespace, SyncConfig: "okta"}, log: &journal{}}
	newSyncConfig(ctx, i.scope, token)
	options.Log = i.log.logger()
	if options.Store == nil {
		options.Store = replica.Store
	}
	i.server, err = scimwebhook.New(options)
	Expect(err).NotTo(HaveOccurred())
	listening := httptest.NewServer(i.server.Handler())
	DeferCleanup(listening.Close)
	i.url = listening.URL + "/scim/v2/" + namespace + "/okta"
	i.headers = http.Header{ // as Okta sends them
		"Accept":         {"application/scim+json"},
		"Accept-Charset": {"utf-8"},
		"Authorization":  {"Bearer " + token},
		"User-Agent":     {"Okta SCIM Client 1.0.0"},
	}
	return i
}

// answer is what the server said.
type answer struct {
	Status int
	Header http.Header
	// Text is the body, and Body the same read as a JSON object.
	Text string
	Body map[string]any
}

// send makes a request. The target is a path below the base URL, or a URL.
func (i *idp) send(method, target, body string) answer {
	GinkgoHelper()
	if strings.HasPrefix(target, "/") {
		target = i.url + target
	}
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	request.Header = i.headers.Clone()
	if body != "" && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	response, err := http.DefaultClient.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	got := answer{Status: response.StatusCode, Header: response.Header, Text: string(text)}
	if len(bytes.TrimSpace(text)) > 0 {
		Expect(response.Header.Get("Content-Type")).To(Equal("application/scim+json"), got.Text)
		Expect(json.Unmarshal(text, &got.Body)).To(Succeed(), got.Text)
	}
	return got
}

func (i *idp) get(target string) answer { GinkgoHelper(); return i.send(http.MethodGet, target, "") }
func (i *idp) post(target, body string) answer {
	GinkgoHelper()
	return i.send(http.MethodPost, target, body)
}
func (i *idp) put(target, body string) answer {
	GinkgoHelper()
	return i.send(http.MethodPut, target, body)
}
func (i *idp) patch(target, operations string) answer {
	GinkgoHelper()
	return i.send(http.MethodPatch, target,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operations+`]}`)
}

// id is the id of the resource in an answer.
func (a answer) id() string {
	GinkgoHelper()
	Expect(a.Body).To(HaveKeyWithValue("id", Not(BeEmpty())), a.Text)
	return a.Body["id"].(string)
}

// resources are those of a ListResponse.
func (a answer) resources() []map[string]any {
	GinkgoHelper()
	Expect(a.Status).To(Equal(http.StatusOK), a.Text)
	Expect(a.Body["schemas"]).To(ConsistOf("urn:ietf:params:scim:api:messages:2.0:ListResponse"))
	list := []map[string]any{}
	for _, resource := range a.Body["Resources"].([]any) {
		list = append(list, resource.(map[string]any))
	}
	Expect(a.Body["itemsPerPage"]).To(BeEquivalentTo(len(list)))
	return list
}

// beErrorMessage matches any error in the form of RFC 7644 section 3.12.
func beErrorMessage(status int) OmegaMatcher {
	return And(
		HaveField("Status", status),
		HaveField("Body", HaveKeyWithValue("schemas", ConsistOf("urn:ietf:params:scim:api:messages:2.0:Error"))),
		HaveField("Body", HaveKeyWithValue("status", strconv.Itoa(status))),
		HaveField("Body", HaveKeyWithValue("detail", Not(BeEmpty()))),
		HaveField("Header", HaveKey("X-Request-Id")),
	)
}

// beError matches an error that says something in particular.
func beError(status int, scimType, detail string) OmegaMatcher {
	matchers := []OmegaMatcher{
		beErrorMessage(status),
		HaveField("Body", HaveKeyWithValue("detail", ContainSubstring(detail))),
	}
	if scimType != "" {
		matchers = append(matchers, HaveField("Body", HaveKeyWithValue("scimType", scimType)))
	} else {
		matchers = append(matchers, HaveField("Body", Not(HaveKey("scimType"))))
	}
	return And(matchers...)
}
