package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// convergeUser decides on profile and activation of an account that is ours.
// They are separate decisions: what blocks one does not block a deactivation.
func convergeUser(want Wanted, link UserLink, account *directory.User, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	profile, block := profileChange(want, link, account, found, caps, policy)
	if block.byName() {
		return keepDisabling(want, link, UserFound{Linked: account, Groups: found.Groups}, caps, policy, block)
	}
	plan := UserPlan{Account: account, Link: link}
	plan.State, plan.Reason, plan.Message = settled(want, nameAfter(account, profile), account.Active, caps, policy)
	if !want.Active && policy.DisableUsers {
		plan = plan.deactivating(found.Groups, caps, policy)
	}
	if want.Active && !account.Active && policy.EnableUsers && caps.Deactivates {
		profile.Active = new(true)
	}
	if !profile.Empty() {
		plan.Changes = append(plan.Changes, profile)
	}
	if block.reason != "" && plan.inSync() {
		plan.Reason = block.reason
		plan.Message += "; " + block.message
	}
	return plan
}

// blocked says why the profile cannot be changed; zero means that it can.
type blocked struct{ reason, message string }

// byName reports whether it is the account's name that cannot be as wanted.
func (b blocked) byName() bool {
	return b.reason == v1alpha1.ReasonRenameUnsupported || b.reason == v1alpha1.ReasonAlreadyExistsUnmanaged
}

func nameAfter(account *directory.User, change directory.UserChange) string {
	if change.Name != nil {
		return *change.Name
	}
	return account.Name
}

// profileChange is what to change of name, display name and e-mail address,
// or why that cannot be done.
func profileChange(want Wanted, link UserLink, account *directory.User, found UserFound, caps directory.Capabilities, policy Policy) (directory.UserChange, blocked) {
	change := profileDifference(want, link, account, caps, policy)
	switch {
	case change.Empty():
		return change, blocked{}
	case change.Name != nil && found.Named != nil && found.Named.ID != account.ID:
		return directory.UserChange{}, blocked{v1alpha1.ReasonAlreadyExistsUnmanaged,
			fmt.Sprintf("%s is to be renamed to %s, but another account has that name: rename or remove that account", account.Name, want.Name)}
	case !policy.UpdateUsers:
		return directory.UserChange{}, blocked{v1alpha1.ReasonUpdateDisabled, "the profile differs: updateUsers is off"}
	case change.Name != nil && !caps.RenamesUsers:
		return directory.UserChange{}, blocked{v1alpha1.ReasonRenameUnsupported,
			fmt.Sprintf("the product cannot rename %s to %s: rename the account by hand, or change the name back at the source", account.Name, want.Name)}
	}
	return change, blocked{}
}

// profileDifference never blanks what the source did not send.
func profileDifference(want Wanted, link UserLink, account *directory.User, caps directory.Capabilities, policy Policy) directory.UserChange {
	var change directory.UserChange
	if !directory.SameName(account.Name, want.Name) {
		change.Name = &want.Name
	}
	if account.DisplayName != want.DisplayName {
		change.DisplayName = &want.DisplayName
	}
	email, known := account.Email, true
	if !caps.ReadsEmail {
		// What others make of it cannot be seen. An unknown one is made sure of
		// once; it is no difference that updateUsers could be blamed for.
		email, known = link.WrittenEmail, link.WrittenEmail != ""
	}
	if want.Email != "" && !strings.EqualFold(email, want.Email) && (known || policy.UpdateUsers) {
		change.Email = &want.Email
	}
	return change
}

// settled describes an account once its activation is as far as the policy
// and the product let it go.
func settled(want Wanted, name string, active bool, caps directory.Capabilities, policy Policy) (v1alpha1.UserState, string, string) {
	switch {
	case want.Active && !active && !policy.EnableUsers:
		return v1alpha1.UserInactive, v1alpha1.ReasonEnableDisabled, fmt.Sprintf("%s stays inactive: enableUsers is off", name)
	case want.Active && !active && !caps.Deactivates:
		return v1alpha1.UserInactive, v1alpha1.ReasonAttributesRejected,
			fmt.Sprintf("%s is inactive and the product does not let it be activated: activate it in its user directory", name)
	case want.Active:
		return v1alpha1.UserActive, v1alpha1.ReasonProvisioned, "Active as " + name
	case active && !policy.DisableUsers:
		return v1alpha1.UserActive, v1alpha1.ReasonDisableDisabled, fmt.Sprintf("%s stays active: disableUsers is off", name)
	default:
		return v1alpha1.UserInactive, v1alpha1.ReasonDeactivated, "Inactive as " + name
	}
}
