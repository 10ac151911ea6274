package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

// dryRun is a change of a SyncConfig: everything is decided, nothing is done.
func dryRun(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeDryRun }

var _ = Describe("A dry run", func() {
	It("shows what would be done in five directories, and Enforce does it", func(ctx SpecContext) {
		e := newEstate(ctx, dryRun)
		idp := e.okta(okta.Template, replicas[0])
		ada, err := idp.AssignUser(ctx, newPerson("ada.lovelace", "Ada", "Lovelace").Profile)
		Expect(err).NotTo(HaveOccurred())
		staff, err := idp.PushGroup(ctx, "staff", okta.MemberOf(ada))
		Expect(err).NotTo(HaveOccurred())

		e.expectUser(ctx, ada.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonPlanned, "would create"))
		Eventually(func() ([]string, error) {
			group, err := e.group(ctx, staff.ID())
			if err != nil {
				return nil, err
			}
			var actions []string
			for _, entry := range group.Status.Directories {
				actions = append(actions, entry.PlannedAction)
			}
			return actions, nil
		}).Should(And(HaveLen(len(e.places)), HaveEach("create, add 1")))
		e.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonPlanned,
			"5 to create, 0 to update, 0 to disable, 0 held; groups: 5 to create, 0 to update, 0 to disable, 0 held"))
		for _, p := range e.places {
			Expect(p.changes()).To(BeEmpty(), "%s", p.Name)
		}

		By("doing it")
		e.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce })
		e.expectUser(ctx, ada.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		e.expectGroupReady(ctx, staff.ID())
		for _, p := range e.places {
			Expect(p.usernames()).To(HaveLen(1), "%s", p.Name)
			Expect(p.members("staff")).To(HaveLen(1), "%s", p.Name)
			Expect(p.made()).To(Equal(1), "%s", p.Name)
		}
	})
})
