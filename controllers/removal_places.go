package controllers

import (
	"cmp"
	"math"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// Where more is to be removed than may be, somebody has to go first. Whoever
// comes first would be somebody else each time: another set in a dry run, in
// `atlassync plan` and in earnest. So, whenever a SyncConfig is new or changed,
// places are given to as many as may be removed, in an order that depends on
// nothing but what the objects say: first who was shown as going in a dry run,
// then who has been held longest, then by name. Who has no place waits for the
// room that is left. In a dry run a place is taken by everybody who would go.

// places are those of one kind in one directory.
type places struct {
	// of are the objects that have one.
	of map[types.NamespacedName]struct{}
	// next are those who get one when it is given up, in this order.
	next []types.NamespacedName
	// most is how many could go when they were given, and at is when that was:
	// a directory that grows by what is created now lets no more go at once.
	most int
	at   time.Time
}

// unlimited is how many may go where nothing is limited.
const unlimited = math.MaxInt

// candidate is an object that is likely to ask for its removal.
type candidate struct {
	object types.NamespacedName
	shown  bool
	held   *v1alpha1.HeldRemoval
}

// compare is the order in which places are given.
func (c candidate) compare(other candidate) int {
	return cmp.Or(cmp.Compare(c.rank(), other.rank()), c.heldSince().Compare(other.heldSince()), cmp.Compare(c.object.Name, other.object.Name))
}

func (c candidate) rank() int {
	switch {
	case c.shown:
		return 0
	case c.held != nil:
		return 1
	}
	return 2
}

func (c candidate) heldSince() time.Time {
	if c.held == nil {
		return time.Time{}
	}
	return c.held.Since.Time
}

// give gives the places of one kind.
func (l *ledger) give(kind v1alpha1.RemovalKind, candidates []candidate, limit limit) {
	count := l.counts[kind]
	used := l.used(kind, limit)
	room, limited := l.room(kind, limit)
	most := used + room
	if !limited || limit.counts(l.remade) {
		most = unlimited
	}
	count.places = places{of: map[types.NamespacedName]struct{}{}, most: most, at: limit.now}
	slices.SortFunc(candidates, candidate.compare)
	for _, c := range candidates {
		switch _, done := count.done[c.object]; {
		case done:
		case !limited || len(count.places.of) < room:
			count.places.of[c.object] = struct{}{}
		default:
			count.places.next = append(count.places.next, c.object)
		}
	}
}

// leave takes an object that does not want a place out of the order. If it
// has one it goes to the next.
func (p *places) leave(object types.NamespacedName) {
	if i := slices.Index(p.next, object); i >= 0 {
		p.next = slices.Delete(p.next, i, i+1)
	}
	if _, placed := p.of[object]; !placed {
		return
	}
	delete(p.of, object)
	if len(p.next) > 0 {
		p.of[p.next[0]] = struct{}{}
		p.next = p.next[1:]
	}
}

// use has an object go that may.
func (p *places) use(object types.NamespacedName) {
	delete(p.of, object)
	if i := slices.Index(p.next, object); i >= 0 {
		p.next = slices.Delete(p.next, i, i+1)
	}
}

// mayLeave reports whether the account of a user may be about to be taken away.
func mayLeave(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus, policy plan.Policy) bool {
	active := entry.State != v1alpha1.UserInactive && entry.State != v1alpha1.UserAbsent && !entry.OutOfGroups
	switch {
	case !entry.Managed:
		return false
	case !user.DeletionTimestamp.IsZero():
		return policy.OnRemoval == v1alpha1.RemoveUserDelete || policy.OnRemoval != v1alpha1.RemoveUserKeep && active
	case !user.IsActive() && policy.DisableUsers && active:
		return true
	}
	return plan.Removes(entry.PlannedAction) || policy.UpdateUsers &&
		plan.RenamedByConfig(entry.Username, entry.SourceUserName, policy.Username.Apply(user.Spec.UserName), user.Spec.UserName)
}

// mayGo reports whether a group may be about to be deleted or emptied.
func mayGo(group *v1alpha1.ProvisionedGroup, entry v1alpha1.GroupDirectoryStatus, policy plan.Policy) bool {
	want, _ := wantedGroup(group, policy)
	switch {
	case !entry.Managed || want.Excluded != "":
		return false
	case want.Deleted:
		return policy.OnGroupRemoval == v1alpha1.RemoveGroupDelete
	}
	return plan.RenamedByConfig(entry.GroupName, "", want.Name, "")
}

// endPlaces takes back the places that nobody used within a window, so that
// one account that cannot be removed does not stand in the way of others.
func (l *ledger) endPlaces(limit limit, dry bool) {
	for _, count := range l.counts {
		if !dry && len(count.places.of) > 0 && !limit.counts(count.places.at) {
			clear(count.places.of)
			count.places.next = nil
		}
	}
}

// spare is how many more may be removed of those who have no place.
func (l *ledger) spare(kind v1alpha1.RemovalKind, limit limit) int {
	count := l.counts[kind]
	room, limited := l.room(kind, limit)
	if !limited {
		return unlimited
	}
	if limit.counts(count.places.at) {
		room = min(room, max(0, count.places.most-l.used(kind, limit)))
	}
	return max(0, room-len(count.places.of))
}

// nextSpare is when there may be more of them.
func (l *ledger) nextSpare(kind v1alpha1.RemovalKind, limit limit) time.Duration {
	next := l.nextRoom(kind, limit)
	if at := l.counts[kind].places.at; limit.counts(at) {
		next = min(next, limit.over(at))
	}
	return next
}

// admits reports whether an object may be removed: it has a place, or there is
// room beyond the places.
func (l *ledger) admits(what removal, limit limit) bool {
	count := l.counts[what.kind]
	if _, placed := count.places.of[what.object]; placed {
		return l.used(what.kind, limit) < count.places.most
	}
	return l.spare(what.kind, limit) > 0
}

// yield gives up the place of an object that does not ask for its removal.
func (r *removals) yield(config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, kind v1alpha1.RemovalKind, object types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.ledgers[ledgerKeyOf(config, dir)]; l != nil {
		l.counts[kind].places.leave(object)
	}
}
