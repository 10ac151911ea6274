package controllers

import (
	"cmp"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// defaultWindow holds where admission did not complete a SyncConfig.
const defaultWindow = time.Hour

// limit is a removal limit at one moment.
type limit struct {
	plan.Limit
	window time.Duration
	now    time.Time
}

// limitOf is the removal limit of a SyncConfig now.
func limitOf(config *v1alpha1.SyncConfig, now time.Time) limit {
	spec := config.Spec.RemovalLimit
	return limit{plan.LimitOf(spec), cmp.Or(spec.Window.Duration, defaultWindow), now}
}

// counts reports whether a removal of that time still counts.
func (l limit) counts(at time.Time) bool {
	return l.now.Sub(at) < l.window
}

// over is how long a removal of that time still counts.
func (l limit) over(at time.Time) time.Duration {
	return at.Add(l.window).Sub(l.now)
}

// approves reports whether an approval is for what has been held since a
// certain time, and still lasts.
func (l limit) approves(approval *v1alpha1.ApprovedRemovals, since metav1.Time) bool {
	return approval != nil && !since.After(approval.Time.Time) && l.counts(approval.Time.Time)
}
