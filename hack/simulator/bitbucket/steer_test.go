package bitbucket_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func TestSteeringOverHTTP(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{})
	i.url += "/_sim"
	i.expect("POST /users", `{"name":"ada"}`, 204, "")
	i.expect("POST /groups", `{"name":"engineers","members":["ada"]}`, 204, "")
	i.expect("POST /groups", `{"name":"engineers","members":["eve"]}`, 400, `no user "eve"`)
	i.expect("GET /state", "", 200, `"members":["ada"]`)
	user, _ := i.User("ada")
	g.Expect(user.Active).To(BeTrue())
}

func TestFaultsSpeakBitbucketsLanguage(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindError, Times: 1}}})).To(Succeed())
	i.expect("GET admin/users", "", 500, `{"errors":[{"context":null,"exceptionName":"com.atlassian.bitbucket.ServerException"`)
	i.expect("GET admin/users", "", 200, "")
	g.Expect(i.Count("GET", "admin/users")).To(Equal(2))

	g.Expect(i.SetFaults(rig.Faults{RateLimit: &rig.RateLimit{Limit: 1, FillRate: 1, IntervalSeconds: 60}})).To(Succeed())
	i.expect("GET admin/users", "", 200, "")
	i.expect("GET admin/users", "", 429, "")
	i.as("admin", "wrong").expect("GET admin/users", "", 401, "")
}
