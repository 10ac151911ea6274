package directorytest

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/atlassync/atlassync/controllers/directory"
)

// FindGroup implements directory.Groups.
func (f *Fake) FindGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpFindGroup
	return do(ctx, f, Call{Op: op, Group: name}, func() (directory.Group, error) {
		g, err := f.group(op, name)
		if err != nil {
			return directory.Group{}, err
		}
		return directory.Group{Name: g.name}, nil
	})
}

// CreateGroup implements directory.Groups.
func (f *Fake) CreateGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	return do(ctx, f, Call{Op: op, Group: name}, func() (directory.Group, error) {
		if g, err := f.group(op, name); err == nil {
			return directory.Group{Name: g.name}, failure(directory.KindAlreadyExists, op, "the group exists already")
		}
		if name == "" {
			return directory.Group{}, failure(directory.KindInvalid, op, "a name is needed")
		}
		f.insertGroup(name)
		return directory.Group{Name: name}, nil
	})
}

// DeleteGroup implements directory.Groups.
func (f *Fake) DeleteGroup(ctx context.Context, name string) error {
	return succeed(ctx, f, Call{Op: directory.OpDeleteGroup, Group: name}, func() error {
		delete(f.groups, directory.FoldName(name))
		return nil
	})
}

// EachMember implements directory.Members.
func (f *Fake) EachMember(ctx context.Context, name string) iter.Seq2[directory.User, error] {
	const op = directory.OpEachMember
	return f.list(ctx, Call{Op: op, Group: name}, func() ([]string, error) {
		g, err := f.group(op, name)
		if err != nil {
			return nil, err
		}
		return slices.Collect(maps.Keys(g.members)), nil
	})
}

// AddMember implements directory.Members.
func (f *Fake) AddMember(ctx context.Context, groupName, username string) error {
	const op = directory.OpAddMember
	return succeed(ctx, f, Call{Op: op, Group: groupName, User: username}, func() error {
		g, err := f.group(op, groupName)
		if err != nil {
			return err
		}
		id, ok := f.names[directory.FoldName(username)]
		if !ok {
			return failure(directory.KindNotFound, op, "there is no such user")
		}
		g.members[id] = true
		return nil
	})
}

// RemoveMember implements directory.Members.
func (f *Fake) RemoveMember(ctx context.Context, groupName, username string) error {
	return succeed(ctx, f, Call{Op: directory.OpRemoveMember, Group: groupName, User: username}, func() error {
		if g, ok := f.groups[directory.FoldName(groupName)]; ok {
			delete(g.members, f.names[directory.FoldName(username)])
		}
		return nil
	})
}

func (f *Fake) group(op, name string) (*group, error) {
	g, ok := f.groups[directory.FoldName(name)]
	if !ok {
		return nil, failure(directory.KindNotFound, op, "there is no such group")
	}
	return g, nil
}

func (f *Fake) insertGroup(name string) {
	f.groups[directory.FoldName(name)] = &group{name: name, members: map[string]bool{}}
}
