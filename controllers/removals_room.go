package controllers

import (
	"slices"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// used is how many removals count now.
func (l *ledger) used(kind v1alpha1.RemovalKind, limit limit) int {
	count := l.counts[kind]
	if len(count.done) > 0 && !limit.counts(count.oldest) {
		count.oldest = limit.now
		for object, at := range count.done {
			if !limit.counts(at) {
				delete(count.done, object)
			} else if at.Before(count.oldest) {
				count.oldest = at
			}
		}
	}
	l.past = slices.DeleteFunc(l.past, func(p v1alpha1.PastRemovals) bool { return !limit.counts(p.Time.Time) })
	return len(count.done) + l.gone(kind)
}

// room is how many may be removed now. There is none where nobody knows what
// was removed before.
func (l *ledger) room(kind v1alpha1.RemovalKind, limit limit) (room int, limited bool) {
	used := l.used(kind, limit)
	most, limited := limit.Allows(kind, l.population(kind))
	if limit.counts(l.remade) {
		most = 0
	}
	return max(0, most-used), limited
}

// nextRoom is when the first of what counts now counts no more.
func (l *ledger) nextRoom(kind v1alpha1.RemovalKind, limit limit) time.Duration {
	if limit.counts(l.remade) {
		return limit.over(l.remade)
	}
	next := limit.window
	if count := l.counts[kind]; len(count.done) > 0 {
		next = limit.over(count.oldest)
	}
	for _, past := range l.past {
		if past.Kind == kind {
			next = min(next, limit.over(past.Time.Time))
		}
	}
	return next
}

// gone is how many of those removed are no more.
func (l *ledger) gone(kind v1alpha1.RemovalKind) int {
	gone := 0
	for _, past := range l.past {
		if past.Kind == kind {
			gone += int(past.Count)
		}
	}
	return gone
}

// population is how many objects the percentage is of: those that were managed
// when the window began.
func (l *ledger) population(kind v1alpha1.RemovalKind) int {
	return len(l.counts[kind].managed) + l.gone(kind)
}
