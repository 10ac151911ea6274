package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

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

// elsewhere says that the account which counts is in another user directory
// than the one that is configured: then it is neither adopted nor changed.
func elsewhere(want Wanted, link UserLink, found UserFound, policy Policy) string {
	account := found.Named
	if link.Managed && found.Linked != nil {
		account = found.Linked
	} else if want.Deleted {
		return "" // nothing of ours to remove
	}
	if account == nil || policy.DirectoryName == "" || account.Directory == "" || directory.SameName(account.Directory, policy.DirectoryName) {
		return ""
	}
	detail := fmt.Sprintf("account %s is in user directory %q and directoryName is %q, so it is not ours to change: see to it that there is one account, in the right directory, or correct directoryName",
		account.Name, account.Directory, policy.DirectoryName)
	if want.leaves() && account.Active {
		detail = keepsAccess(account.Name) + detail
	}
	return detail
}

// keepsAccess begins the message about somebody who should have none.
func keepsAccess(name string) string {
	return name + " keeps access: "
}

// sparingReadOnly attempts no change of an account that the product is known
// not to let be changed. Memberships are not the account's: they are tried.
func (p UserPlan) sparingReadOnly(want Wanted) UserPlan {
	if p.Account == nil || p.Account.ReadOnly == "" || len(p.Changes) == 0 && !p.Delete {
		return p
	}
	deactivates := p.Delete || p.Changes[0].Active != nil
	p.Changes, p.Delete = nil, false
	p.State, p.Reason = v1alpha1.UserError, v1alpha1.ReasonAttributesRejected
	p.Message = fmt.Sprintf("%s: change account %s where it comes from", p.Account.ReadOnly, p.Account.Name)
	if want.leaves() && deactivates && p.Account.Active {
		p.Message = keepsAccess(p.Account.Name) + fmt.Sprintf("%s: deactivate the account where it comes from", p.Account.ReadOnly)
	}
	return p
}
