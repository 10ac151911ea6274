package crowd_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// instance is a running simulator and a caller of it.
type instance struct {
	*crowd.Server
	t              *testing.T
	url            string
	name, password string
	accept         string
}

// reply is an answer, with its body read.
type reply struct {
	status int
	header http.Header
	body   string
}

// start runs an instance whose traffic is checked against what is written of
// Crowd's API, if that is there.
func start(t *testing.T, options crowd.Options) *instance {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Crowd)
	return startUnchecked(t, options)
}

// startUnchecked runs an instance for what nobody documents.
func startUnchecked(t *testing.T, options crowd.Options) *instance {
	t.Helper()
	server := crowd.New(options)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return &instance{
		Server: server, t: t, url: listener.URL + options.ContextPath,
		name: "atlassync", password: "secret", accept: "application/json",
	}
}

// as is the same instance called by somebody else.
func (i *instance) as(name, password string) *instance {
	other := *i
	other.name, other.password = name, password
	return &other
}

// accepting is the same instance asked for another form.
func (i *instance) accepting(media string) *instance {
	other := *i
	other.accept = media
	return &other
}

// call sends "METHOD resource" with a body, if not empty. Resources that begin
// with a slash are addresses below the base URL.
func (i *instance) call(request, body string) reply {
	i.t.Helper()
	method, resource, _ := strings.Cut(request, " ")
	url := i.url + "/rest/usermanagement/1/" + resource
	if strings.HasPrefix(resource, "/") {
		url = i.url + resource
	}
	r, err := http.NewRequestWithContext(i.t.Context(), method, url, strings.NewReader(body))
	NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
	r.SetBasicAuth(i.name, i.password)
	if i.accept != "" {
		r.Header.Set("Accept", i.accept)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		i.t.Fatalf("%s: %v", request, err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
	return reply{answer.StatusCode, answer.Header, string(content)}
}

// expect calls and expects a status, and a part of the body.
func (i *instance) expect(request, body string, status int, part string) reply {
	i.t.Helper()
	answer := i.call(request, body)
	NewWithT(i.t).Expect(answer.status).To(Equal(status), "%s: %s", request, answer.body)
	NewWithT(i.t).Expect(answer.body).To(ContainSubstring(part), request)
	return answer
}

// names are the names in a list of users or groups, in order.
func (r reply) names(t *testing.T) []string {
	t.Helper()
	var list struct {
		Users, Groups []struct{ Name string }
	}
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), &list)).To(Succeed(), r.body)
	names := []string{}
	for _, entry := range append(list.Users, list.Groups...) {
		names = append(names, entry.Name)
	}
	return names
}

// seed puts active users into the instance.
func (i *instance) seed(names ...string) {
	i.t.Helper()
	for _, name := range names {
		_, err := i.AddUser(userbase.User{
			Name: name, DisplayName: name + " Example", Email: strings.ToLower(name) + "@example.com", Active: true, Password: "right",
		})
		NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
	}
}

func (i *instance) group(name string, members ...string) {
	i.t.Helper()
	NewWithT(i.t).Expect(i.AddGroup(userbase.Group{Name: name, Members: members})).To(Succeed())
}
