package controllers

import (
	"errors"
	"fmt"

	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// followKstatus matches conditions that kubectl wait, Argo CD and Flux read
// right: Ready is always there; Reconciling and Stalled only while True and
// never both; what is Ready neither reconciles nor is stalled; nothing speaks
// of a generation that the status does not.
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
