package jira_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// instance is a running simulator and a caller of it.
type instance struct {
	*jira.Server
	t             *testing.T
	listener      *httptest.Server
	url           string
	authorization string
	optIn         bool
}

// reply is an answer, with its body read.
type reply struct {
	status int
	header http.Header
	body   string
}

// start runs an instance whose traffic is checked against the vendor's
// document, if that is there.
func start(t *testing.T, options jira.Options) *instance {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Jira)
	return startUnchecked(t, options)
}

// startUnchecked runs an instance for what the vendor's document does not have.
func startUnchecked(t *testing.T, options jira.Options) *instance {
	t.Helper()
	server := jira.New(options)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return (&instance{Server: server, t: t, listener: listener, url: listener.URL + options.ContextPath}).as("admin", "admin")
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

// call sends "METHOD resource" with a body, if not empty, and expects an answer.
func (i *instance) call(request, body string) reply {
	i.t.Helper()
	answer, err := i.try(request, body)
	if err != nil {
		i.t.Fatalf("%s: %v", request, err)
	}
	return answer
}

func (i *instance) try(request, body string) (reply, error) {
	method, resource, _ := strings.Cut(request, " ")
	url := i.url + "/rest/api/2/" + resource
	if strings.HasPrefix(resource, "/") {
		url = i.url + resource
	}
	r, err := http.NewRequestWithContext(i.t.Context(), method, url, bytes.NewBufferString(body))
	if err != nil {
		return reply{}, err
	}
	if i.authorization != "" {
		r.Header.Set("Authorization", i.authorization)
	}
	if i.optIn {
		r.Header.Set("X-ExperimentalApi", "true")
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, string(content)}, err
}

// json reads the body of an answer.
func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var value map[string]any
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), &value)).To(Succeed(), r.body)
	return value
}

// names are the usernames in a page or a list of users, in order.
func (r reply) names(t *testing.T) []string {
	t.Helper()
	var page struct {
		Values []struct{ Name string }
	}
	into := any(&page)
	if strings.HasPrefix(r.body, "[") {
		into = &page.Values
	}
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), into)).To(Succeed(), r.body)
	names := []string{}
	for _, user := range page.Values {
		names = append(names, user.Name)
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

// add puts a user into the instance, with an address and a full name.
func (i *instance) add(user userbase.User) userbase.User {
	i.t.Helper()
	if user.Email == "" {
		user.Email = strings.ToLower(user.Name) + "@example.com"
	}
	if user.DisplayName == "" {
		user.DisplayName = user.Name + " Example"
	}
	added, err := i.AddUser(user)
	NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
	return added
}

func (i *instance) group(name string, members ...string) {
	i.t.Helper()
	NewWithT(i.t).Expect(i.AddGroup(userbase.Group{Name: name, Members: members})).To(Succeed())
}
