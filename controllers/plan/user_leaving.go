package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// ReadsGroups reports whether the groups of the account have to be known: of
// somebody who leaves, where the product cannot deactivate accounts.
func ReadsGroups(want Wanted, caps directory.Capabilities) bool {
	return want.leaves() && !caps.Deactivates
}

// deactivating takes the account's access away: all at once, or, where the
// product cannot, by taking it out of its groups. Protected groups it stays
// in, which the message then says.
func (p UserPlan) deactivating(groups []directory.Group, caps directory.Capabilities, policy Policy) UserPlan {
	p.State = v1alpha1.UserInactive
	if caps.Deactivates {
		if p.Account.Active {
			p.Changes = append(p.Changes, directory.UserChange{Active: new(false)})
		}
		return p
	}
	p.OutOfGroups = true
	var kept []string
	for _, group := range groups {
		if policy.ProtectedGroups.Contain(group.Name) {
			kept = append(kept, group.Name)
			continue
		}
		p.Leave = append(p.Leave, group)
	}
	p.Message += "; out of all groups, since the product cannot deactivate accounts"
	if len(kept) > 0 {
		p.Message += "; it stays in the protected " + strings.Join(kept, ", ")
	}
	return p
}

// removeUser decides what happens to the account of a deleted user.
func removeUser(link UserLink, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	account := found.Linked
	if !link.Managed || account == nil {
		return UserPlan{State: v1alpha1.UserAbsent, Reason: v1alpha1.ReasonRemoved, Message: "No account of ours to remove"}
	}
	plan := UserPlan{Account: account, Link: link, State: stateOf(account), Reason: v1alpha1.ReasonRemoved}
	switch {
	case policy.OnRemoval == v1alpha1.RemoveUserKeep:
		plan.Message = fmt.Sprintf("Account %s kept as it is (onRemoval Keep)", account.Name)
	case policy.OnRemoval == v1alpha1.RemoveUserDelete && caps.DeletesUsers:
		plan.Delete = true
		plan.State = v1alpha1.UserAbsent
		plan.Message = fmt.Sprintf("Account %s deleted", account.Name)
	default:
		plan.Message = fmt.Sprintf("Account %s disabled", account.Name)
		if policy.OnRemoval == v1alpha1.RemoveUserDelete {
			plan.Message += ", since the product cannot delete accounts (onRemoval Delete)"
		}
		plan = plan.deactivating(found.Groups, caps, policy)
	}
	return plan
}

// keepDisabling is the plan when nothing about an account may be changed for
// a reason of names. A leaver still loses access to the account that is ours.
func keepDisabling(want Wanted, link UserLink, found UserFound, caps directory.Capabilities, policy Policy, why blocked) UserPlan {
	plan := UserPlan{Link: link, State: v1alpha1.UserConflict, Reason: why.reason, Message: why.message}
	if why.reason == v1alpha1.ReasonInvalidUsername || why.reason == v1alpha1.ReasonRenameUnsupported {
		plan.State = v1alpha1.UserError
	}
	if !link.Managed || found.Linked == nil {
		return plan
	}
	plan.Account = found.Linked
	if !want.Active && policy.DisableUsers {
		plan = plan.deactivating(found.Groups, caps, policy)
	}
	return plan
}
