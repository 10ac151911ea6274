package controllers

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// What drifts, and what is done about it, as metrics call it.
const (
	driftOfUser    = "user"
	driftOfGroup   = "group"
	driftCorrected = "corrected"
	driftReported  = "reported"
)

// drifted counts an account or group that others changed.
func (m *Metrics) drifted(kind, action string) {
	m.drift.WithLabelValues(kind, action).Inc()
}

// correctedDrift tells that what others changed was put right. Values are not
// told, only what they are of.
func (b *base) correctedDrift(object client.Object, kind, format string, args ...any) {
	b.metrics.drifted(kind, driftCorrected)
	b.normal(object, v1alpha1.EventDriftCorrected, "Provision", format, args...)
}

// tellDriftLeft tells that what others changed is left: once for as long as it
// stays the same.
func (b *base) tellDriftLeft(object client.Object, kind, reasonBefore, messageBefore string, v verdict) {
	left := v.reason == v1alpha1.ReasonDriftReported || v.reason == v1alpha1.ReasonUnwantedAccess
	if !left || v.reason == reasonBefore && truncate(v.message) == messageBefore {
		return
	}
	b.metrics.drifted(kind, driftReported)
	b.warning(object, v1alpha1.EventDriftReported, "Provision", "%s: %s", v.directory, v.message)
}
