package directory

import (
	"cmp"
	"context"
	"fmt"
	"iter"
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
// an error of the Directory, or a *ShrunkError if accounts have become fewer
// than half of what they were, or of expected before the first reading, or if
// most of those are missing that SetKnown named. A directory with accepted
// accounts is believed all the same.
func (m *Mirror) Sweep(ctx context.Context, expected, accepted int) (Reading, error) {
	before := m.begin()
	defer m.end()
	cursor := m.feedNow(ctx)
	now := newPicture()
	for user, err := range m.next.EachUser(ctx) {
		if err != nil {
			return Reading{}, err
		}
		now.putUser(user)
	}
	if err := m.believe(now, before.users, expected, accepted); err != nil {
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

func (m *Mirror) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.underWay = nil
}

// suspects are groups of which a reading is not believed, by folded name.
type suspects map[string]*ShrunkError

// readGroups reads the members of the groups into now: all at once where the
// product offers it. A group that is gone is left out.
func (m *Mirror) readGroups(ctx context.Context, before *touched, now *picture) (suspects, error) {
	doubted := suspects{}
	if len(before.listed) == 0 {
		return doubted, nil
	}
	put := func(name string, members []User) {
		known := before.listed[name]
		if err := m.shrunk(name, known, len(members)); err != nil {
			doubted[name] = err
			m.change(func(_ *picture, t *touched) { t.group(name) }) // it stays as it was
			return
		}
		now.putMembers(known.Group, members)
	}
	dumped, err := m.dump(ctx, before.listed, put)
	if dumped || err != nil {
		return doubted, err
	}
	for _, name := range slices.Sorted(maps.Keys(before.listed)) {
		members, err := collect(m.next.EachMember(ctx, before.listed[name].Group))
		switch {
		case IsNotFound(err):
		case err != nil:
			return nil, err
		default:
			put(name, members)
		}
	}
	return doubted, nil
}

// collect reads a listing to its end.
func collect(listing iter.Seq2[User, error]) ([]User, error) {
	var users []User
	for user, err := range listing {
		if err != nil {
			return nil, err
		}
		users = append(users, user)
	}
	return users, nil
}

// dump reads all memberships at once, and reports whether that is possible.
func (m *Mirror) dump(ctx context.Context, groups map[string]listedGroup, put func(string, []User)) (bool, error) {
	source, ok := m.next.(MembershipDump)
	if !ok {
		return false, nil
	}
	for membership, err := range source.EachMembership(ctx) {
		if KindOf(err) == KindUnsupported {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		name := FoldName(membership.Group)
		if _, wanted := groups[name]; !wanted {
			continue
		}
		members := make([]User, 0, len(membership.Usernames))
		for _, username := range membership.Usernames {
			members = append(members, User{Name: username})
		}
		put(name, members)
	}
	return true, nil
}

// shrunk says that a group has lost more than half of its members to others,
// and did not show the same the last time.
func (m *Mirror) shrunk(name string, known listedGroup, size int) *ShrunkError {
	if known.members < minimumGroup || size*2 >= known.members {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if last := m.suspects[name]; last != nil && last.To == size {
		return nil
	}
	return &ShrunkError{What: "members of group " + known.Name, From: known.members, To: size}
}

// replace makes a reading what is known, with what was written meanwhile, and
// says what others have changed.
func (m *Mirror) replace(now *picture, cursor string, doubted suspects) Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	reading := Reading{Users: len(now.users), Groups: len(now.groups)}
	m.underWay.keep(m.seen, now)
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
