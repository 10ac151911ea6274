// Package directory is the contract between atlassync and an Atlassian
// directory: what every client can do, how it names things and how it fails.
//
// It knows nothing of Kubernetes. Products implement Directory in packages
// of their own below this one; directorytest holds the suite that each of
// them must pass.
package directory

import (
	"context"
	"iter"
	"strings"
)

// User is an account as a directory shows it.
type User struct {
	// ID is the product's own stable id of the account, which survives a
	// rename; equal to Name in products that have none.
	ID string
	// Name is the username. Names compare case-insensitively (SameName).
	Name string
	// DisplayName is the full name.
	DisplayName string
	// Email is the e-mail address; empty where Capabilities.ReadsEmail is false.
	Email string
	// Active says whether the account may sign in.
	Active bool
}

// NewUser is an account to be created. It is created active, with a random
// password that nobody learns.
type NewUser struct {
	Name        string
	DisplayName string
	Email       string
}

// UserChange names what to change of an account; a nil field stays as it is.
type UserChange struct {
	Name        *string
	DisplayName *string
	Email       *string
	Active      *bool
}

// Empty reports whether the change changes nothing.
func (c UserChange) Empty() bool {
	return c == UserChange{}
}

// Group is a group as a directory shows it. Groups have no id apart from
// their name.
type Group struct {
	Name string
}

// Info is what a probe finds out.
type Info struct {
	// Version is the product's version, such as 10.3.24.
	Version string
	// Self is the username that atlassync signs in with.
	Self string
	// SelfGroups are the groups that Self belongs to, which give it its rights.
	SelfGroups []string
}

// Capabilities states what a product can do.
type Capabilities struct {
	// Deactivates: an account can be made inactive without deleting it.
	Deactivates bool
	// RenamesUsers: a username can be changed in place.
	RenamesUsers bool
	// ReadsEmail: User.Email is filled in.
	ReadsEmail bool
	// RequiresEmail: an account cannot be created without an e-mail address.
	RequiresEmail bool
	// ForbiddenInUsername are the characters that a username cannot contain.
	ForbiddenInUsername string
}

// Directory is one configured Atlassian instance.
//
// It is safe for concurrent use. Every verb is safe to repeat: creating what
// exists is a KindAlreadyExists error and gives back what exists, so that
// taking it over stays the caller's decision; deleting what is missing,
// adding a present member and removing an absent one succeed. Finding and
// listing never change anything. An error is always an *Error; when the
// outcome of a write is not known its kind is KindAmbiguous, and the caller
// must look before it acts again.
type Directory interface {
	// Probe checks address, credentials and rights at little cost.
	Probe(ctx context.Context) (Info, error)
	// Capabilities states what the product can do. It makes no request.
	Capabilities() Capabilities

	Users
	Groups
	Members
}

// Users observes and changes accounts.
type Users interface {
	// FindUser finds an account by name, in any letter case; KindNotFound if absent.
	FindUser(ctx context.Context, name string) (User, error)
	// FindUserByID finds an account by its stable id; KindNotFound if absent.
	FindUserByID(ctx context.Context, id string) (User, error)
	// CreateUser creates an active account. If the name is taken it returns
	// the account that has it together with a KindAlreadyExists error.
	CreateUser(ctx context.Context, user NewUser) (User, error)
	// UpdateUser changes what change names and returns the account as it
	// then is. KindAlreadyExists if the new name is taken.
	UpdateUser(ctx context.Context, id string, change UserChange) (User, error)
	// DeleteUser deletes an account for good; an absent one is a success.
	DeleteUser(ctx context.Context, id string) error
	// EachUser lists all accounts, inactive ones included, page by page as
	// the sequence is consumed. An error is the last element: what came
	// before it is then not the whole listing.
	EachUser(ctx context.Context) iter.Seq2[User, error]
}

// Groups observes and changes groups.
type Groups interface {
	// FindGroup finds a group by name, in any letter case; KindNotFound if
	// absent. A product that does not tell a group's name gives it back in
	// the letter case asked for.
	FindGroup(ctx context.Context, name string) (Group, error)
	// CreateGroup creates a group. If the name is taken it returns the group
	// that has it together with a KindAlreadyExists error.
	CreateGroup(ctx context.Context, name string) (Group, error)
	// DeleteGroup deletes a group; an absent one is a success.
	DeleteGroup(ctx context.Context, name string) error
}

// Members observes and changes who belongs to a group.
type Members interface {
	// EachMember lists the accounts in a group, inactive ones included, page
	// by page as the sequence is consumed. An error is the last element:
	// what came before it is then not the whole listing. KindNotFound if the
	// group is absent.
	EachMember(ctx context.Context, group string) iter.Seq2[User, error]
	// AddMember puts an account, by username, into a group. KindNotFound if
	// either is absent.
	AddMember(ctx context.Context, group, username string) error
	// RemoveMember takes an account, by username, out of a group. An absent
	// account, group or membership is a success.
	RemoveMember(ctx context.Context, group, username string) error
}

// FoldName maps names that a directory takes for the same one, because they
// differ in letter case only, to one key.
func FoldName(name string) string {
	return strings.ToLower(name)
}

// SameName reports whether a directory takes two names for the same one.
func SameName(a, b string) bool {
	return FoldName(a) == FoldName(b)
}
