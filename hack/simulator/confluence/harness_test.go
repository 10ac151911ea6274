package confluence_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// instance is a running simulator and a caller of it.
type instance struct {
	*confluence.Server
	t             *testing.T
	url           string
	authorization string
}

// reply is an answer, with its body read.
type reply struct {
	status int
	header http.Header
	body   string
}

// start runs an instance whose traffic is checked against the vendor's
// document, if that is there.
func start(t *testing.T, options confluence.Options) *instance {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Confluence)
	return startUnchecked(t, options)
}

// startUnchecked runs an instance for what the vendor's document does not have.
func startUnchecked(t *testing.T, options confluence.Options) *instance {
	t.Helper()
	server := confluence.New(options)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return (&instance{Server: server, t: t, url: listener.URL + options.ContextPath}).as("admin", "admin")
}

// as is the same instance called by somebody else.
func (i *instance) as(name, password string) *instance {
	r, _ := http.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth(name, password)
	return i.withAuthorization(r.Header.Get("Authorization"))
}

func (i *instance) withAuthorization(value string) *instance {
	other := *i
	other.authorization = value
	return &other
}

// call sends "METHOD resource" with a body, if not empty. A resource is below
// /rest/api, unless it begins with a slash.
func (i *instance) call(request, body string) reply {
	i.t.Helper()
	method, resource, _ := strings.Cut(request, " ")
	if !strings.HasPrefix(resource, "/") {
		resource = "/rest/api/" + resource
	}
	r, err := http.NewRequestWithContext(i.t.Context(), method, i.url+resource, strings.NewReader(body))
	if err != nil {
		i.t.Fatal(err)
	}
	if i.authorization != "" {
		r.Header.Set("Authorization", i.authorization)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		i.t.Fatalf("%s: %v", request, err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		i.t.Fatalf("%s: %v", request, err)
	}
	return reply{answer.StatusCode, answer.Header, string(content)}
}

// json reads the body of an answer.
func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var value map[string]any
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), &value)).To(Succeed(), r.body)
	return value
}

// names are the usernames or group names on a page, in order.
func (r reply) names(t *testing.T) []string {
	t.Helper()
	var page struct {
		Results []struct{ Username, Name string }
	}
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), &page)).To(Succeed(), r.body)
	names := []string{}
	for _, result := range page.Results {
		names = append(names, result.Username+result.Name)
	}
	return names
}

// seed puts active users into the instance.
func (i *instance) seed(names ...string) {
	i.t.Helper()
	for _, name := range names {
		i.add(userbase.User{Name: name, Active: true})
	}
}

// add puts a user into the instance, with an address, a full name and a password.
func (i *instance) add(user userbase.User) userbase.User {
	i.t.Helper()
	user.Email, user.DisplayName, user.Password = user.Name+"@example.com", user.Name+" Example", user.Name+"-password"
	added, err := i.AddUser(user)
	NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
	return added
}

func (i *instance) group(name string, members ...string) {
	i.t.Helper()
	NewWithT(i.t).Expect(i.AddGroup(userbase.Group{Name: name, Members: members})).To(Succeed())
}
