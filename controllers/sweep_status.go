package controllers

import (
	"errors"
	"fmt"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweepFailure says why a reading was of no use, and what to do.
func sweepFailure(name string, err error) string {
	shrunk, ok := errors.AsType[*directory.ShrunkError](err)
	if !ok {
		return "the directory could not be read as a whole, and nothing was concluded from what was read: " + err.Error()
	}
	return fmt.Sprintf("%s: nothing was concluded from that; if it is right, annotate the SyncConfig with %s=%s=%d",
		shrunk.Error(), v1alpha1.AnnotationAcceptListing, name, shrunk.Accounts())
}

// tellSweep sends an event about a reading that found something, or failed.
func (r *SyncConfigReconciler) tellSweep(config *v1alpha1.SyncConfig, name string, outcome *sweepOutcome) {
	switch {
	case outcome.err != nil:
		r.warning(config, v1alpha1.EventSweepFailed, "Sweep", "%s: %s", name, sweepFailure(name, outcome.err))
	case outcome.drifted == 0:
	case outcome.corrected:
		r.normal(config, v1alpha1.EventDriftCorrected, "Sweep", "%s: %s were changed by others and are put right", name, outcome.names())
	default:
		r.warning(config, v1alpha1.EventDriftReported, "Sweep", "%s: %s were changed by others and are %s", name, outcome.names(), leftSo(config))
	}
	for _, shrunk := range outcome.Shrunk {
		r.warning(config, v1alpha1.EventSweepFailed, "Sweep", "%s: %s: taken as it was until the next reading shows the same", name, shrunk.Error())
	}
}

// names tells what drifted, at most ten of it.
func (o *sweepOutcome) names() string {
	names := make([]string, 0, len(o.Drifted)+len(o.DriftedGroups))
	for _, account := range o.Drifted {
		names = append(names, account.Name)
	}
	for _, group := range o.DriftedGroups {
		names = append(names, "group "+group)
	}
	return firstNames(names)
}

// status shows a reading. What the last good one found stays when one fails.
func (o *sweepOutcome) status(name string, before *v1alpha1.SweepStatus) *v1alpha1.SweepStatus {
	if o == nil {
		return before
	}
	if o.err != nil {
		failed := v1alpha1.SweepStatus{}
		if before != nil {
			failed = *before
		}
		failed.Failure = truncate(sweepFailure(name, o.err))
		return &failed
	}
	status := &v1alpha1.SweepStatus{
		Users: int32(o.Users), Groups: int32(o.Groups), Drifted: int32(o.drifted), Orphans: int32(o.orphans),
	}
	status.Time.Time, status.Duration.Duration = o.at.Truncate(time.Second), o.took.Truncate(time.Millisecond)
	if o.corrected {
		status.Corrected = status.Drifted
	}
	return status
}
