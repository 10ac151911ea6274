package directorytest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

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
		return shownGroup(g.name), nil
	})
}

// CreateGroup implements directory.Groups.
func (f *Fake) CreateGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	return do(ctx, f, Call{Op: op, Group: name}, func() (directory.Group, error) {
		if g, err := f.group(op, name); err == nil {
			return shownGroup(g.name), failure(directory.KindAlreadyExists, op, "the group exists already")
		}
		if name == "" || strings.ContainsAny(name, f.capabilities.ForbiddenInGroupName) {
			return directory.Group{}, failure(directory.KindInvalid, op, "the name is empty or has a character that is not allowed")
		}
		f.insertGroup(name)
		return shownGroup(name), nil
	})
}

// DeleteGroup implements directory.Groups.
func (f *Fake) DeleteGroup(ctx context.Context, group directory.Group) error {
	return succeed(ctx, f, Call{Op: directory.OpDeleteGroup, Group: group.Name}, func() error {
		delete(f.groups, directory.FoldName(group.Name))
		return nil
	})
}

// GroupsOf implements directory.Groups.
func (f *Fake) GroupsOf(ctx context.Context, user directory.User) ([]directory.Group, error) {
	const op = directory.OpGroupsOf
	return do(ctx, f, Call{Op: op, User: user.Name}, func() ([]directory.Group, error) {
		found, err := f.userByID(op, f.idOf(user))
		if err != nil {
			return nil, err
		}
		var groups []directory.Group
		for _, folded := range slices.Sorted(maps.Keys(f.groups)) {
			if g := f.groups[folded]; g.members[found.ID] {
				groups = append(groups, shownGroup(g.name))
			}
		}
		return groups, nil
	})
}

// EachMember implements directory.Members.
func (f *Fake) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	const op = directory.OpEachMember
	return f.list(ctx, Call{Op: op, Group: group.Name}, func() ([]string, error) {
		g, err := f.group(op, group.Name)
		if err != nil {
			return nil, err
		}
		return slices.Collect(maps.Keys(g.members)), nil
	})
}

// AddMembers implements directory.Members.
func (f *Fake) AddMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	const op = directory.OpAddMembers
	return succeed(ctx, f, Call{Op: op, Group: group.Name, User: namesIn(users)}, func() error {
		g, err := f.group(op, group.Name)
		if err != nil {
			return err
		}
		if err := f.oversized(op, users); err != nil {
			return err
		}
		for _, user := range users {
			found, err := f.userByID(op, f.idOf(user))
			if err != nil {
				return err
			}
			g.members[found.ID] = true
		}
		return nil
	})
}

// RemoveMembers implements directory.Members.
func (f *Fake) RemoveMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	const op = directory.OpRemoveMembers
	return succeed(ctx, f, Call{Op: op, Group: group.Name, User: namesIn(users)}, func() error {
		if err := f.oversized(op, users); err != nil {
			return err
		}
		if g, ok := f.groups[directory.FoldName(group.Name)]; ok {
			for _, user := range users {
				delete(g.members, f.idOf(user))
			}
		}
		return nil
	})
}

func (f *Fake) oversized(op string, users []directory.User) error {
	if len(users) > f.capabilities.MembersPerRequest {
		return failure(directory.KindInvalid, op, "too many members at once")
	}
	return nil
}

// idOf is the id of the account that is meant; empty if there is none.
func (f *Fake) idOf(user directory.User) string {
	if _, ok := f.users[user.ID]; ok {
		return user.ID
	}
	return f.names[directory.FoldName(user.Name)]
}

func shownGroup(name string) directory.Group {
	return directory.Group{ID: name, Name: name}
}

func namesIn(users []directory.User) string {
	return strings.Join(namesOf(users), " ")
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
