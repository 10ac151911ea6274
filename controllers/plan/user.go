package plan

import (
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// UserLink is what is remembered of a user's account in a directory.
type UserLink struct {
	// Managed says that we made or adopted the account.
	Managed bool
	// Adopted says that it existed before us.
	Adopted bool
	// Username is the name that the account had when last seen; empty if
	// nobody knows.
	Username string
	// WrittenEmail is the e-mail address that was last written, for products
	// that do not show the one that they have; empty if none was.
	WrittenEmail string
	// Settled is the UserPlan.Settled of the last time.
	Settled string
}

// UserFound is what a directory shows of a user.
type UserFound struct {
	// Linked is the account that the link leads to, nil if there is none.
	Linked *directory.User
	// Named is the account that has the wanted username, nil if there is none.
	Named *directory.User
	// Groups are those of the Linked account, else of the Named one. They
	// matter where ReadsGroups says so.
	Groups []directory.Group
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
	// Leave are the groups to take the account out of, where the product
	// cannot deactivate it. It comes before Changes.
	Leave []directory.Group
	// Delete says that the account is to be deleted.
	Delete bool
	// Drift names what others changed, be it put right by the plan or left.
	Drift []string

	// Link is what to remember.
	Link UserLink
	// OutOfGroups says that no group is to take the account for a member.
	OutOfGroups bool
	// Settled is a fingerprint of what was wanted, once the account is so;
	// empty while it is not.
	Settled string
	// State, Reason and Message describe the account after the plan.
	State   v1alpha1.UserState
	Reason  string
	Message string
}

// User decides what happens to one user in one directory. The rows of the
// table in the documentation are taken in their order.
func User(want Wanted, link UserLink, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	plan := decideUser(want, link, found, caps, policy)
	plan = plan.sparingReadOnly(want)
	plan = plan.regardingDrift(want, link, caps, policy)
	if plan.inSync() || link.Settled == want.fingerprint() {
		plan.Settled = want.fingerprint()
	}
	return plan
}

// inSync reports whether the account is as wanted once the plan is done.
func (p UserPlan) inSync() bool {
	return p.Reason == v1alpha1.ReasonProvisioned || p.Reason == v1alpha1.ReasonDeactivated
}

func decideUser(want Wanted, link UserLink, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	found, stranger := found.withoutStranger(want, link)
	if stranger != "" {
		return UserPlan{Link: link, State: v1alpha1.UserConflict, Reason: v1alpha1.ReasonAlreadyExistsUnmanaged, Message: stranger}
	}
	switch name, protected := protectedName(want, found, policy); {
	case protected && renamesToProtected(link, found, policy):
		return keepingItsName(want, link, found, caps, policy)
	case protected:
		return protectedUser(name, want, link, found)
	}
	if detail := elsewhere(want, link, found, policy); detail != "" {
		return UserPlan{Link: link, State: v1alpha1.UserConflict, Reason: v1alpha1.ReasonAlreadyExistsUnmanaged, Message: detail}
	}
	if want.Deleted {
		return removeUser(link, found, caps, policy)
	}
	if detail := CheckUsername(want.Name, caps.ForbiddenInUsername); detail != "" {
		return keepDisabling(want, link, found, caps, policy, blocked{v1alpha1.ReasonInvalidUsername, detail})
	}
	if want.NameHolder != "" {
		return keepDisabling(want, link, found, caps, policy, blocked{v1alpha1.ReasonDuplicateUsername,
			fmt.Sprintf("the username %s belongs to user %s already: make the usernames differ, or change spec.username of the SyncConfig", want.Name, want.NameHolder)})
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

func protectedUser(name string, want Wanted, link UserLink, found UserFound) UserPlan {
	account := found.Linked
	if account == nil {
		account = found.Named
	}
	message := fmt.Sprintf("%s is protected and left as it is", name)
	if want.leaves() && account != nil && account.Active {
		message = keepsAccess(account.Name) + message
	}
	return UserPlan{Account: account, Link: link, State: stateOf(account), Reason: v1alpha1.ReasonProtected, Message: message}
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
