package directory

import (
	"context"
	"iter"
	"sync"
)

// Mirror is a Directory that answers from its last complete reading (Sweep),
// kept up to date by the writes that go through it. Until the first reading,
// and for whatever is in doubt, it asks the directory itself.
//
// What others change in the directory shows at the next reading. A write that
// meets such a change fails, puts what it was about in doubt, and the next
// look is a real one.
type Mirror struct {
	next Directory

	mu   sync.Mutex
	seen *picture // nil until the first reading
	// underWay collects what was written while a reading goes on; nil if none does.
	underWay *touched
	cursor   string   // of the ChangeFeed, as of the last reading; empty for none
	suspects suspects // of the last reading
	doubted  error    // why the last reading was not believed; nil if it was
}

var _ Directory = (*Mirror)(nil)

// NewMirror makes a Mirror that has not read anything yet.
func NewMirror(next Directory) *Mirror {
	return &Mirror{next: next}
}

// Loaded reports whether there has been a complete reading.
func (m *Mirror) Loaded() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen != nil
}

// Others counts the accounts, as last seen, that are not ours. The test must
// not ask the Mirror.
func (m *Mirror) Others(ours func(id string) bool) int {
	others := 0
	m.change(func(p *picture, _ *touched) {
		for id := range p.accounts() {
			if !ours(id) {
				others++
			}
		}
	})
	return others
}

// Doubt makes the next look at each of the accounts a real one. It is for
// decisions that cannot be taken back.
func (m *Mirror) Doubt(users ...User) {
	m.change(func(p *picture, t *touched) {
		for _, user := range users {
			p.doubtUser(user.ID, user.Name)
			t.user(user.ID, user.Name)
		}
	})
}

// change applies what is known to have become of the directory. Both
// arguments can be used when they are nil.
func (m *Mirror) change(apply func(*picture, *touched)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	apply(m.seen, m.underWay)
}

// look answers from the picture, if it can.
func look[T any](m *Mirror, find func(*picture) (T, answer)) (T, answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		var none T
		return none, unsure
	}
	return find(m.seen)
}

// Probe implements Directory.
func (m *Mirror) Probe(ctx context.Context) (Info, error) { return m.next.Probe(ctx) }

// Capabilities implements Directory.
func (m *Mirror) Capabilities() Capabilities { return m.next.Capabilities() }

// FindUser implements Users.
func (m *Mirror) FindUser(ctx context.Context, name string) (User, error) {
	found, known := look(m, func(p *picture) (User, answer) { return p.userByName(name) })
	if known != unsure {
		return found, notSeen(OpFindUser, known)
	}
	return m.read(func() (User, error) { return m.next.FindUser(ctx, name) }, "", name)
}

// FindUserByID implements Users.
func (m *Mirror) FindUserByID(ctx context.Context, id string) (User, error) {
	found, known := look(m, func(p *picture) (User, answer) { return p.userByID(id) })
	if known != unsure {
		return found, notSeen(OpFindUserByID, known)
	}
	return m.read(func() (User, error) { return m.next.FindUserByID(ctx, id) }, id, "")
}

// read takes a real look at one account and remembers what it showed, unless
// something was written to the account meanwhile.
func (m *Mirror) read(find func() (User, error), id, name string) (User, error) {
	m.mu.Lock()
	writes := m.seen.writesSoFar()
	m.mu.Unlock()

	found, err := find()
	if err != nil && !IsNotFound(err) {
		return found, err
	}
	m.change(func(p *picture, _ *touched) {
		if p == nil || p.writes != writes {
			return
		}
		if err == nil {
			p.putUser(found)
		} else {
			p.dropUser(id, name)
		}
	})
	return found, err
}

// EachUser implements Users. It always reads the directory.
func (m *Mirror) EachUser(ctx context.Context) iter.Seq2[User, error] { return m.next.EachUser(ctx) }

// FindGroup implements Groups.
func (m *Mirror) FindGroup(ctx context.Context, name string) (Group, error) {
	found, known := look(m, func(p *picture) (Group, answer) { return p.group(name) })
	if known == present {
		return found, nil
	}
	found, err := m.next.FindGroup(ctx, name)
	switch {
	case err == nil:
		m.change(func(p *picture, _ *touched) { p.putGroup(found) })
	case IsNotFound(err):
		m.change(func(p *picture, _ *touched) { p.missGroup(name) })
	}
	return found, err
}

// GroupsOf implements Groups. It always reads the directory.
func (m *Mirror) GroupsOf(ctx context.Context, user User) ([]Group, error) {
	return m.next.GroupsOf(ctx, user)
}

// EachMember implements Members. A group whose members have been read once is
// not read again before the next Sweep.
func (m *Mirror) EachMember(ctx context.Context, group Group) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		members, known := look(m, func(p *picture) ([]User, answer) { return p.membersOf(group.Name) })
		if known != present {
			var err error
			if members, err = m.readMembers(ctx, group); err != nil {
				yield(User{}, err)
				return
			}
		}
		for _, member := range members {
			if !yield(member, nil) {
				return
			}
		}
	}
}

// readMembers reads a group's members and remembers them, unless the group
// was written to meanwhile.
func (m *Mirror) readMembers(ctx context.Context, group Group) ([]User, error) {
	m.mu.Lock()
	writes := m.seen.groupWrites(group.Name)
	m.mu.Unlock()

	members, err := collect(m.next.EachMember(ctx, group))
	if err != nil {
		return nil, err
	}
	m.change(func(p *picture, _ *touched) {
		if p != nil && p.groupWrites(group.Name) == writes {
			p.putMembers(group, members)
		}
	})
	return members, nil
}

// notSeen is the error of what is known to be absent; nil for what is present.
func notSeen(op string, known answer) error {
	if known == present {
		return nil
	}
	return &Error{Kind: KindNotFound, Op: op, Message: "it was not there when the directory was last read"}
}
