package controllers

import (
	"fmt"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// In a dry run everything is observed and decided as always. Then, where the
// plan would be carried out, it is shown, and nothing that is remembered of
// accounts and groups changes: once mode is Enforce the same decision is made
// from the same facts.

// waitsForEnforce ends the message on a deleted object.
const waitsForEnforce = "; waits for mode Enforce"

// planned is what to show of a plan that does actions: that it is one, unless
// it leaves something that has a reason of its own.
func planned(actions, reason, message string) (shownReason, shownMessage string) {
	if actions == "" {
		return reason, message
	}
	if slices.Contains(settledReasons, reason) {
		reason = v1alpha1.ReasonPlanned
	}
	return reason, fmt.Sprintf("Dry run, would %s: %s", actions, message)
}

// verdictOn is the verdict on a plan that was carried out, or shown. A deleted
// object stays for as long as the run is dry: there is still to be done what
// its account or group is owed.
func (o *openDirectory) verdictOn(object client.Object, reason, message string) verdict {
	v := verdictOf(o.spec.Name, reason, message)
	if o.dryRun && !object.GetDeletionTimestamp().IsZero() && v.outlook == settled {
		v.outlook, v.reason = retrying, v1alpha1.ReasonPlanned
		v.message += waitsForEnforce
	}
	return v
}

// preview shows the plan for a user.
func (c *userChange) preview() {
	entry := c.entry
	entry.PlannedAction = plan.JoiningDefaults(c.plan.Actions(entry.Managed), c.defaultsToGive())
	entry.Reason, entry.Message = planned(entry.PlannedAction, c.plan.Reason, c.plan.Message)
	if entry.PlannedAction == "" {
		entry.State = c.plan.State
	}
}

// defaultsToGive counts the default groups that the account would be put into.
func (c *userChange) defaultsToGive() int {
	if !c.plan.Receives(c.wanted()) {
		return 0
	}
	givable, _ := c.open.policy.Givable(c.gifts().Pending)
	return len(givable)
}

// asPlanned is what is remembered of a user. In a dry run, an account that
// would be made or taken over is one to put into groups.
func (o *openDirectory) asPlanned(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus) v1alpha1.UserDirectoryStatus {
	if o.dryRun && !entry.Managed && plan.GivesAccount(entry.PlannedAction) {
		entry.Managed, entry.Username, entry.State = true, o.policy.Username.Apply(user.Spec.UserName), v1alpha1.UserActive
		entry.ID = "planned " + entry.Username
	}
	return entry
}
