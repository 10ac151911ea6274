package manager

import (
	"bytes"
	"errors"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/client-go/rest"

	"github.com/atlassync/atlassync/controllers"
)

func TestOrphansTable(t *testing.T) {
	g := NewWithT(t)
	var out bytes.Buffer
	g.Expect(printOrphans(&out, []controllers.Orphan{
		{Directory: "jira", Username: "admin", DisplayName: "Administrator", Active: true, Self: true},
		{Directory: "jira", Username: "stranger", DisplayName: "A Stranger"},
	})).To(Succeed())
	g.Expect(out.String()).To(Equal(`DIRECTORY   USERNAME   DISPLAY NAME    ACTIVE   NOTE
jira        admin      Administrator   true     atlassync signs in with it
jira        stranger   A Stranger      false    
`))
}

func TestOrphansUsage(t *testing.T) {
	nowhere := func() (*rest.Config, error) { return nil, errors.New("no kubeconfig") }
	for _, args := range [][]string{nil, {"okta"}, {"identity/okta", "more"}, {"-o", "xml", "identity/okta"}, {"-x"}} {
		err := Orphans(t.Context(), Streams{&bytes.Buffer{}, &bytes.Buffer{}}, nowhere, args)
		NewWithT(t).Expect(err).To(MatchError(Or(ContainSubstring("usage: atlassync orphans"), ContainSubstring("see atlassync orphans"))), "%v", args)
	}
	err := Orphans(t.Context(), Streams{&bytes.Buffer{}, &bytes.Buffer{}}, nowhere, []string{"identity/okta"})
	NewWithT(t).Expect(err).To(MatchError("find the Kubernetes API server: no kubeconfig"))
}
