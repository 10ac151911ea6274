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
	// Directory is the name of the user directory that holds the account;
	// empty where the product does not tell.
	Directory string
	// ReadOnly says why the product does not let the account be changed;
	// empty where it does, or does not tell beforehand.
	ReadOnly string
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

// Group is a group as a directory shows it.
type Group struct {
	// ID is the product's own id of the group; equal to Name in products
	// that have none.
	ID string
	// Name is the group's name. Names compare case-insensitively (SameName).
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
	// Directory is what the probe could tell of the user directory behind
	// Config.DirectoryName. One that is known to be the wrong one is not part
	// of an Info: the probe then fails with KindWrongDirectory.
	Directory Verification
}

// Verification says whether the user directory that is written to is known
// to be the configured one.
type Verification struct {
	// Verified says that the product has confirmed it.
	Verified bool
	// Detail says how, or why it could not be told, for the administrator.
	Detail string
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
	// DeletesUsers: an account can be deleted for good.
	DeletesUsers bool
	// LowerCaseNames: usernames are lower case only.
	LowerCaseNames bool
	// NestedGroups: a group can be a member of a group.
	NestedGroups bool
	// VerifiesDirectory: a probe can tell which user directory is written to.
	VerifiesDirectory bool
	// MembersPerRequest is how many members AddMembers and RemoveMembers
	// take at once; at least 1.
	MembersPerRequest int
	// ForbiddenInUsername are the characters that a username cannot contain.
	ForbiddenInUsername string
	// ForbiddenInGroupName are the characters that a group's name cannot contain.
	ForbiddenInGroupName string
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
	// DeleteGroup deletes a group that was found or created; an absent one
	// is a success.
	DeleteGroup(ctx context.Context, group Group) error
	// GroupsOf lists the groups that an account is a direct member of.
	// KindNotFound if the account is absent; KindUnsupported where the
	// product can deactivate accounts and does not tell.
	GroupsOf(ctx context.Context, user User) ([]Group, error)
}

// Members observes and changes who belongs to a group. Groups and accounts
// are given as the directory gave them, with their ids.
type Members interface {
	// EachMember lists the accounts in a group, inactive ones included, page
	// by page as the sequence is consumed. Each has an ID or a Name, or both,
	// and nothing else can be relied on. An error is the last element: what
	// came before it is then not the whole listing. KindNotFound if the group
	// is absent.
	EachMember(ctx context.Context, group Group) iter.Seq2[User, error]
	// AddMembers puts accounts, at most Capabilities.MembersPerRequest, into
	// a group. KindNotFound if the group or one of them is absent; of several
	// accounts any may then have been added.
	AddMembers(ctx context.Context, group Group, users []User) error
	// RemoveMembers takes accounts, at most Capabilities.MembersPerRequest,
	// out of a group. An absent account, group or membership is a success.
	RemoveMembers(ctx context.Context, group Group, users []User) error
}

// MembershipDump is what a Directory may offer besides: all memberships in
// one request or few. Usernames and group names are all that it tells. An
// error is the last element: what came before it is then not everything. A
// product version that has no dump answers KindUnsupported.
type MembershipDump interface {
	EachMembership(ctx context.Context) iter.Seq2[Membership, error]
}

// Membership is a group with the usernames of its direct members.
type Membership struct {
	Group     string
	Usernames []string
}

// ChangeFeed is what a Directory may offer besides: what has changed since an
// earlier look, instead of everything.
type ChangeFeed interface {
	// Now gives the cursor of this moment. KindUnsupported where the product
	// has no feed, or has it switched off.
	Now(ctx context.Context) (cursor string, err error)
	// Since tells what has changed since a cursor was given out, by whomever.
	// KindNotFound if it is too old: everything has then to be listed again.
	Since(ctx context.Context, cursor string) (Changes, error)
}

// Changes names what is not as it was.
type Changes struct {
	// Cursor is where the next look begins.
	Cursor string
	// Usernames are the accounts that were made, changed, renamed (both
	// names) or deleted.
	Usernames []string
	// Groups are the names of groups that were made or deleted, or whose
	// members changed.
	Groups []string
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
