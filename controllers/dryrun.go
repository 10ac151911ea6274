package controllers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
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
func (c *userChange) preview(ctx context.Context) error {
	defaults, err := c.previewDefaults(ctx)
	if err != nil {
		return err
	}
	entry := c.entry
	entry.PlannedAction = plan.JoiningDefaults(c.plan.Actions(entry.Managed), defaults.join, defaults.create)
	entry.Reason, entry.Message = planned(entry.PlannedAction, c.plan.Reason, c.plan.Message)
	if len(defaults.refused) > 0 {
		entry.Reason = v1alpha1.ReasonPartiallyProvisioned
		entry.Message += "; not in all of its default groups: " + strings.Join(defaults.refused, ", ")
	}
	if entry.PlannedAction == "" {
		entry.State = c.plan.State
	}
	return nil
}

// plannedDefaults are the default groups that an account would be put into.
type plannedDefaults struct {
	join int
	// create are those of them that are not there yet.
	create []string
	// refused are those that it would not be put into, and why.
	refused []string
}

// previewDefaults decides on the default groups as giveDefaults does.
func (c *userChange) previewDefaults(ctx context.Context) (plannedDefaults, error) {
	var planned plannedDefaults
	if !c.plan.Receives(c.wanted()) {
		return planned, nil
	}
	givable, _ := c.open.policy.Givable(c.gifts().Pending)
	for _, name := range givable {
		group, err := optional(c.open.FindGroup(ctx, name))
		switch {
		case err != nil:
			return planned, err
		case group == nil && !c.open.policy.CreateGroups:
			planned.refused = append(planned.refused, noDefaultGroup(name).Message)
			continue
		case group == nil:
			ofSource, err := c.groupOfSource(ctx, name)
			if err != nil {
				return planned, err
			}
			if !ofSource { // else it is shown there
				planned.create = append(planned.create, name)
			}
		}
		planned.join++
	}
	return planned, nil
}

// groupOfSource reports whether the source has a group that is to have a name.
func (c *userChange) groupOfSource(ctx context.Context, name string) (has bool, err error) {
	if !c.open.policy.SyncGroups {
		return false, nil
	}
	err = c.eachGroup(ctx, c.work.config.SyncConfig, func(group *v1alpha1.ProvisionedGroup) error {
		want, _ := wantedGroup(group, c.open.policy)
		has = has || !want.Deleted && want.Excluded == "" && directory.SameName(want.Name, name)
		return nil
	})
	return has, err
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
