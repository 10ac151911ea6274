package confluence

import (
	"cmp"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// Names that a fresh instance has.
const (
	// AdminGroup gives its members the right to administer Confluence.
	AdminGroup = "confluence-administrators"
	// UsersGroup is the group of those who may use Confluence.
	UsersGroup = "confluence-users"
)

// Options says what kind of instance to simulate. The zero value is
// Confluence 10.0.3 with one writable directory, unlimited seats and the
// administrator admin with the password admin.
type Options struct {
	// ContextPath is where Confluence is deployed, such as /confluence; empty
	// for the root.
	ContextPath string
	// Version is what the instance reports. Older versions lack what they
	// lacked: changing details before 9.4, the list of active users before 9.3,
	// server-information before 9.1, creating and listing users before 8.4.
	Version string
	// Directories are the user directories in their order of priority.
	Directories []userbase.Options
	// AdminName and AdminPassword are the first account, a member of AdminGroup.
	AdminName, AdminPassword string
	// Tokens maps personal access tokens to the usernames they stand for.
	Tokens map[string]string
	// Seats is how many active users the licence allows; 0 for any number.
	Seats int
	// PageSize is the most that a page holds; 200 if 0.
	PageSize int
	// TaskLooks is how often a task in the background is seen running before
	// it ends; with 0 it ends at once.
	TaskLooks int
	// Anonymous lets everybody in who sends no credentials.
	Anonymous bool
	// Unconfirmed settles what no public document does.
	Unconfirmed Unconfirmed
	// Clock tells the time; time.Now if nil.
	Clock func() time.Time
	// Middleware, if any, wraps the REST resources below the faults: it sees
	// what the product answers and not what a fault makes of it. Contract
	// checks go here.
	Middleware func(http.Handler) http.Handler
}

// Unconfirmed holds the behaviours for which there is no public statement.
// The defaults are guesses; a client must be right under every setting.
// Guessed and not configurable: a membership is written to the directory that
// has the user, every active account takes a seat, and only new accounts are
// refused when none is left.
type Unconfirmed struct {
	// ActiveStatus and InactiveStatus are what expand=status says of an
	// account; current and deactivated if empty.
	ActiveStatus, InactiveStatus string
	// NoStatus leaves the status of active accounts out.
	NoStatus bool
	// ReadOnlyStatus answers a change in a read-only directory; 403 if 0.
	ReadOnlyStatus int
	// AbsentStatus answers a membership of a user or group that does not
	// exist; 404 if 0.
	AbsentStatus int
	// EmptyAbsentGroup lists no members of a group that does not exist, where
	// otherwise it is not found.
	EmptyAbsentGroup bool
	// EmptyAbsentUser lists no groups of a user who does not exist, where
	// otherwise it is not found.
	EmptyAbsentUser bool
	// RemembersDeleted shows deleted accounts by their key, as of type unknown.
	RemembersDeleted bool
	// MembersOfSubgroups counts members of subgroups as members.
	MembersOfSubgroups bool
	// LowersGroupNames writes new groups in lower case.
	LowersGroupNames bool
	// RefusesInTask accepts every deletion and lets the task fail.
	RefusesInTask bool
	// ForgetsTasks does not know a task any more once it has ended.
	ForgetsTasks bool
}

func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "10.0.3")
	if len(o.Directories) == 0 {
		o.Directories = []userbase.Options{{Name: "Confluence Internal Directory"}}
	}
	o.AdminName = cmp.Or(o.AdminName, "admin")
	o.AdminPassword = cmp.Or(o.AdminPassword, "admin")
	o.PageSize = cmp.Or(o.PageSize, 200)
	o.Unconfirmed.ActiveStatus = cmp.Or(o.Unconfirmed.ActiveStatus, "current")
	o.Unconfirmed.InactiveStatus = cmp.Or(o.Unconfirmed.InactiveStatus, "deactivated")
	o.Unconfirmed.ReadOnlyStatus = cmp.Or(o.Unconfirmed.ReadOnlyStatus, http.StatusForbidden)
	o.Unconfirmed.AbsentStatus = cmp.Or(o.Unconfirmed.AbsentStatus, http.StatusNotFound)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}
