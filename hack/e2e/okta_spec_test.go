package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/google/uuid"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/e2e/runscope"
	"github.com/atlassync/atlassync/hack/okta"
)

// oktaSuite is Okta's own test of SCIM servers. It is Okta's and not part of
// this repository.
const oktaSuite = "../../../shared/suites/okta/Okta-SCIM-20-SPEC-Test.json"

// Its scripts are not run: there is one, which says whether there are groups.
var _ = Describe("Okta's SPEC suite", Ordered, func() {
	suite, err := runscope.Load(oktaSuite)
	if errors.Is(err, os.ErrNotExist) {
		It("is replayed", func() { Skip("Okta's suite is not next to the repository, at " + oktaSuite) })
		return
	}
	var player *runscope.Player

	BeforeAll(func(ctx SpecContext) {
		Expect(err).NotTo(HaveOccurred())
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		_, err := idp.CreateUser(ctx, newPerson("first", "First", "User").Profile)
		Expect(err).NotTo(HaveOccurred())
		Eventually(func() ([]okta.Resource, error) { users, _, err := idp.Import(ctx); return users, err }).
			Should(HaveLen(1), "the suite expects a list of at least one user")
		name := "SPEC." + uuid.NewString() + "@example.com"
		player = &runscope.Player{Client: http.DefaultClient, Variables: map[string]string{
			"SCIMBaseURL": t.baseURL(replicas[0]), "auth": "Bearer " + t.token,
			"InvalidUserEmail": "nobody@example.com", "UserIdThatDoesNotExist": uuid.NewString(),
			"randomUsername": name, "randomUsernameCaps": strings.ToUpper(name), "randomEmail": name,
			"randomGivenName": "Spec", "randomFamilyName": "Tester",
		}}
	})

	if err != nil {
		return
	}
	for number, step := range suite.Requests() {
		It(fmt.Sprintf("request %d: %s", number+1, step.Note), func(ctx SpecContext) {
			outcomes, err := player.Play(ctx, step)
			for _, outcome := range outcomes {
				By(outcome.Expectation.String())
				Expect(outcome.Err).NotTo(HaveOccurred(), outcome.Expectation.String())
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(outcomes).To(HaveLen(len(step.Assertions)))
		})
	}
})
