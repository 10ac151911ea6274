package directory

import (
	"context"
	"errors"
)

// ErrReadOnly is the cause of what ReadOnly refuses.
var ErrReadOnly = errors.New("nothing is written in a dry run")

// ReadOnly refuses every write to d, with an *Error of KindUnsupported whose
// cause is ErrReadOnly; reads go through. What decides on writes is not meant
// to get that far in a dry run: this is what makes sure of it.
func ReadOnly(d Directory) Directory {
	return &readOnly{d}
}

type readOnly struct{ Directory }

func (readOnly) CreateUser(context.Context, NewUser) (User, error) {
	return User{}, refused(OpCreateUser)
}

func (readOnly) UpdateUser(context.Context, string, UserChange) (User, error) {
	return User{}, refused(OpUpdateUser)
}

func (readOnly) DeleteUser(context.Context, string) error { return refused(OpDeleteUser) }

func (readOnly) CreateGroup(context.Context, string) (Group, error) {
	return Group{}, refused(OpCreateGroup)
}

func (readOnly) DeleteGroup(context.Context, Group) error { return refused(OpDeleteGroup) }

func (readOnly) AddMembers(context.Context, Group, []User) error { return refused(OpAddMembers) }

func (readOnly) RemoveMembers(context.Context, Group, []User) error { return refused(OpRemoveMembers) }

func refused(op string) error {
	return &Error{Kind: KindUnsupported, Op: op, Err: ErrReadOnly}
}
