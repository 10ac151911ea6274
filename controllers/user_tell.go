package controllers

import (
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// tellChange sends one event for each thing that a change did. Values are
// not told: an e-mail address has no place in an event.
func (c *userChange) tellChange(change directory.UserChange, name string) {
	if change.Name != nil {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserRenamed, "Renamed account %s to %s in %s", c.entry.Username, name, c.entry.Name)
	}
	var attributes []string
	if change.DisplayName != nil {
		attributes = append(attributes, "display name")
	}
	if change.Email != nil {
		attributes = append(attributes, "e-mail address")
	}
	if len(attributes) > 0 {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserUpdated, "Updated %s of account %s in %s", strings.Join(attributes, " and "), name, c.entry.Name)
	}
	switch {
	case change.Active == nil:
	case *change.Active:
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserEnabled, "Enabled account %s in %s", name, c.entry.Name)
	default:
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserDisabled, "Disabled account %s in %s", name, c.entry.Name)
	}
}

// tellDrift tells that what others changed was put right.
func (c *userChange) tellDrift() {
	if len(c.plan.Drift) > 0 && c.open.policy.CorrectDrift {
		c.correctedDrift(c.work.user, driftOfUser, "Put right what others had changed of account %s in %s: %s",
			c.entry.Username, c.entry.Name, strings.Join(c.plan.Drift, " and "))
	}
}
