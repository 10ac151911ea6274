package directorytest

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// FindUser implements directory.Users.
func (f *Fake) FindUser(ctx context.Context, name string) (directory.User, error) {
	return do(ctx, f, Call{Op: directory.OpFindUser, User: name}, func() (directory.User, error) {
		return f.userByID(directory.OpFindUser, f.names[directory.FoldName(name)])
	})
}

// FindUserByID implements directory.Users.
func (f *Fake) FindUserByID(ctx context.Context, id string) (directory.User, error) {
	return do(ctx, f, Call{Op: directory.OpFindUserByID, User: id}, func() (directory.User, error) {
		return f.userByID(directory.OpFindUserByID, id)
	})
}

// CreateUser implements directory.Users.
func (f *Fake) CreateUser(ctx context.Context, user directory.NewUser) (directory.User, error) {
	const op = directory.OpCreateUser
	return do(ctx, f, Call{Op: op, User: user.Name}, func() (directory.User, error) {
		if taken, err := f.userByID(op, f.names[directory.FoldName(user.Name)]); err == nil {
			return taken, failure(directory.KindAlreadyExists, op, "a user with that username exists already")
		}
		if f.capabilities.LowerCaseNames {
			user.Name = directory.FoldName(user.Name)
		}
		if err := f.refused(op, user.Name, user.Email); err != nil {
			return directory.User{}, err
		}
		return f.shown(f.insert(directory.User{
			Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: true,
		})), nil
	})
}

// UpdateUser implements directory.Users.
func (f *Fake) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	const op = directory.OpUpdateUser
	return do(ctx, f, Call{Op: op, User: id}, func() (directory.User, error) {
		user, ok := f.users[id]
		if !ok {
			return directory.User{}, failure(directory.KindNotFound, op, "there is no such user")
		}
		if err := f.unsupported(op, change); err != nil {
			return directory.User{}, err
		}
		updated := apply(user, change)
		if holder, ok := f.names[directory.FoldName(updated.Name)]; ok && holder != id {
			return directory.User{}, failure(directory.KindAlreadyExists, op, "a user with that username exists already")
		}
		if err := f.refused(op, updated.Name, updated.Email); err != nil {
			return directory.User{}, err
		}
		delete(f.names, directory.FoldName(user.Name))
		f.put(updated)
		return f.shown(updated), nil
	})
}

// DeleteUser implements directory.Users.
func (f *Fake) DeleteUser(ctx context.Context, id string) error {
	return succeed(ctx, f, Call{Op: directory.OpDeleteUser, User: id}, func() error {
		if !f.capabilities.DeletesUsers {
			return failure(directory.KindUnsupported, directory.OpDeleteUser, "users cannot be deleted")
		}
		delete(f.names, directory.FoldName(f.users[id].Name))
		delete(f.users, id)
		for _, g := range f.groups {
			delete(g.members, id)
		}
		return nil
	})
}

// EachUser implements directory.Users.
func (f *Fake) EachUser(ctx context.Context) iter.Seq2[directory.User, error] {
	return f.list(ctx, Call{Op: directory.OpEachUser}, func() ([]string, error) {
		return f.allIDs(), nil
	})
}

// list yields the accounts whose ids are given, page by page.
func (f *Fake) list(ctx context.Context, call Call, ids func() ([]string, error)) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		last := ""
		for {
			p, err := do(ctx, f, call, func() (page, error) {
				all, err := ids()
				return f.pageAfter(last, all), err
			})
			if err != nil {
				yield(directory.User{}, err)
				return
			}
			for _, user := range p.users {
				if !yield(user, nil) {
					return
				}
				last = user.ID
			}
			if p.isLast {
				return
			}
			call.Page++
		}
	}
}

func (f *Fake) userByID(op, id string) (directory.User, error) {
	user, ok := f.users[id]
	if !ok {
		return directory.User{}, failure(directory.KindNotFound, op, "there is no such user")
	}
	return f.shown(user), nil
}

func (f *Fake) refused(op, name, email string) error {
	switch {
	case name == "":
		return failure(directory.KindInvalid, op, "a username is needed")
	case strings.ContainsAny(name, f.capabilities.ForbiddenInUsername):
		return failure(directory.KindInvalid, op, "the username has a character that is not allowed")
	case email == "" && f.capabilities.RequiresEmail:
		return failure(directory.KindInvalid, op, "an e-mail address is needed")
	}
	return nil
}

func (f *Fake) unsupported(op string, change directory.UserChange) error {
	if change.Name != nil && !f.capabilities.RenamesUsers {
		return failure(directory.KindUnsupported, op, "users cannot be renamed")
	}
	if change.Active != nil && !f.capabilities.Deactivates {
		return failure(directory.KindUnsupported, op, "users cannot be deactivated")
	}
	return nil
}

// insert stores a new account under a new id, unless it brings one.
func (f *Fake) insert(user directory.User) directory.User {
	if user.ID == "" {
		f.created++
		user.ID = fmt.Sprintf("USER%06d", f.created)
	}
	f.put(user)
	return user
}

func (f *Fake) put(user directory.User) {
	f.users[user.ID] = user
	f.names[directory.FoldName(user.Name)] = user.ID
}

func apply(user directory.User, change directory.UserChange) directory.User {
	set(&user.Name, change.Name)
	set(&user.DisplayName, change.DisplayName)
	set(&user.Email, change.Email)
	set(&user.Active, change.Active)
	return user
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
