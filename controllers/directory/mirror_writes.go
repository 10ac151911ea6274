package directory

import "context"

// CreateUser implements Users.
func (m *Mirror) CreateUser(ctx context.Context, user NewUser) (User, error) {
	created, err := m.next.CreateUser(ctx, user)
	m.change(func(p *picture, t *touched) {
		t.user(created.ID, user.Name)
		switch {
		case err == nil, KindOf(err) == KindAlreadyExists && created.Name != "":
			p.putUser(created)
			t.user(created.ID, created.Name)
		default:
			p.doubtUser("", user.Name)
		}
	})
	return created, err
}

// UpdateUser implements Users.
func (m *Mirror) UpdateUser(ctx context.Context, id string, change UserChange) (User, error) {
	updated, err := m.next.UpdateUser(ctx, id, change)
	m.change(func(p *picture, t *touched) {
		before, _ := p.userByID(id)
		t.user(id, before.Name)
		if change.Name != nil {
			t.user("", *change.Name)
		}
		if err == nil {
			p.dropUser(id, "") // an id may change with the name, where it is the name
			p.putUser(updated)
			p.renameMember(id, updated.ID)
			return
		}
		p.doubtUser(id, before.Name)
		if change.Name != nil {
			p.doubtUser("", *change.Name)
		}
	})
	return updated, err
}

// DeleteUser implements Users.
func (m *Mirror) DeleteUser(ctx context.Context, id string) error {
	err := m.next.DeleteUser(ctx, id)
	m.change(func(p *picture, t *touched) {
		before, _ := p.userByID(id)
		t.user(id, before.Name)
		if err != nil {
			p.doubtUser(id, before.Name)
			return
		}
		p.dropUser(id, before.Name)
		p.dropMember(id)
	})
	return err
}

// CreateGroup implements Groups.
func (m *Mirror) CreateGroup(ctx context.Context, name string) (Group, error) {
	created, err := m.next.CreateGroup(ctx, name)
	m.change(func(p *picture, t *touched) {
		t.group(name)
		p.dropGroup(name)
		if err == nil {
			p.putMembers(created, nil)
		}
	})
	return created, err
}

// DeleteGroup implements Groups.
func (m *Mirror) DeleteGroup(ctx context.Context, group Group) error {
	err := m.next.DeleteGroup(ctx, group)
	m.change(func(p *picture, t *touched) {
		t.group(group.Name)
		p.dropGroup(group.Name)
	})
	return err
}

// AddMembers implements Members.
func (m *Mirror) AddMembers(ctx context.Context, group Group, users []User) error {
	err := m.next.AddMembers(ctx, group, users)
	m.changeMembers(group, err, func(p *picture) { p.addMembers(group.Name, users) })
	return err
}

// RemoveMembers implements Members.
func (m *Mirror) RemoveMembers(ctx context.Context, group Group, users []User) error {
	err := m.next.RemoveMembers(ctx, group, users)
	m.changeMembers(group, err, func(p *picture) { p.removeMembers(group.Name, users) })
	return err
}

// changeMembers keeps the picture of a group; after a failure nobody knows
// who of several is in it.
func (m *Mirror) changeMembers(group Group, err error, apply func(*picture)) {
	m.change(func(p *picture, t *touched) {
		t.group(group.Name)
		if err == nil {
			apply(p)
		} else {
			p.dropGroup(group.Name)
		}
	})
}
