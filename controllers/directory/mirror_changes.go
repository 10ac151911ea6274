package directory

import "context"

// catchUpShare is the part of a directory that may have changed for it to be
// cheaper to look at the changes one by one than to read everything.
const catchUpShare = 20

// feedNow gives the cursor from which the next look at the changes begins;
// empty if there is no feed.
func (m *Mirror) feedNow(ctx context.Context) string {
	feed, ok := m.next.(ChangeFeed)
	if !ok {
		return ""
	}
	cursor, err := feed.Now(ctx)
	if err != nil {
		return "" // the reading that follows finds out what is wrong
	}
	return cursor
}

// CatchUp looks at what the directory says has changed since the last
// reading, and at nothing else. It reports whether that was possible; if it
// was not, a Sweep has to follow. Like a Sweep it tells what others changed.
func (m *Mirror) CatchUp(ctx context.Context) (Reading, bool) {
	feed, offered := m.next.(ChangeFeed)
	m.mu.Lock()
	loaded, cursor := m.seen != nil, m.cursor
	m.mu.Unlock()
	if !offered || !loaded || cursor == "" {
		return Reading{}, false
	}
	before := m.begin()
	defer m.end()
	changes, err := feed.Since(ctx, cursor)
	if err != nil || len(changes.Usernames)+len(changes.Groups) > before.users/catchUpShare {
		return Reading{}, false
	}
	reading, err := m.follow(ctx, before, changes)
	if err != nil {
		return Reading{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cursor = changes.Cursor
	reading.Users, reading.Groups = len(m.seen.users), len(m.seen.groups)
	return reading, true
}

// follow takes a real look at each account and each known group that changed.
func (m *Mirror) follow(ctx context.Context, before *touched, changes Changes) (Reading, error) {
	var reading Reading
	for _, name := range changes.Usernames {
		if err := m.followUser(ctx, name, &reading); err != nil {
			return Reading{}, err
		}
	}
	for _, name := range changes.Groups {
		if listed, wanted := before.listed[FoldName(name)]; wanted {
			if err := m.followGroup(ctx, listed.Group, &reading); err != nil {
				return Reading{}, err
			}
		}
	}
	return reading, nil
}

func (m *Mirror) followUser(ctx context.Context, name string, reading *Reading) error {
	now, err := m.next.FindUser(ctx, name)
	if err != nil && !IsNotFound(err) {
		return err
	}
	m.change(func(p *picture, t *touched) {
		if t.has(User{ID: now.ID, Name: name}) {
			return
		}
		was, known := p.userByName(name)
		if known == present && was != now {
			reading.Drifted = append(reading.Drifted, was)
		}
		if err == nil {
			p.putUser(now)
		} else {
			p.dropUser("", name)
		}
	})
	return nil
}

func (m *Mirror) followGroup(ctx context.Context, group Group, reading *Reading) error {
	members, err := collect(m.next.EachMember(ctx, group))
	if err != nil && !IsNotFound(err) {
		return err
	}
	m.change(func(p *picture, t *touched) {
		if t.groups[FoldName(group.Name)] {
			return
		}
		if p.showsOther(group, members, err == nil) {
			reading.DriftedGroups = append(reading.DriftedGroups, group.Name)
		}
		p.dropGroup(group.Name)
		if err == nil {
			p.putMembers(group, members)
		}
	})
	return nil
}

// showsOther reports whether a group was known to have other members.
func (p *picture) showsOther(group Group, members []User, exists bool) bool {
	known := p.groups[FoldName(group.Name)]
	if known == nil || known.members == nil {
		return false
	}
	if !exists || len(members) != len(known.members) {
		return true
	}
	for _, member := range members {
		if _, in := known.members[p.memberKey(member)]; !in {
			return true
		}
	}
	return false
}
