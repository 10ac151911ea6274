package directory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// Reading is what a Sweep found.
type Reading struct {
	// Users is how many accounts the directory has, and Groups how many
	// groups were read with their members.
	Users, Groups int
	// Drifted are the accounts that others changed or deleted since the last
	// reading, as they were then.
	Drifted []User
	// DriftedGroups are the groups that others deleted, or whose members they
	// changed.
	DriftedGroups []string
	// Shrunk are groups that showed so few members that they are taken to be
	// as they were. If the next reading shows the same, it is believed.
	Shrunk []*ShrunkError
}

// ShrunkError says that a reading shows so much less than the one before that
// it is not believed.
type ShrunkError struct {
	// What is what has shrunk: "accounts", or the members of a group.
	What string
	// From is how many there were, To how many the reading showed.
	From, To int
	// Accept is how many accounts it showed in all; To if zero.
	Accept int
}

// Accounts is how many accounts the reading showed in all.
func (e *ShrunkError) Accounts() int { return cmp.Or(e.Accept, e.To) }

// Error says what was seen.
func (e *ShrunkError) Error() string {
	return fmt.Sprintf("the directory shows %d %s where there were %d", e.To, e.What, e.From)
}

// minimumGroup is the size below which a group may shrink as it likes.
const minimumGroup = 20

// Sweep reads all accounts, and the members of all groups that have been
// looked at before, and then answers from what it read. What is written
// meanwhile is not lost. On an error nothing is concluded from what was read:
// an error of the Directory or of known, or a *ShrunkError if accounts have
// become fewer than half of what they were, or if most of those are missing
// that known names. A directory with accepted accounts is believed all the same.
func (m *Mirror) Sweep(ctx context.Context, known Known, accepted int) (Reading, error) {
	before := m.begin()
	defer m.end()
	cursor := m.feedNow(ctx)
	now := newPicture(before.users)
	for user, err := range m.next.EachUser(ctx) {
		if err != nil {
			return Reading{}, err
		}
		account := m.held(user)
		now.unname(account.ID)
		now.put(account)
	}
	if err := m.believe(ctx, now, known, accepted); err != nil {
		return Reading{}, err
	}
	suspects, err := m.readGroups(ctx, before, now)
	if err != nil {
		return Reading{}, err
	}
	return m.replace(now, cursor, suspects), nil
}

// begin notes from now on what is written, and gives what was known.
func (m *Mirror) begin() *touched {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.underWay = newTouched(m.seen)
	return m.underWay
}

// held is an account that was read, as it is kept.
func (m *Mirror) held(user User) *User {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen.held(user)
}

func (m *Mirror) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.underWay = nil
}

// replace makes a reading what is known, with what was written meanwhile, and
// says what others have changed.
func (m *Mirror) replace(now *picture, cursor string, doubted suspects) Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	reading := Reading{Users: len(now.users), Groups: len(now.groups)}
	m.underWay.keep(m.seen, now)
	now.writes += m.seen.writesSoFar() + 1 // so that no look begun before is taken for a new one
	if m.seen != nil {
		reading.Drifted = m.seen.driftedUsers(now, m.underWay)
		reading.DriftedGroups = m.seen.driftedGroups(now, m.underWay)
	}
	for _, name := range slices.Sorted(maps.Keys(doubted)) {
		reading.Shrunk = append(reading.Shrunk, doubted[name])
	}
	m.seen, m.cursor, m.suspects = now, cursor, doubted
	return reading
}
