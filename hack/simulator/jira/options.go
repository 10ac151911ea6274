package jira

import (
	"cmp"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// Names that a fresh instance has.
const (
	// AdminGroup gives its members the right to administer Jira.
	AdminGroup = "jira-administrators"
	// ApplicationKey is the key of the one licensed application.
	ApplicationKey = "jira-software"
	// ApplicationGroup gives its members access to the application: each
	// active one takes a seat.
	ApplicationGroup = "jira-software-users"
)

// LeadsAttribute is the attribute of an account that holds the keys of the
// projects which the user leads.
const LeadsAttribute = "leads"

// Options says what kind of instance to simulate. The zero value is Jira
// 10.3.24 with one writable directory, unlimited seats and the administrator
// admin with the password admin.
type Options struct {
	// ContextPath is where Jira is deployed, such as /jira; empty for the root.
	ContextPath string
	// Version is what serverInfo reports. Older versions lack what they
	// lacked: deactivation before 8.3, tokens before 8.14, duplicate
	// detection before 8.19.
	Version string
	// Directories are the user directories in their order of priority.
	Directories []userbase.Options
	// AdminName and AdminPassword are the first account, a member of AdminGroup.
	AdminName, AdminPassword string
	// Tokens maps personal access tokens to the usernames they stand for.
	Tokens map[string]string
	// Seats is how many active users the licence allows; 0 for any number.
	Seats int
	// MemberPage is the most that group/member gives in one page; 50 if 0.
	MemberPage int
	// UserListPage is the most that user/list gives in one page; 2000 if 0.
	UserListPage int
	// PickerPage is the most that groups/picker gives; 20 if 0.
	PickerPage int
	// WithoutUserList takes user/list away, as in versions before it came.
	WithoutUserList bool
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
// has the user, and the application's seats are those of the active members
// of ApplicationGroup.
type Unconfirmed struct {
	// ReadOnlyStatus answers a change in a read-only directory; 400 if 0.
	ReadOnlyStatus int
	// LicenceStatus answers what would take a seat when none is left; 400 if 0.
	LicenceStatus int
	// AbsentMemberStatus answers the removal of somebody who is not a direct
	// member of the group; 400 if 0.
	AbsentMemberStatus int
	// NeedsOptIn refuses the operations that the vendor's document marks as
	// experimental to callers that do not send X-ExperimentalApi: true, as the
	// document says they must; with 404.
	NeedsOptIn bool
	// DefaultAccess gives a user created without applicationKeys access to
	// the application.
	DefaultAccess bool
}

func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "10.3.24")
	if len(o.Directories) == 0 {
		o.Directories = []userbase.Options{{Name: "Jira Internal Directory"}}
	}
	o.AdminName = cmp.Or(o.AdminName, "admin")
	o.AdminPassword = cmp.Or(o.AdminPassword, "admin")
	o.MemberPage = cmp.Or(o.MemberPage, 50)
	o.UserListPage = cmp.Or(o.UserListPage, 2000)
	o.PickerPage = cmp.Or(o.PickerPage, 20)
	o.Unconfirmed.ReadOnlyStatus = cmp.Or(o.Unconfirmed.ReadOnlyStatus, http.StatusBadRequest)
	o.Unconfirmed.LicenceStatus = cmp.Or(o.Unconfirmed.LicenceStatus, http.StatusBadRequest)
	o.Unconfirmed.AbsentMemberStatus = cmp.Or(o.Unconfirmed.AbsentMemberStatus, http.StatusBadRequest)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}
