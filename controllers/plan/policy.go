package plan

import (
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Policy is what an administrator decided for one directory, ready to use.
type Policy struct {
	// DirectoryName is the user directory whose accounts are ours to change;
	// empty if any is.
	DirectoryName string
	Username      Username

	ImportUsers  bool
	UpdateUsers  bool
	EnableUsers  bool
	DisableUsers bool
	Adoption     v1alpha1.Adoption
	OnRemoval    v1alpha1.UserRemoval

	SyncGroups     bool
	CreateGroups   bool
	Membership     v1alpha1.MembershipPolicy
	OnGroupRemoval v1alpha1.GroupRemoval
	GroupName      GroupName
	GroupFilter    GroupFilter
	DefaultGroups  DefaultGroups

	ProtectedUsers  Names
	ProtectedGroups Names

	// CorrectDrift says that what others changed is put right.
	CorrectDrift bool
}

// InvalidError says which field of a SyncConfig cannot be used, and why.
type InvalidError struct {
	// Field is the path below spec.
	Field string
	// Reason is the reason of condition ConfigurationValid.
	Reason string
	// Detail says what is wrong and what to do.
	Detail string
}

// Error names the field and what to do.
func (e *InvalidError) Error() string {
	return "spec." + e.Field + ": " + e.Detail
}

// Policies are the policies for the directories of a SyncConfig, by name.
type Policies map[string]Policy

// For is the policy for one directory.
func (p Policies) For(name string) Policy {
	return p[name]
}

// Compile prepares the policies of a SyncConfig, one for each directory. What
// admission cannot check is checked here; the error is an *InvalidError.
func Compile(spec *v1alpha1.SyncConfigSpec) (Policies, error) {
	if err := checkDirectories(spec.Directories); err != nil {
		return nil, err
	}
	username, err := compileUsername("username", spec.Username)
	if err != nil {
		return nil, err
	}
	users, err := compileNames("protected.users", spec.Protected.Users)
	if err != nil {
		return nil, err
	}
	groups, err := compileNames("protected.groups", spec.Protected.Groups)
	if err != nil {
		return nil, err
	}
	common := Policy{
		Username: username, ProtectedUsers: users, ProtectedGroups: groups,
		CorrectDrift: orTrue(spec.Resync.CorrectDrift),
	}
	if common, err = common.withGroups("groups", spec.Groups); err != nil {
		return nil, err
	}
	policies := make(Policies, len(spec.Directories))
	for i := range spec.Directories {
		dir := &spec.Directories[i]
		if policies[dir.Name], err = common.of(spec, dir, fmt.Sprintf("directories[%d]", i)); err != nil {
			return nil, err
		}
	}
	return policies, nil
}

// of is the policy for one directory: what all have in common, and the rest
// of the spec with the directory's overrides.
func (p Policy) of(spec *v1alpha1.SyncConfigSpec, dir *v1alpha1.DirectorySpec, field string) (Policy, error) {
	if dir.Username != (v1alpha1.UsernameOverride{}) {
		username, err := compileUsername(field+".username", overriddenUsername(spec.Username, dir.Username))
		if err != nil {
			return Policy{}, err
		}
		p.Username = username
	}
	if overridesGroups(dir.Groups) {
		own, err := p.withGroups(field+".groups", overriddenGroupNames(spec.Groups, dir.Groups))
		if err != nil {
			return Policy{}, err
		}
		p = own
	}
	users, groups := overriddenUsers(spec.Provisioning, dir.Provisioning), overriddenGroups(spec.Groups, dir.Groups)
	p.DirectoryName = dir.DirectoryName
	p.ImportUsers = orTrue(users.ImportUsers)
	p.UpdateUsers = orTrue(users.UpdateUsers)
	p.EnableUsers = orTrue(users.EnableUsers)
	p.DisableUsers = orTrue(users.DisableUsers)
	p.Adoption, p.OnRemoval = users.Adoption, users.OnRemoval
	p.SyncGroups = orTrue(groups.Sync)
	p.CreateGroups = orTrue(groups.CreateGroups)
	p.Membership, p.OnGroupRemoval = groups.Membership, groups.OnRemoval
	return p, nil
}

func compileUsername(field string, spec v1alpha1.UsernameSpec) (Username, error) {
	username, err := CompileUsername(spec.Regex, spec.Replacement, spec.Case == v1alpha1.CaseLower)
	if err != nil {
		return Username{}, invalidRegex(field+"."+wrongPart(err), err)
	}
	return username, nil
}

// Within fits the policy to what the product can do: where usernames are
// lower case only, they are made so without being asked for.
func (p Policy) Within(caps directory.Capabilities) Policy {
	p.Username.lower = p.Username.lower || caps.LowerCaseNames
	return p
}

// Protect adds the account that atlassync signs in with, and its groups, to
// what is protected: without them nobody could put anything right again.
func (p Policy) Protect(self directory.Info) Policy {
	p.ProtectedUsers = p.ProtectedUsers.with(self.Self)
	p.ProtectedGroups = p.ProtectedGroups.with(self.SelfGroups...)
	return p
}

func invalidRegex(field string, err error) error {
	return &InvalidError{Field: field, Reason: v1alpha1.ReasonInvalidRegex, Detail: err.Error()}
}

func orTrue(b *bool) bool {
	return b == nil || *b
}
