package e2e

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// trouble is what is wrong with every product of an estate, and what an
// administrator sees of it.
type trouble struct {
	// rules are faults, and credentials are changed in the Secrets.
	rules       []rig.Rule
	credentials func(map[string]string)
	// condition is the one that is not True, with its reason.
	condition, reason string
	state             v1alpha1.DirectoryState
	// says is a part of what is said of each directory.
	says string
}

var _ = Describe("Trouble with every product", func() {
	ada, grace := newPerson("ada", "Ada", "Lovelace"), newPerson("grace", "Grace", "Hopper")

	DescribeTable("is told of each, and nothing is written", func(ctx SpecContext, t trouble) {
		e := prepareEstate(ctx)
		for _, p := range e.places {
			p.spoil(t.rules...)
			e.spoilCredentials(ctx, p, t.credentials)
		}
		e.create(ctx)
		user, err := e.okta(okta.Template, replicas[0]).CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred(), "SCIM is answered as usual")

		e.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, t.reason, t.says),
			haveCondition(t.condition, metav1.ConditionFalse, t.reason, t.says),
		))
		config, err := e.read(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(config.Status.Directories).To(HaveLen(len(e.places)))
		Expect(config.Status.Directories).To(HaveEach(And(
			HaveField("State", t.state), HaveField("Message", ContainSubstring(t.says)))))
		e.expectUser(ctx, user.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, t.says))
		for _, p := range e.places {
			Expect(p.changes()).To(BeEmpty(), "%s", p.Name)
			Expect(p.accounts()).To(BeEmpty(), "%s", p.Name)
		}
	},
		Entry("wrong credentials", trouble{
			credentials: func(content map[string]string) {
				for key := range content {
					if key == "password" || key == "token" {
						content[key] = secrets.make("a wrong password")
					}
				}
			},
			condition: v1alpha1.ConditionCredentialsValid, reason: v1alpha1.ReasonRejected,
			state: v1alpha1.DirectoryRejected, says: "HTTP 401",
		}),
		Entry("a redirect to a login page", trouble{
			rules:     []rig.Rule{{Kind: rig.KindLogin}},
			condition: v1alpha1.ConditionDirectoriesReachable, reason: v1alpha1.ReasonProbeFailed,
			state: v1alpha1.DirectoryUnreachable, says: "redirected to http://login.invalid, which was not followed",
		}),
		Entry("a page instead of an answer", trouble{
			rules:     []rig.Rule{{Kind: rig.KindHTML, Status: http.StatusOK}},
			condition: v1alpha1.ConditionDirectoriesReachable, reason: v1alpha1.ReasonProbeFailed,
			state: v1alpha1.DirectoryUnreachable, says: "a login page or a proxy answered instead of the product's REST API",
		}),
		Entry("half of an answer", trouble{
			rules:     []rig.Rule{{Kind: rig.KindTruncated}},
			condition: v1alpha1.ConditionDirectoriesReachable, reason: v1alpha1.ReasonProbeFailed,
			state: v1alpha1.DirectoryUnreachable, says: "probe: unavailable",
		}),
		Entry("too many requests", trouble{
			rules:     []rig.Rule{{Kind: rig.KindError, Status: http.StatusTooManyRequests, RetryAfterSeconds: 60}},
			condition: v1alpha1.ConditionDirectoriesReachable, reason: v1alpha1.ReasonProbeFailed,
			state: v1alpha1.DirectoryUnreachable, says: "rate limited",
		}),
	)

	It("that spoils half of all requests keeps nothing from coming right in the end", func(ctx SpecContext) {
		e := newEstate(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.Adoption = v1alpha1.AdoptNever })
		for _, p := range e.places {
			p.spoil(everyOther(http.MethodGet), everyOther(http.MethodPost), everyOther(http.MethodPut), everyOther(http.MethodPatch))
		}
		idp := e.okta(okta.Template, replicas[0])
		ids := []string{}
		for _, who := range []person{ada, grace} {
			user, err := idp.CreateUser(ctx, who.Profile)
			Expect(err).NotTo(HaveOccurred())
			ids = append(ids, user.ID())
		}
		e.expectHeld(e.places, ada, grace)
		for _, id := range ids {
			e.expectUser(ctx, id, beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		}
		Expect(e.made()).To(Equal(len(ids) * len(e.places)))
	})
})

// everyOther spoils half of the requests with a method. What is tried twice
// succeeds once, whatever comes in between.
func everyOther(method string) rig.Rule {
	return rig.Rule{Method: method, Kind: rig.KindError, Status: http.StatusServiceUnavailable, Every: 2}
}

// spoilCredentials changes the Secret of a place.
func (e *estate) spoilCredentials(ctx context.Context, p *place, change func(map[string]string)) {
	GinkgoHelper()
	if change == nil {
		return
	}
	secret := e.secretOf(p)
	change(secret.StringData)
	Expect(kube.Update(ctx, secret)).To(Succeed())
}
