package crowd

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// Options says what kind of instance to simulate. The zero value is Crowd
// 6.0.1 with one writable directory and the application atlassync, whose
// password is secret.
type Options struct {
	// ContextPath is where Crowd is deployed, such as /crowd; empty for the root.
	ContextPath string
	// Version is what server-info reports.
	Version string
	// ApplicationName and ApplicationPassword are what the application signs
	// in with.
	ApplicationName, ApplicationPassword string
	// Directories are the directories that the application is mapped to, in
	// their order.
	Directories []userbase.Options
	// RemoteAddresses are the IP addresses that the application may call
	// from; any if empty.
	RemoteAddresses []string
	// LowerCaseOutput is the application's option of that name: usernames and
	// group names are shown in lower case.
	LowerCaseOutput bool
	// NoNestedGroups says that the directories do not support groups in groups.
	NoNestedGroups bool
	// AdminName and AdminPassword are those of a user who administers Crowd
	// and is in none of the directories; admin and admin if empty.
	AdminName, AdminPassword string
	// MaxResults is the most that a page has, whatever is asked for; no limit if 0.
	MaxResults int
	// ShortPages makes every page but the first have less than it should, as
	// Jira's do (CWD-2512).
	ShortPages bool
	// WithoutKeys takes the users' keys away, as in old versions.
	WithoutKeys bool
	// WithoutDump takes group/membership away, as in old versions.
	WithoutDump bool
	// WithoutFeed takes event away, as in old versions.
	WithoutFeed bool
	// FeedOff says that incremental synchronisation is not available.
	FeedOff bool
	// FeedLength is how many events are kept; 10000 if 0.
	FeedLength int
	// WithoutAdmin takes the admin REST away, as in a Jira that is a user server.
	WithoutAdmin bool
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
// has the user, a property that an update leaves out becomes empty, and who
// accepts JSON alone gets 406 where there is XML alone.
type Unconfirmed struct {
	// DefaultResults is how many a page has if max-results is not given; 1000 if 0.
	DefaultResults int
	// PlainForbidden answers an address that is not allowed with a text
	// instead of a reason.
	PlainForbidden bool
	// RenameTakenStatus answers a rename to a name that is taken; 400 if 0,
	// and 500 in old versions.
	RenameTakenStatus int
	// TokenExpiredStatus answers a token of the feed that is too old; 400 if 0.
	TokenExpiredStatus int
	// WrappedEvents puts each event into an object under the name of its kind.
	WrappedEvents bool
	// RenameEvents tells of a rename under the new name only; otherwise a
	// rename makes all tokens too old.
	RenameEvents bool
	// NumericDates, if set, adds created-date and updated-date to users, in
	// milliseconds.
	NumericDates bool
	// Mappings is the form of an application's directories.
	Mappings MappingForm
}

// MappingForm is a form in which the admin REST may show which directories an
// application is mapped to.
type MappingForm int

// The forms.
const (
	// MappingList is a list of directoryId and directoryName.
	MappingList MappingForm = iota
	// MappingPage is a page of the same.
	MappingPage
	// MappingNested is a list of directories, each in an object.
	MappingNested
	// MappingIDs is a list of directoryId alone.
	MappingIDs
	// MappingOther is something else.
	MappingOther
)

func newKey(number int, _ string) string { return fmt.Sprintf("1:{0000-%04d}", number) }

func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "6.0.1")
	o.ApplicationName = cmp.Or(o.ApplicationName, "atlassync")
	o.ApplicationPassword = cmp.Or(o.ApplicationPassword, "secret")
	o.AdminName = cmp.Or(o.AdminName, "admin")
	o.AdminPassword = cmp.Or(o.AdminPassword, "admin")
	if len(o.Directories) == 0 {
		o.Directories = []userbase.Options{{Name: "Crowd Internal Directory"}}
	}
	o.FeedLength = cmp.Or(o.FeedLength, 10000)
	o.Unconfirmed.DefaultResults = cmp.Or(o.Unconfirmed.DefaultResults, 1000)
	o.Unconfirmed.RenameTakenStatus = cmp.Or(o.Unconfirmed.RenameTakenStatus, http.StatusBadRequest)
	o.Unconfirmed.TokenExpiredStatus = cmp.Or(o.Unconfirmed.TokenExpiredStatus, http.StatusBadRequest)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}
