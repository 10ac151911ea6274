package directory

import (
	"context"
	"iter"
	"maps"
	"slices"
)

// suspects are groups of which a reading is not believed, by folded name.
type suspects map[string]*ShrunkError

// readGroups reads the members of the groups into now: all at once where the
// product offers it. A group that is gone is left out.
func (m *Mirror) readGroups(ctx context.Context, before *touched, now *picture) (suspects, error) {
	doubted := suspects{}
	if len(before.listed) == 0 {
		return doubted, nil
	}
	put := func(name string, members map[string]struct{}) {
		known := before.listed[name]
		if err := m.shrunk(name, known, len(members)); err != nil {
			doubted[name] = err
			m.change(func(_ *picture, t *touched) { t.group(name) }) // it stays as it was
			return
		}
		now.groups[name] = m.asKnown(name, &mirroredGroup{group: known.Group, members: members, writes: 1})
	}
	dumped, err := m.dump(ctx, before.listed, now, put)
	if dumped || err != nil {
		return doubted, err
	}
	for _, name := range slices.Sorted(maps.Keys(before.listed)) {
		members, err := now.read(m.next.EachMember(ctx, before.listed[name].Group))
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

// asKnown is a group that was read, or what is known of it if that is the same,
// so that its members are in memory once. Where it is written to before the
// reading ends, what is known counts anyway.
func (m *Mirror) asKnown(name string, shown *mirroredGroup) *mirroredGroup {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		return shown
	}
	if known := m.seen.groups[name]; known != nil && known.members != nil && maps.Equal(known.members, shown.members) {
		return known
	}
	return shown
}

// read reads the members of a group to the end, as memberKeys.
func (p *picture) read(listing iter.Seq2[User, error]) (map[string]struct{}, error) {
	keys := map[string]struct{}{}
	for member, err := range listing {
		if err != nil {
			return nil, err
		}
		keys[p.memberKey(member)] = struct{}{}
	}
	return keys, nil
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
func (m *Mirror) dump(ctx context.Context, groups map[string]listedGroup, now *picture, put func(string, map[string]struct{})) (bool, error) {
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
		members := make(map[string]struct{}, len(membership.Usernames))
		for _, username := range membership.Usernames {
			members[now.memberKey(User{Name: username})] = struct{}{}
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
