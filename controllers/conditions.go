package controllers

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// conditionSet writes the conditions of one object at one generation.
type conditionSet struct {
	conditions *[]metav1.Condition
	generation int64
	now        metav1.Time
}

func (c conditionSet) set(kind string, status metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(c.conditions, metav1.Condition{
		Type: kind, Status: status, Reason: reason, Message: truncate(message),
		ObservedGeneration: c.generation, LastTransitionTime: c.now,
	})
}

// setOnly sets an abnormal-true condition, or removes it when it is not so.
func (c conditionSet) setOnly(is bool, kind, reason, message string) {
	if !is {
		meta.RemoveStatusCondition(c.conditions, kind)
		return
	}
	c.set(kind, metav1.ConditionTrue, reason, message)
}

// summarise derives Ready, Reconciling and Stalled from the verdicts on an
// object. Ready is never set in any other way for users and groups.
func (c conditionSet) summarise(verdicts []verdict) {
	anyRetrying, anyStalled, anySettled := false, false, false
	for _, v := range verdicts {
		switch v.outlook {
		case settled:
			anySettled = true
		case retrying:
			anyRetrying = true
		case stalled:
			anyStalled = true
		}
	}
	ready, reason := readiness(verdicts, anyRetrying || anyStalled, anySettled)
	message := joinMessages(verdicts)
	c.set(v1alpha1.ConditionReady, ready, reason, message)
	c.setOnly(anyRetrying, v1alpha1.ConditionReconciling, v1alpha1.ReasonProgressingWithRetry, message)
	c.setOnly(anyStalled && !anyRetrying, v1alpha1.ConditionStalled, reason, message)
}

func readiness(verdicts []verdict, anyBad, anyGood bool) (metav1.ConditionStatus, string) {
	if !anyBad {
		reason := v1alpha1.ReasonProvisioned
		if len(verdicts) > 0 {
			reason = verdicts[0].reason
		}
		for _, v := range verdicts {
			if v.reason != reason {
				reason = v1alpha1.ReasonProvisioned
			}
		}
		return metav1.ConditionTrue, reason
	}
	status, reason := metav1.ConditionFalse, ""
	for _, v := range verdicts {
		if v.outlook == settled {
			continue
		}
		if v.reason == v1alpha1.ReasonCreateResultUnknown {
			status = metav1.ConditionUnknown
		}
		if reason == "" {
			reason = v.reason
		}
	}
	if anyGood && status == metav1.ConditionFalse {
		reason = v1alpha1.ReasonPartiallyProvisioned
	}
	return status, reason
}

// held sets the conditions of an object whose directories were not looked at.
func (c conditionSet) held(why verdict) {
	c.set(v1alpha1.ConditionReady, metav1.ConditionFalse, why.reason, why.message)
	c.setOnly(true, v1alpha1.ConditionReconciling, why.reason, why.message)
	c.setOnly(false, v1alpha1.ConditionStalled, "", "")
}
