package controllers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	// ambiguousGrace is how long a directory gets to show the result of a
	// write whose answer was lost, before it is looked at again.
	ambiguousGrace = 10 * time.Second
	// slowRetry is the pace for what only an administrator can put right at
	// the product, such as a licence or a missing right.
	slowRetry = 10 * time.Minute
)

// outlook says what happens next with an object in one directory.
type outlook uint8

const (
	// settled: as wanted, as far as the policy goes.
	settled outlook = iota
	// retrying: it will be tried again by itself.
	retrying
	// stalled: nothing happens until somebody changes something.
	stalled
)

// verdict is what became of an object in one directory.
type verdict struct {
	directory string
	reason    string
	message   string
	outlook   outlook
	// after is when to try again; zero with err set means with back-off.
	after time.Duration
	err   error
	// unchanged says that the status is to stay as it was.
	unchanged bool
	// waiting says that the directory was not looked at, for its gate is closed.
	waiting bool
}

// settledReasons are those that leave nothing to be done.
var settledReasons = []string{
	v1alpha1.ReasonProvisioned, v1alpha1.ReasonDeactivated, v1alpha1.ReasonRemoved, v1alpha1.ReasonProtected,
	v1alpha1.ReasonImportDisabled, v1alpha1.ReasonUpdateDisabled, v1alpha1.ReasonEnableDisabled,
	v1alpha1.ReasonDisableDisabled, v1alpha1.ReasonCreateDisabled, v1alpha1.ReasonSyncDisabled,
	v1alpha1.ReasonExcluded,
	v1alpha1.ReasonDriftReported, v1alpha1.ReasonPlanned,
}

// verdictOf is the verdict on a plan that was carried out.
func verdictOf(name, reason, message string) verdict {
	v := verdict{directory: name, reason: reason, message: message, outlook: stalled}
	if slices.Contains(settledReasons, reason) {
		v.outlook = settled
	}
	return v
}

// nothingOfOurs is the verdict on a deleted object that has nothing in a
// directory which would be ours to remove: it need not even be reached.
func nothingOfOurs(name string) verdict {
	return verdictOf(name, v1alpha1.ReasonRemoved, "Nothing of ours to remove")
}

// failure is the verdict on a directory operation that failed.
func failure(name string, err error) verdict {
	v := verdict{directory: name, reason: v1alpha1.ReasonInternalError, message: err.Error(), outlook: retrying, err: err}
	if _, ok := errors.AsType[*directory.ShrunkError](err); ok {
		v.reason, v.after = v1alpha1.ReasonDirectoryUnavailable, reprobeInterval
		return v
	}
	e, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return v
	}
	switch e.Kind {
	case directory.KindUnknown: // an internal error, as it says above
	case directory.KindRateLimited:
		v.reason = v1alpha1.ReasonDirectoryUnavailable
		v.after, v.unchanged = max(e.RetryAfter, time.Second), true
	case directory.KindUnavailable, directory.KindUnauthorized, directory.KindUntrusted, directory.KindWrongDirectory:
		v.reason = v1alpha1.ReasonDirectoryUnavailable
	case directory.KindForbidden:
		v.reason, v.outlook, v.after = v1alpha1.ReasonDirectoryUnavailable, stalled, slowRetry
	case directory.KindLicenceExceeded:
		v.reason, v.outlook, v.after = v1alpha1.ReasonLicenceLimitReached, stalled, slowRetry
	case directory.KindInvalid, directory.KindUnsupported:
		v.reason, v.outlook, v.err = v1alpha1.ReasonAttributesRejected, stalled, nil
	case directory.KindAmbiguous:
		v.reason, v.after = v1alpha1.ReasonProgressingWithRetry, ambiguousGrace
		if e.Op == directory.OpCreateUser {
			v.reason = v1alpha1.ReasonCreateResultUnknown
		}
	case directory.KindNotFound, directory.KindAlreadyExists:
		// What was observed a moment ago is no longer so: look again.
		v.reason = v1alpha1.ReasonProgressingWithRetry
	}
	return v
}

// resultOf is when to reconcile next. Errors come back with back-off; a
// cancelled context means that the process stops, which is nobody's failure.
func resultOf(ctx context.Context, verdicts []verdict) (reconcile.Result, error) {
	if ctx.Err() != nil {
		return reconcile.Result{}, nil
	}
	var result reconcile.Result
	var errs []error
	for _, v := range verdicts {
		switch {
		case v.after > 0:
			if result.RequeueAfter == 0 || v.after < result.RequeueAfter {
				result.RequeueAfter = v.after
			}
		case v.err != nil:
			errs = append(errs, v.err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return reconcile.Result{}, err
	}
	return result, nil
}

// joinMessages says for each directory what became of the object there, once
// for all directories of which the same is to be said.
func joinMessages(verdicts []verdict) string {
	var messages []string
	directories := map[string][]string{}
	for _, v := range verdicts {
		if directories[v.message] == nil {
			messages = append(messages, v.message)
		}
		directories[v.message] = append(directories[v.message], v.directory)
	}
	for i, message := range messages {
		messages[i] = strings.Join(directories[message], ", ") + ": " + message
	}
	return truncate(strings.Join(messages, "; "))
}

// maxMessage bounds what a condition, an entry or an event says.
const maxMessage = 1024

func truncate(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage-len("…")], "") + "…"
}
