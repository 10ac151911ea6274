package controllers

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// checkup is one reconcile of one SyncConfig.
type checkup struct {
	config      *v1alpha1.SyncConfig
	before      *v1alpha1.SyncConfig
	now         metav1.Time
	invalid     *plan.InvalidError
	directories []inspected
	held        heldReview
	// request is what somebody asked for and has not got yet; nil if nobody did.
	request *configRequest
	// answer tells that it has been done; empty if it has not.
	answer string
}

func newCheckup(config *v1alpha1.SyncConfig, now time.Time) *checkup {
	return &checkup{config: config, before: config.DeepCopy(), now: metav1.NewTime(now)}
}

func (c *checkup) configuration(err error) {
	if invalid, ok := errors.AsType[*plan.InvalidError](err); ok {
		c.invalid = invalid
	}
}

func (c *checkup) add(result inspected) {
	c.directories = append(c.directories, result)
}

// nextLook is soon while a directory cannot be used.
func (c *checkup) nextLook() time.Duration {
	if c.request != nil {
		return requestInterval
	}
	if slices.ContainsFunc(c.directories, func(d inspected) bool { return d.err != nil || d.settling }) {
		return reprobeInterval
	}
	return cmp.Or(min(probeInterval, c.held.next), probeInterval)
}

// summarise brings the status up to date and reports whether it changed.
func (c *checkup) summarise(baseURL string) bool {
	status := &c.config.Status
	status.ObservedGeneration = c.config.Generation
	status.SCIM.BaseURL = strings.TrimSuffix(baseURL, "/") + "/scim/v2/" + c.config.Namespace + "/" + c.config.Name
	status.SCIM.TokenSecretName = c.config.TokenSecretName()
	status.Directories = nil
	for _, d := range c.directories {
		status.Directories = append(status.Directories, d.status)
	}
	status.HeldRemovals, status.ApprovedRemovals = plan.SumUp(c.held.items), c.held.approval
	c.setConditions(conditionSet{&status.Conditions, c.config.Generation, c.now})
	return !equality.Semantic.DeepEqual(c.before.Status, c.config.Status)
}

func (c *checkup) setConditions(set conditionSet) {
	paused := c.config.Spec.Mode == v1alpha1.ModePaused
	set.setOnly(paused, v1alpha1.ConditionPaused, v1alpha1.ReasonPaused, "mode is Paused: SCIM requests are taken, no directory is written to")
	configuration := c.usable()
	credentials, reachable := c.credentials(), c.reachable()
	configuration.setAs(set, v1alpha1.ConditionConfigurationValid)
	credentials.setAs(set, v1alpha1.ConditionCredentialsValid)
	reachable.setAs(set, v1alpha1.ConditionDirectoriesReachable)
	c.synced().setAs(set, v1alpha1.ConditionSynced)
	c.held.finding(c.config, set.now.Time).setAs(set, v1alpha1.ConditionRemovalsHeld)

	ready := finding{metav1.ConditionTrue, v1alpha1.ReasonSucceeded, c.countsMessage()}
	if c.config.Status.Planned != nil {
		ready.reason, ready.message = v1alpha1.ReasonPlanned, c.plannedMessage()
	}
	for _, f := range []finding{configuration, credentials, reachable} {
		if f.status == metav1.ConditionFalse { // what is Unknown is so because of another that is False
			ready = finding{metav1.ConditionFalse, f.reason, f.message}
			break
		}
	}
	if paused && ready.status == metav1.ConditionTrue {
		ready = finding{metav1.ConditionFalse, v1alpha1.ReasonPaused, "Paused: " + c.countsMessage()}
	}
	ready.setAs(set, v1alpha1.ConditionReady)
	impossible := configuration.status == metav1.ConditionFalse
	waiting := ready.status == metav1.ConditionFalse && !impossible && !paused
	set.setOnly(waiting, v1alpha1.ConditionReconciling, v1alpha1.ReasonProgressingWithRetry, ready.message)
	set.setOnly(impossible, v1alpha1.ConditionStalled, ready.reason, ready.message)
}

// finding is the value of one condition.
type finding struct {
	status  metav1.ConditionStatus
	reason  string
	message string
}

func (f finding) setAs(set conditionSet, kind string) {
	set.set(kind, f.status, f.reason, f.message)
}

// usable is True when all of the spec can be done, in every directory.
func (c *checkup) usable() finding {
	if c.invalid != nil {
		return finding{metav1.ConditionFalse, c.invalid.Reason, c.invalid.Error()}
	}
	for _, d := range c.directories {
		if d.conflict != "" {
			return finding{metav1.ConditionFalse, v1alpha1.ReasonPolicyConflict, d.conflict}
		}
	}
	return finding{metav1.ConditionTrue, v1alpha1.ReasonValid, "The configuration can be used"}
}

// credentials is True when every directory accepted its credentials, and
// Unknown while one has not answered.
func (c *checkup) credentials() finding {
	result := finding{metav1.ConditionTrue, v1alpha1.ReasonValid, "Every directory accepts its credentials"}
	for _, d := range c.directories {
		missing, isSecret := errors.AsType[*secretError](d.err)
		switch {
		case isSecret:
			return finding{metav1.ConditionFalse, missing.reason, missing.detail}
		case d.status.State == v1alpha1.DirectoryRejected:
			return finding{metav1.ConditionFalse, v1alpha1.ReasonRejected, d.told()}
		case d.err != nil:
			result = finding{metav1.ConditionUnknown, v1alpha1.ReasonUnknown, d.told()}
		}
	}
	return result
}

// reachable is True when every directory answered, be it with a refusal.
func (c *checkup) reachable() finding {
	for _, d := range c.directories {
		if _, isSecret := errors.AsType[*secretError](d.err); isSecret {
			return finding{metav1.ConditionUnknown, v1alpha1.ReasonUnknown, d.told()}
		}
		if d.err != nil && d.status.State != v1alpha1.DirectoryRejected {
			return finding{metav1.ConditionFalse, unreachableReason(d.err), d.told()}
		}
	}
	return finding{metav1.ConditionTrue, v1alpha1.ReasonReachable, "Every directory answers"}
}

// synced is True when every directory has been read as a whole, the last
// attempt included. The worst directory speaks.
func (c *checkup) synced() finding {
	result := finding{metav1.ConditionTrue, v1alpha1.ReasonUpToDate, "Every directory was found as it had been left"}
	for _, d := range c.directories {
		last := d.status.LastSweep
		switch {
		case last == nil:
			return finding{metav1.ConditionUnknown, v1alpha1.ReasonNeverSwept, d.status.Name + " has not been read as a whole yet"}
		case last.Failure != "":
			return finding{metav1.ConditionFalse, v1alpha1.ReasonSweepFailed, d.status.Name + ": " + last.Failure}
		case last.Drifted > last.Corrected:
			result = finding{metav1.ConditionTrue, v1alpha1.ReasonDriftReported, d.drift(leftSo(c.config))}
		case last.Drifted > 0 && result.reason == v1alpha1.ReasonUpToDate:
			result = finding{metav1.ConditionTrue, v1alpha1.ReasonDriftCorrected, d.drift("put right")}
		}
	}
	return result
}

func (i inspected) drift(then string) string {
	return fmt.Sprintf("%s: %d accounts and groups were changed by others and are %s", i.status.Name, i.status.LastSweep.Drifted, then)
}

func unreachableReason(err error) string {
	e, ok := errors.AsType[*directory.Error](err)
	switch {
	case ok && e.Kind == directory.KindUntrusted:
		return v1alpha1.ReasonTLSFailed
	case ok && e.Kind == directory.KindUnsupported:
		return v1alpha1.ReasonUnsupportedVersion
	case ok && e.Kind == directory.KindWrongDirectory:
		return v1alpha1.ReasonWrongDirectory
	case ok && e.Timeout:
		return v1alpha1.ReasonTimeout
	default:
		return v1alpha1.ReasonProbeFailed
	}
}

func (i inspected) told() string {
	return i.status.Name + ": " + i.status.Message
}

// countsMessage tells at a glance how the users and groups are.
func (c *checkup) countsMessage() string {
	users, groups := c.config.Status.Users, c.config.Status.Groups
	message := fmt.Sprintf("%d of %d users and %d of %d groups in sync", users.Ready, users.Total, groups.Ready, groups.Total)
	return message + c.unsettled()
}

// unsettled tells of the users and groups that are not as they should be.
func (c *checkup) unsettled() string {
	users, groups := c.config.Status.Users, c.config.Status.Groups
	message := ""
	if failed := users.Failed + groups.Failed; failed > 0 {
		message += fmt.Sprintf(", %d need attention", failed)
	}
	if pending := users.Pending + groups.Pending; pending > 0 {
		message += fmt.Sprintf(", %d in progress", pending)
	}
	return message
}

// tell sends an event for each directory that went down or came back.
func (c *checkup) tell(b *base) {
	c.tellHeld(b)
	before := map[string]v1alpha1.DirectoryState{}
	for _, d := range c.before.Status.Directories {
		before[d.Name] = d.State
	}
	for _, d := range c.directories {
		was, known := before[d.status.Name]
		switch {
		case was == d.status.State:
		case d.status.State == v1alpha1.DirectoryReady && known && was != v1alpha1.DirectoryUnknown:
			b.normal(c.config, v1alpha1.EventDirectoryRecovered, "Probe", "Directory %s can be used again", d.status.Name)
		case d.status.State == v1alpha1.DirectoryRejected:
			b.warning(c.config, v1alpha1.EventCredentialsRejected, "Probe", "%s", d.told())
		case d.err != nil:
			b.warning(c.config, v1alpha1.EventDirectoryUnreachable, "Probe", "%s", d.told())
		}
	}
}
