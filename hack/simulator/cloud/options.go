package cloud

import (
	"cmp"
	"net/http"
	"time"
)

// What a directory has whose Options leave it out.
const (
	DefaultDirectoryID = "6f1c2a5e-1d1b-4c55-9d0f-3b8a4e7c9210"
	DefaultAPIKey      = "cloud-api-key"
	// defaultPage is the most that a listing gives at once:
	// https://support.atlassian.com/atlassian-cloud/kb/how-to-fetch-all-users-via-user-provisioning-scim-api/
	defaultPage = 100
)

// Options says what kind of directory to simulate. The zero value is an empty
// one that takes every e-mail address.
type Options struct {
	// DirectoryID names the directory in every URL.
	DirectoryID string
	// APIKey is the directory's key, the only credential there is.
	APIKey string
	// Page is the most that a listing gives at once, whatever is asked for; 100 if 0.
	Page int
	// VerifiedDomains are the domains that e-mail addresses must have, as in
	// the document of 2022; empty for any, as later pages allow.
	VerifiedDomains []string
	// ManagedAccounts are the Atlassian accounts that the organisation has by
	// e-mail address: a user with that address is linked to it.
	ManagedAccounts map[string]string
	// ForeignEmails are addresses of Atlassian accounts that cannot be linked.
	ForeignEmails []string
	// OtherGroups are groups that the organisation has outside the directory.
	OtherGroups []string
	// MaxUsers and MaxMembers limit the directory and each group; 0 for none.
	MaxUsers, MaxMembers int
	// Unconfirmed settles what no public document does.
	Unconfirmed Unconfirmed
	// Clock tells the time; time.Now if nil.
	Clock func() time.Time
	// Middleware, if any, wraps the API below the faults. Contract checks go here.
	Middleware func(http.Handler) http.Handler
}

// Unconfirmed holds the behaviours for which there is no public statement, or
// several. The defaults are guesses; a client must be right under every
// setting.
type Unconfirmed struct {
	// WrongKeyStatus answers a key that is not the directory's; 401 if 0. The
	// document has 401 for "missing" and 403 for "not authorized".
	WrongKeyStatus int
	// OtherDirectoryStatus answers the right key for another directory; 404 if
	// 0, which is documented for one that does not exist.
	OtherDirectoryStatus int
	// ExactNames makes filters and conflicts tell letter cases apart.
	ExactNames bool
	// DeletionErases takes a deleted user out of the directory for good, as
	// later editions of the vendor's page say. The document of 2022 has it
	// answer 404 until it is activated again.
	DeletionErases bool
	// ListsDeleted shows users that were deleted in listings, as inactive.
	ListsDeleted bool
	// CreateRevives lets the creation of a user that was deleted activate it
	// again, under its old id, instead of a conflict.
	CreateRevives bool
	// UnknownMemberStatus answers the addition of somebody who is not a user;
	// 404 if 0, as documented for PATCH. For PUT it is documented as 400.
	UnknownMemberStatus int
	// AbsentMemberStatus answers the removal of somebody who is not a member;
	// 0 for success.
	AbsentMemberStatus int
	// RemoveTakesAll makes "remove" with the path "members" and a list as
	// value remove all members, which is what RFC 7644 says.
	RemoveTakesAll bool
	// PutKeepsMembers leaves the members of a group alone that a PUT does not
	// name. That it clears what it does not name is documented for users only.
	PutKeepsMembers bool
	// LimitStatus answers what would exceed a limit; 400 if 0.
	LimitStatus int
	// HidesGroups leaves the attribute groups out of users.
	HidesGroups bool
	// OmitsEmpty leaves empty lists out of answers, as SCIM allows.
	OmitsEmpty bool
	// Terse leaves the detail out of errors, as SCIM allows.
	Terse bool
	// PatchAnswersNothing answers a PATCH with 204, as SCIM allows.
	PatchAnswersNothing bool
}

func (o Options) withDefaults() Options {
	o.DirectoryID = cmp.Or(o.DirectoryID, DefaultDirectoryID)
	o.APIKey = cmp.Or(o.APIKey, DefaultAPIKey)
	o.Page = cmp.Or(o.Page, defaultPage)
	u := &o.Unconfirmed
	u.WrongKeyStatus = cmp.Or(u.WrongKeyStatus, http.StatusUnauthorized)
	u.OtherDirectoryStatus = cmp.Or(u.OtherDirectoryStatus, http.StatusNotFound)
	u.UnknownMemberStatus = cmp.Or(u.UnknownMemberStatus, http.StatusNotFound)
	u.LimitStatus = cmp.Or(u.LimitStatus, http.StatusBadRequest)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}
