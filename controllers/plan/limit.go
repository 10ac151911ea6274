package plan

import (
	"github.com/atlassync/atlassync/api/v1alpha1"
)

// What holds where a SyncConfig that admission did not complete leaves a limit
// out: the defaults of its fields.
const (
	defaultUserCount     = 50
	defaultUserPercent   = 10
	defaultMemberPercent = 50
	defaultGroupCount    = 5
	defaultMinimum       = 20
	// alwaysOver is the size from which on a group is never emptied unasked.
	alwaysOver = 20
	wholly     = 100
)

// Limit is how much may be removed within a window.
type Limit struct {
	userCount, userPercent int
	memberPercent          int
	groupCount             int
	minimum                int
}

// LimitOf is the removal limit of a SyncConfig.
func LimitOf(spec v1alpha1.RemovalLimitSpec) Limit {
	return Limit{
		userCount:     orDefault(spec.Users.MaxCount, defaultUserCount),
		userPercent:   orDefault(spec.Users.MaxPercent, defaultUserPercent),
		memberPercent: orDefault(spec.Members.MaxPercent, defaultMemberPercent),
		groupCount:    orDefault(spec.Groups.MaxCount, defaultGroupCount),
		minimum:       orDefault(spec.Minimum, defaultMinimum),
	}
}

func orDefault(value *int32, fallback int) int {
	if value == nil {
		return fallback
	}
	return int(*value)
}

// Allows is how many users or groups may be removed from a directory in one
// window, where population of them are managed. It is not limited if there are
// few of them.
func (l Limit) Allows(kind v1alpha1.RemovalKind, population int) (most int, limited bool) {
	if population < l.minimum {
		return 0, false
	}
	if kind == v1alpha1.RemovalOfGroup {
		return l.groupCount, true
	}
	return min(l.userCount, share(l.userPercent, population)), true
}

// share is a percentage of a size, rounded down. One is no mass removal, so
// that it is allowed wherever anything is.
func share(percent, size int) int {
	if percent == 0 {
		return 0
	}
	return max(1, percent*size/wholly)
}

// Concerns reports whether a group of that size can be over the limit.
func (l Limit) Concerns(size int) bool {
	return size >= min(l.minimum, alwaysOver)
}

// Empties reports whether taking all members out of a group of that size is
// always over the limit.
func (l Limit) Empties(size int) bool {
	return size >= alwaysOver
}

// MembersChange is what is about to happen to the members of one group.
type MembersChange struct {
	// Before is how many members the group had when the window began, and Now
	// how many it has.
	Before, Now int
	// Add and Remove are how many are to come and to go.
	Add, Remove int
}

// ExceededBy reports whether a change takes more members out of a group than
// may go in one window: the group becomes too small, or too many of those go
// who are in it, whoever comes in their place.
func (l Limit) ExceededBy(change MembersChange) bool {
	size := max(change.Before, change.Now)
	left := change.Now - change.Remove + change.Add
	switch {
	case change.Remove == 0:
		return false
	case left == 0 && l.Empties(size):
		return true
	case size < l.minimum:
		return false
	}
	most := share(l.memberPercent, size)
	return size-left > most || change.Remove > most
}
