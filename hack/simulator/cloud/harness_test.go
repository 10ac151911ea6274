package cloud_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
)

// instance is a running simulator and a caller of it.
type instance struct {
	*cloud.Server

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

// start runs a directory whose traffic is checked against the vendor's
// document, if that is there.
func start(t *testing.T, options cloud.Options) *instance {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Cloud)
	return startUnchecked(t, options)
}

// startUnchecked runs a directory for what the vendor's document does not have.
func startUnchecked(t *testing.T, options cloud.Options) *instance {
	t.Helper()
	server := cloud.New(options)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return &instance{
		Server: server, t: t, authorization: "Bearer " + cloud.DefaultAPIKey,
		url: listener.URL + "/scim/directory/" + cloud.DefaultDirectoryID + "/",
	}
}

// call sends "METHOD resource" with a body, if not empty. Spaces in the
// resource are sent escaped.
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
	resource = strings.NewReplacer(" ", "%20", `"`, "%22").Replace(resource)
	r, err := http.NewRequestWithContext(i.t.Context(), method, i.url+resource, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if i.authorization != "" {
		r.Header.Set("Authorization", i.authorization)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
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

// names are those in a page of users or groups, in order.
func (r reply) names(t *testing.T) []string {
	t.Helper()
	var page struct {
		Resources []struct{ UserName, DisplayName string }
	}
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), &page)).To(Succeed(), r.body)
	names := []string{}
	for _, found := range page.Resources {
		name := found.UserName
		if name == "" {
			name = found.DisplayName
		}
		names = append(names, name)
	}
	return names
}

// add puts an active user into the directory.
func (i *instance) add(name string) cloud.User {
	i.t.Helper()
	added, err := i.AddUser(cloud.User{
		UserName: name, DisplayName: name + " Example", Email: strings.ToLower(name) + "@example.com", Active: true,
	})
	NewWithT(i.t).Expect(err).NotTo(HaveOccurred())
	return added
}

// group puts a group into the directory and gives its id.
func (i *instance) group(name string, members ...string) string {
	i.t.Helper()
	NewWithT(i.t).Expect(i.AddGroup(cloud.Group{Name: name, Members: members})).To(Succeed())
	for _, group := range i.State().Groups {
		if group.Name == name {
			return group.ID
		}
	}
	return ""
}

// user is the user of that name as the directory holds it.
func (i *instance) user(name string) cloud.User {
	i.t.Helper()
	for _, user := range i.State().Users {
		if user.UserName == name {
			return user
		}
	}
	i.t.Fatalf("there is no user %q", name)
	return cloud.User{}
}

// members are the user names of a group's members.
func (i *instance) members(name string) []string {
	i.t.Helper()
	for _, group := range i.State().Groups {
		if group.Name == name {
			return group.Members
		}
	}
	return nil
}

// patch is the body of a PATCH with these operations.
func patch(operations ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + strings.Join(operations, ",") + `]}`
}
