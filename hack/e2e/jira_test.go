package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

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
	options := jira.Options{AdminName: "root", AdminPassword: secrets.make("a Jira password")}
	checker, err := openapi.Jira()
	switch {
	case errors.Is(err, openapi.ErrNoSpecs):
		AddReportEntry("Jira's traffic is not checked", err.Error())
	default:
		Expect(err).NotTo(HaveOccurred())
		found := &violations{}
		options.Middleware = func(next http.Handler) http.Handler { return checker.Wrap(found, next) }
		DeferCleanup(func() { Expect(found.all()).To(BeEmpty()) })
	}
	server, err := localenv.StartJira(options)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Stop)
	return server
}

// violations takes what the checker reports, from the goroutines that serve.
type violations struct {
	mu   sync.Mutex
	seen []string
}

func (*violations) Helper() {}

func (v *violations) Errorf(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = append(v.seen, fmt.Sprintf(format, args...))
}

func (v *violations) all() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.seen, "\n")
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
