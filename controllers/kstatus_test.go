package controllers

import (
	"context"
	"errors"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// followKstatus matches conditions that kubectl wait, Argo CD and Flux read
// right: Ready is always there; Reconciling and Stalled only while True and
// never both; what is Ready neither reconciles nor is stalled; Ready speaks of
// the generation that the status does, and nothing of a later one.
func followKstatus(generation, observed int64) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(conditions []metav1.Condition) (bool, error) {
		return breach(conditions, generation, observed) == nil, nil
	}).WithTemplate("Expected conditions\n{{.FormattedActual}}\n{{.To}} follow kstatus")
}

func breach(conditions []metav1.Condition, generation, observed int64) error {
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	reconciling := meta.FindStatusCondition(conditions, v1alpha1.ConditionReconciling)
	stalled := meta.FindStatusCondition(conditions, v1alpha1.ConditionStalled)
	switch {
	case ready == nil:
		return errors.New("Ready is missing")
	case reconciling != nil && stalled != nil:
		return errors.New("both Reconciling and Stalled are there")
	case thereAndNotTrue(reconciling), thereAndNotTrue(stalled):
		return errors.New("Reconciling or Stalled is there and not True")
	case ready.Status == metav1.ConditionTrue && (reconciling != nil || stalled != nil):
		return errors.New("Ready is True together with Reconciling or Stalled")
	case ready.ObservedGeneration != observed:
		return fmt.Errorf("Ready speaks of generation %d, the status of %d", ready.ObservedGeneration, observed)
	case observed > generation:
		return fmt.Errorf("observedGeneration %d is in the future of %d", observed, generation)
	}
	for _, condition := range conditions {
		if err := breachBy(condition, observed); err != nil {
			return err
		}
	}
	return nil
}

func thereAndNotTrue(condition *metav1.Condition) bool {
	return condition != nil && condition.Status != metav1.ConditionTrue
}

func breachBy(condition metav1.Condition, observed int64) error {
	if condition.ObservedGeneration > observed {
		return fmt.Errorf("%s speaks of generation %d, the status of %d", condition.Type, condition.ObservedGeneration, observed)
	}
	if condition.Reason == "" || condition.Message == "" {
		return fmt.Errorf("%s lacks a reason or message", condition.Type)
	}
	return nil
}

// waitedFor reports whether `kubectl wait --for=condition=Ready` ends: Ready is
// True, of the generation that the object has now.
func waitedFor(object metav1.Object, conditions []metav1.Condition) bool {
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration >= object.GetGeneration()
}

var _ = Describe("kubectl wait for Ready", func() {
	It("goes on until a change has been looked at", func(ctx context.Context) {
		s := newStage(ctx)
		config := &v1alpha1.SyncConfig{}
		Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
		Expect(waitedFor(config, config.Status.Conditions)).To(BeFalse(), "nobody has seen it")
		config = s.config(ctx)
		Expect(waitedFor(config, config.Status.Conditions)).To(BeTrue())

		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.OnRemoval = v1alpha1.RemoveUserKeep })
		Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
		Expect(waitedFor(config, config.Status.Conditions)).To(BeFalse(), "Ready speaks of the earlier spec")
		config = s.config(ctx)
		Expect(waitedFor(config, config.Status.Conditions)).To(BeTrue())
	})

	It("goes on while a SyncConfig cannot be used or is paused", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Mode = v1alpha1.ModePaused })
		config := s.config(ctx)
		Expect(waitedFor(config, config.Status.Conditions)).To(BeFalse())
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Mode, spec.Username = v1alpha1.ModeEnforce, v1alpha1.UsernameSpec{Regex: "a", Replacement: "${name}"}
		})
		config = s.config(ctx)
		Expect(waitedFor(config, config.Status.Conditions)).To(BeFalse())
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Username = v1alpha1.UsernameSpec{} })
		config = s.config(ctx)
		Expect(waitedFor(config, config.Status.Conditions)).To(BeTrue())
	})

	It("goes on until a user's change is in every directory", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		user := s.newUser(ctx, "ada")
		Expect(waitedFor(user, user.Status.Conditions)).To(BeFalse())
		user = s.user(ctx, "ada")
		Expect(waitedFor(user, user.Status.Conditions)).To(BeTrue())
		user.Spec.DisplayName = "Countess"
		Expect(cached.Update(ctx, user)).To(Succeed())
		Expect(waitedFor(user, user.Status.Conditions)).To(BeFalse())
		user = s.user(ctx, "ada")
		Expect(waitedFor(user, user.Status.Conditions)).To(BeTrue())
	})
})
