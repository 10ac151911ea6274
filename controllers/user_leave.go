package controllers

import (
	"context"
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// leave takes the account out of its groups, where the product cannot
// deactivate it. One group that refuses does not keep the others from being
// left; the first refusal is the one to report.
func (c *userChange) leave(ctx context.Context) error {
	if c.plan.OutOfGroups {
		c.entry.OutOfGroups = true // before the first one, so that no group takes it back
	}
	var first error
	left := 0
	for _, group := range c.plan.Leave {
		err := c.open.RemoveMembers(ctx, group, []directory.User{*c.plan.Account})
		if err == nil {
			left++
			c.removed = true
			continue
		}
		if first == nil {
			first = fmt.Errorf("%s keeps access, as a member of group %s: %w", c.plan.Account.Name, group.Name, err)
		}
		if kind := directory.KindOf(err); kind != directory.KindInvalid && kind != directory.KindForbidden {
			break
		}
	}
	if left > 0 {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserDisabled, "Took account %s out of %d groups in %s, which cannot disable accounts",
			c.plan.Account.Name, left, c.entry.Name)
	}
	return first
}
