package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// UserLink is what is remembered of a user's account in a directory.
type UserLink struct {
	// Managed says that we made or adopted the account.
	Managed bool
	// Adopted says that it existed before us.
	Adopted bool
}

// UserFound is what a directory shows of a user.
type UserFound struct {
	// Linked is the account that the link leads to, nil if there is none.
	Linked *directory.User
	// Named is the account that has the wanted username, nil if there is none.
	Named *directory.User
}

// UserPlan is the decision for one user in one directory: at most one of
// Create, Delete and Changes, and what is true once they are done.
type UserPlan struct {
	// Account is the existing account that the plan is about, nil if none.
	Account *directory.User
	// Create is the account to create.
	Create *directory.NewUser
	// Changes are to be made one after the other. A deactivation comes first
	// and alone, so that nothing else that is refused can keep it from happening.
	Changes []directory.UserChange
	// Delete says that the account is to be deleted.
	Delete bool

	// Link is what to remember.
	Link UserLink
	// State, Reason and Message describe the account after the plan.
	State   v1alpha1.UserState
	Reason  string
	Message string
}

// User decides what happens to one user in one directory. The rows of the
// table in the documentation are taken in their order.
func User(want Wanted, link UserLink, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	if name, protected := protectedName(want, found, policy); protected {
		return protectedUser(name, link, found)
	}
	if want.Deleted {
		return removeUser(link, found, policy)
	}
	if detail := CheckUsername(want.Name, caps.ForbiddenInUsername); detail != "" {
		return keepDisabling(want, link, found, policy, v1alpha1.ReasonInvalidUsername, detail)
	}
	if want.NameHolder != "" {
		return keepDisabling(want, link, found, policy, v1alpha1.ReasonDuplicateUsername,
			fmt.Sprintf("the username %s belongs to user %s already: make the usernames differ, or change spec.username of the SyncConfig", want.Name, want.NameHolder))
	}
	account, link, conflict := claimAccount(want, link, found, caps, policy)
	switch {
	case conflict != "":
		return UserPlan{Link: link, State: v1alpha1.UserConflict, Reason: v1alpha1.ReasonAlreadyExistsUnmanaged, Message: conflict}
	case account == nil:
		return createUser(want, caps, policy)
	}
	return convergeUser(want, link, account, found, caps, policy)
}

func protectedName(want Wanted, found UserFound, policy Policy) (string, bool) {
	if found.Linked != nil && policy.ProtectedUsers.Contain(found.Linked.Name) {
		return found.Linked.Name, true
	}
	return want.Name, policy.ProtectedUsers.Contain(want.Name)
}

func protectedUser(name string, link UserLink, found UserFound) UserPlan {
	account := found.Linked
	if account == nil {
		account = found.Named
	}
	return UserPlan{
		Account: account, Link: link, State: stateOf(account), Reason: v1alpha1.ReasonProtected,
		Message: fmt.Sprintf("%s is protected and left as it is", name),
	}
}

// removeUser decides what happens to the account of a deleted user.
func removeUser(link UserLink, found UserFound, policy Policy) UserPlan {
	account := found.Linked
	if !link.Managed || account == nil {
		return UserPlan{State: v1alpha1.UserAbsent, Reason: v1alpha1.ReasonRemoved, Message: "No account of ours to remove"}
	}
	plan := UserPlan{Account: account, Link: link, State: stateOf(account), Reason: v1alpha1.ReasonRemoved}
	switch policy.OnRemoval {
	case v1alpha1.RemoveUserKeep:
		plan.Message = fmt.Sprintf("Account %s kept as it is (onRemoval Keep)", account.Name)
	case v1alpha1.RemoveUserDelete:
		plan.Delete = true
		plan.State = v1alpha1.UserAbsent
		plan.Message = fmt.Sprintf("Account %s deleted", account.Name)
	default:
		if account.Active {
			plan.Changes = []directory.UserChange{{Active: new(false)}}
		}
		plan.State = v1alpha1.UserInactive
		plan.Message = fmt.Sprintf("Account %s disabled", account.Name)
	}
	return plan
}

// claimAccount finds the account that is ours, or may become ours. Conflict
// says why an existing account may not.
func claimAccount(want Wanted, link UserLink, found UserFound, caps directory.Capabilities, policy Policy) (account *directory.User, _ UserLink, conflict string) {
	if link.Managed && found.Linked != nil {
		return found.Linked, link, ""
	}
	if found.Named == nil {
		return nil, UserLink{}, ""
	}
	name := found.Named.Name
	switch policy.Adoption {
	case v1alpha1.AdoptMatchUsername: // the username is all that has to match
	case v1alpha1.AdoptNever:
		return nil, UserLink{}, fmt.Sprintf("an account named %s exists that atlassync did not make, and adoption is Never: rename or remove it, or allow adoption", name)
	case v1alpha1.AdoptMatchUsernameAndEmail:
		if !caps.ReadsEmail || want.Email == "" || !strings.EqualFold(found.Named.Email, want.Email) {
			return nil, UserLink{}, fmt.Sprintf("an account named %s exists whose e-mail address is not the user's: make them equal if it is the same person, or rename one of them", name)
		}
	}
	return found.Named, UserLink{Managed: true, Adopted: true}, ""
}

func createUser(want Wanted, caps directory.Capabilities, policy Policy) UserPlan {
	absent := UserPlan{State: v1alpha1.UserAbsent}
	switch {
	case !want.Active:
		absent.Reason = v1alpha1.ReasonDeactivated
		absent.Message = "Inactive, no account needed"
	case !policy.ImportUsers:
		absent.Reason = v1alpha1.ReasonImportDisabled
		absent.Message = "No account: importUsers is off"
	case caps.RequiresEmail && want.Email == "":
		absent.State = v1alpha1.UserError
		absent.Reason = v1alpha1.ReasonAttributesRejected
		absent.Message = "the directory requires an e-mail address and the source sent none: add it there"
	default:
		return UserPlan{
			Create: &directory.NewUser{Name: want.Name, DisplayName: want.DisplayName, Email: want.Email},
			Link:   UserLink{Managed: true},
			State:  v1alpha1.UserActive, Reason: v1alpha1.ReasonProvisioned,
			Message: "Active as " + want.Name,
		}
	}
	return absent
}

// convergeUser decides on profile and activation of an account that is ours.
// They are separate decisions: what blocks one does not block a deactivation.
func convergeUser(want Wanted, link UserLink, account *directory.User, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	profile, block := profileChange(want, account, found, caps, policy)
	if block.byName() {
		return keepDisabling(want, link, UserFound{Linked: account}, policy, block.reason, block.message)
	}
	plan := UserPlan{Account: account, Link: link}
	deactivate := !want.Active && account.Active && policy.DisableUsers
	if deactivate {
		plan.Changes = append(plan.Changes, directory.UserChange{Active: new(false)})
	}
	if want.Active && !account.Active && policy.EnableUsers {
		profile.Active = new(true)
	}
	if !profile.Empty() {
		plan.Changes = append(plan.Changes, profile)
	}
	plan.State, plan.Reason, plan.Message = settled(want, nameAfter(account, profile), account.Active, policy)
	if block.reason != "" && (plan.Reason == v1alpha1.ReasonProvisioned || plan.Reason == v1alpha1.ReasonDeactivated) {
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
func profileChange(want Wanted, account *directory.User, found UserFound, caps directory.Capabilities, policy Policy) (directory.UserChange, blocked) {
	change := profileDifference(want, account, caps)
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
func profileDifference(want Wanted, account *directory.User, caps directory.Capabilities) directory.UserChange {
	var change directory.UserChange
	if !directory.SameName(account.Name, want.Name) {
		change.Name = &want.Name
	}
	if account.DisplayName != want.DisplayName {
		change.DisplayName = &want.DisplayName
	}
	if caps.ReadsEmail && want.Email != "" && !strings.EqualFold(account.Email, want.Email) {
		change.Email = &want.Email
	}
	return change
}

// settled describes an account once its activation is as far as the policy lets it go.
func settled(want Wanted, name string, active bool, policy Policy) (v1alpha1.UserState, string, string) {
	switch {
	case want.Active && !active && !policy.EnableUsers:
		return v1alpha1.UserInactive, v1alpha1.ReasonEnableDisabled, fmt.Sprintf("%s stays inactive: enableUsers is off", name)
	case want.Active:
		return v1alpha1.UserActive, v1alpha1.ReasonProvisioned, "Active as " + name
	case active && !policy.DisableUsers:
		return v1alpha1.UserActive, v1alpha1.ReasonDisableDisabled, fmt.Sprintf("%s stays active: disableUsers is off", name)
	default:
		return v1alpha1.UserInactive, v1alpha1.ReasonDeactivated, "Inactive as " + name
	}
}

// keepDisabling is the plan when nothing about an account may be changed for
// a reason of names. A leaver still loses access to the account that is ours.
func keepDisabling(want Wanted, link UserLink, found UserFound, policy Policy, reason, message string) UserPlan {
	plan := UserPlan{Link: link, State: v1alpha1.UserConflict, Reason: reason, Message: message}
	if reason == v1alpha1.ReasonInvalidUsername || reason == v1alpha1.ReasonRenameUnsupported {
		plan.State = v1alpha1.UserError
	}
	account := found.Linked
	if !link.Managed || account == nil {
		return plan
	}
	plan.Account = account
	if !want.Active && policy.DisableUsers {
		if account.Active {
			plan.Changes = []directory.UserChange{{Active: new(false)}}
		}
		plan.State = v1alpha1.UserInactive
	}
	return plan
}

func stateOf(account *directory.User) v1alpha1.UserState {
	switch {
	case account == nil:
		return v1alpha1.UserAbsent
	case account.Active:
		return v1alpha1.UserActive
	default:
		return v1alpha1.UserInactive
	}
}
