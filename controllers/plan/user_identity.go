package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Recognises reports whether the account that a link leads to is still the
// user's. An id alone does not say so: another instance that answers at the
// same address, or a directory restored from a backup, gives the same ids to
// other people. It is the user's if it has the name that it had when last
// seen, or the wanted name, or the user's e-mail address.
func Recognises(want Wanted, link UserLink, account directory.User) bool {
	return link.Username == "" || directory.SameName(account.Name, link.Username) || directory.SameName(account.Name, want.Name) ||
		want.Email != "" && strings.EqualFold(account.Email, want.Email)
}

// withoutStranger forgets a linked account that is not the user's any more.
// If there is none that has the wanted name, the message says what is wrong:
// nobody knows which account is the user's, so that none is touched or made.
func (f UserFound) withoutStranger(want Wanted, link UserLink) (_ UserFound, detail string) {
	if !link.Managed || f.Linked == nil || Recognises(want, link, *f.Linked) {
		return f, ""
	}
	stranger := f.Linked
	f.Linked = nil
	if f.Named != nil && !want.Deleted {
		return f, ""
	}
	detail = fmt.Sprintf("account %s had id %s, which belongs to %s now, and nothing tells that this is the same person: ", link.Username, stranger.ID, stranger.Name)
	if want.leaves() {
		detail = keepsAccess(link.Username) + detail + "deactivate the right account by hand, and "
	}
	return f, detail + fmt.Sprintf("rename the account back to %s or give it the user's e-mail address if it is, see to it that the right instance answers, or release the user with annotation %s", link.Username, v1alpha1.AnnotationRelease)
}

// renamesToProtected reports whether an account of ours, which is not
// protected, would get a protected name. It keeps the one that it has.
func renamesToProtected(link UserLink, found UserFound, policy Policy) bool {
	return link.Managed && found.Linked != nil && !policy.ProtectedUsers.Contain(found.Linked.Name)
}

// keepingItsName is the plan for an account that would get a protected name:
// it is left under its own, and a leaver loses access.
func keepingItsName(want Wanted, link UserLink, found UserFound, caps directory.Capabilities, policy Policy) UserPlan {
	if want.Deleted {
		return removeUser(link, found, caps, policy)
	}
	account := found.Linked
	message := fmt.Sprintf("%s is to be renamed to %s, which is protected, and keeps its name", account.Name, want.Name)
	if !want.Active && account.Active && !policy.DisableUsers {
		message = keepsAccess(account.Name) + "disableUsers is off; " + message
	}
	plan := keepDisabling(want, link, found, caps, policy, blocked{v1alpha1.ReasonProtected, message})
	if plan.State == v1alpha1.UserConflict {
		plan.State = stateOf(account)
	}
	return plan
}
