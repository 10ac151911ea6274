package bitbucket

import (
	"cmp"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// Names that a fresh instance has.
const (
	// UserGroup is the default group: it gives its members the permission to
	// use Bitbucket, which takes a licence for each active one.
	UserGroup = "stash-users"
	// AdminGroup gives its members the permission ADMIN.
	AdminGroup = "bitbucket-administrators"
	// SystemGroup gives its members the permission SYS_ADMIN.
	SystemGroup = "bitbucket-system-administrators"
)

// Options says what kind of instance to simulate. The zero value is Bitbucket
// 9.4.0 with one writable directory, any number of licensed users and the
// administrator admin with the password admin.
type Options struct {
	// ContextPath is where Bitbucket is deployed, such as /bitbucket; empty
	// for the root.
	ContextPath string
	// Version is what application-properties reports.
	Version string
	// Directories are the active user directories in their order of priority.
	Directories []userbase.Options
	// InactiveDirectories are the names of those that are switched off.
	InactiveDirectories []string
	// AdminName and AdminPassword are the first account, a member of AdminGroup.
	AdminName, AdminPassword string
	// Tokens maps HTTP access tokens to the usernames they stand for. They
	// administer nothing (BSERV-10482), whoever's they are.
	Tokens map[string]string
	// Seats is how many users the licence allows; 0 for any number.
	Seats int
	// PageLimit is the most that a page holds; 1000 if 0.
	PageLimit int
	// WithoutUserDirectories and WithoutRemoveGroup take a resource away, as
	// in versions before it came.
	WithoutUserDirectories, WithoutRemoveGroup bool
	// Unconfirmed settles what no public document does.
	Unconfirmed Unconfirmed
	// Clock tells the time; time.Now if nil.
	Clock func() time.Time
	// Middleware, if any, wraps the product below the faults: it sees what the
	// product answers and not what a fault makes of it. Contract checks go here.
	Middleware func(http.Handler) http.Handler
}

// Unconfirmed holds the behaviours for which there is no public statement.
// The defaults are guesses; a client must be right under every setting.
// Guessed and not configurable: a membership is written to the directory that
// has the user; names are not trimmed and may have any characters.
type Unconfirmed struct {
	// ReadOnlyStatus answers a change in a read-only directory; 403 if 0.
	ReadOnlyStatus int
	// NameTakenStatus answers a rename to a name that is taken; 400 if 0.
	NameTakenStatus int
	// AbsentMemberStatus answers the removal of somebody who is not in the
	// group; 200 if 0.
	AbsentMemberStatus int
	// AbsentContextStatus answers the listing of the members of an absent
	// group, and of the groups of an absent user; 200 with nothing in the
	// list if 0.
	AbsentContextStatus int
	// CaseSensitiveFilter makes filters heed the letter case.
	CaseSensitiveFilter bool
	// UpdateBlanks empties the details that an update leaves out.
	UpdateBlanks bool
	// DocumentedDirectories calls a directory's property active, as the
	// vendor's document does; instances have been seen to say isActive.
	DocumentedDirectories bool
	// OpenToWrongCredentials answers public resources to callers whose
	// credentials are wrong.
	OpenToWrongCredentials bool
	// TokensAdminister lets an access token do whatever its owner may.
	TokensAdminister bool
}

func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "9.4.0")
	if len(o.Directories) == 0 {
		o.Directories = []userbase.Options{{Name: "Bitbucket Internal Directory"}}
	}
	o.AdminName = cmp.Or(o.AdminName, "admin")
	o.AdminPassword = cmp.Or(o.AdminPassword, "admin")
	o.PageLimit = cmp.Or(o.PageLimit, 1000)
	o.Unconfirmed.ReadOnlyStatus = cmp.Or(o.Unconfirmed.ReadOnlyStatus, http.StatusForbidden)
	o.Unconfirmed.NameTakenStatus = cmp.Or(o.Unconfirmed.NameTakenStatus, http.StatusBadRequest)
	o.Unconfirmed.AbsentMemberStatus = cmp.Or(o.Unconfirmed.AbsentMemberStatus, http.StatusOK)
	o.Unconfirmed.AbsentContextStatus = cmp.Or(o.Unconfirmed.AbsentContextStatus, http.StatusOK)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}
