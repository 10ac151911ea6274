package bitbucket_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// instance is a running simulator and a caller of it.
type instance struct {
	*bitbucket.Server

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
func start(t *testing.T, options bitbucket.Options) *instance {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Bitbucket)
	return startUnchecked(t, options)
}

// startUnchecked runs an instance for what the vendor's document does not have.
func startUnchecked(t *testing.T, options bitbucket.Options) *instance {
	t.Helper()
	server := bitbucket.New(options)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return (&instance{Server: server, t: t, url: listener.URL + options.ContextPath}).as("admin", "admin")
}

// as is the same instance called by somebody else.
func (i *instance) as(name, password string) *instance {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth(name, password)
	return i.withAuthorization(r.Header.Get("Authorization"))
}

func (i *instance) withAuthorization(value string) *instance {
	other := *i
	other.authorization = value
	return &other
}

// call sends "METHOD resource" with a body, if not empty.
func (i *instance) call(request, body string) reply {
	i.t.Helper()
	method, resource, _ := strings.Cut(request, " ")
	url := i.url + "/rest/api/latest/" + resource
	if strings.HasPrefix(resource, "/") {
		url = i.url + resource
	}
	r, err := http.NewRequestWithContext(i.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		i.t.Fatal(err)
	}
	if i.authorization != "" {
		r.Header.Set("Authorization", i.authorization)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		i.t.Fatalf("%s: %v", request, err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		i.t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, string(content)}
}

// expect calls and compares the status and a part of the body.
func (i *instance) expect(request, body string, status int, part string) {
	i.t.Helper()
	got := i.call(request, body)
	g := NewWithT(i.t)
	g.Expect(got.status).To(Equal(status), "%s: %s", request, got.body)
	g.Expect(got.body).To(ContainSubstring(part), request)
}

// page is a page of users or groups.
type page struct {
	Values        []struct{ Name string }
	IsLastPage    bool
	NextPageStart *int
	Size, Limit   int
}

func (i *instance) page(request string) page {
	i.t.Helper()
	answer := i.call(request, "")
	var read page
	NewWithT(i.t).Expect(json.Unmarshal([]byte(answer.body), &read)).To(Succeed(), answer.body)
	return read
}

func (i *instance) names(request string) []string {
	i.t.Helper()
	names := []string{}
	for _, value := range i.page(request).Values {
		names = append(names, value.Name)
	}
	return names
}

// add puts a user into the instance, with an address, a full name and a
// password that is the name.
func (i *instance) add(user userbase.User) {
	i.t.Helper()
	if user.Email == "" {
		user.Email = strings.ToLower(user.Name) + "@example.com"
	}
	user.DisplayName, user.Password, user.Active = user.Name+" Example", user.Name, true
	_, err := i.AddUser(user)
	NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
}

func (i *instance) seed(names ...string) {
	i.t.Helper()
	for _, name := range names {
		i.add(userbase.User{Name: name})
	}
}

func (i *instance) group(name string, members ...string) {
	i.t.Helper()
	NewWithT(i.t).Expect(i.AddGroup(userbase.Group{Name: name, Members: members})).To(Succeed())
}
