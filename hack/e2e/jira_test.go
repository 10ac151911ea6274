package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// startJira runs a Jira with a secret password for the test that is running.
// When the test ends, all of the traffic must have been as the vendor
// documents it.
func startJira() *localenv.Jira {
	GinkgoHelper()
	server, err := localenv.StartJira(jira.Options{
		AdminName: "root", AdminPassword: secrets.make("a Jira password"), Middleware: checkedBy(openapi.Jira),
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Stop)
	return server
}

// people are the usernames in a Jira, without its administrator.
func people(server *localenv.Jira) []string {
	names := []string{}
	for _, user := range server.Simulator.Users() {
		if user.Name != server.User {
			names = append(names, user.Name)
		}
	}
	return names
}

// writes are the requests that could have changed anything in a Jira.
func writes(server *localenv.Jira) []rig.Request {
	var changed []rig.Request
	for _, request := range server.Simulator.Requests() {
		if request.Method != http.MethodGet {
			changed = append(changed, request)
		}
	}
	return changed
}
