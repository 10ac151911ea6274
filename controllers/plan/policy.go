package plan

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Policy is what an administrator decided for one directory, ready to use.
type Policy struct {
	Username Username

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

	ProtectedUsers  Names
	ProtectedGroups Names
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

// Compile prepares the policy of a SyncConfig. What admission cannot check is
// checked here; the error is an *InvalidError.
func Compile(spec *v1alpha1.SyncConfigSpec) (Policy, error) {
	if err := checkDirectories(spec.Directories); err != nil {
		return Policy{}, err
	}
	username, err := CompileUsername(spec.Username.Regex, spec.Username.Replacement, spec.Username.Case == v1alpha1.CaseLower)
	if err != nil {
		return Policy{}, invalidRegex("username", err)
	}
	users, err := compileNames("protected.users", spec.Protected.Users)
	if err != nil {
		return Policy{}, err
	}
	groups, err := compileNames("protected.groups", spec.Protected.Groups)
	if err != nil {
		return Policy{}, err
	}
	return Policy{
		Username:        username,
		ImportUsers:     orTrue(spec.Provisioning.ImportUsers),
		UpdateUsers:     orTrue(spec.Provisioning.UpdateUsers),
		EnableUsers:     orTrue(spec.Provisioning.EnableUsers),
		DisableUsers:    orTrue(spec.Provisioning.DisableUsers),
		Adoption:        spec.Provisioning.Adoption,
		OnRemoval:       spec.Provisioning.OnRemoval,
		SyncGroups:      orTrue(spec.Groups.Sync),
		CreateGroups:    orTrue(spec.Groups.CreateGroups),
		Membership:      spec.Groups.Membership,
		OnGroupRemoval:  spec.Groups.OnRemoval,
		ProtectedUsers:  users,
		ProtectedGroups: groups,
	}, nil
}

// checkDirectories refuses addresses that cannot be used, and two entries for
// one directory, which would work against each other.
func checkDirectories(directories []v1alpha1.DirectorySpec) error {
	names := map[string]string{}
	for i, dir := range directories {
		field := fmt.Sprintf("directories[%d].url", i)
		address, err := url.Parse(dir.URL)
		if err != nil || address.Host == "" || address.User != nil {
			return &InvalidError{Field: field, Reason: v1alpha1.ReasonInvalidURL,
				Detail: fmt.Sprintf("%s has no usable address: write it as https://host/path, without credentials", dir.Name)}
		}
		key := string(dir.Product) + " " + strings.ToLower(address.Host) + strings.TrimRight(address.Path, "/")
		if other, taken := names[key]; taken {
			return &InvalidError{Field: field, Reason: v1alpha1.ReasonDuplicateDirectory,
				Detail: fmt.Sprintf("%s and %s are the same directory: remove one of them", other, dir.Name)}
		}
		names[key] = dir.Name
	}
	return nil
}

// Protect adds the account that atlassync signs in with, and its groups, to
// what is protected: without them nobody could put anything right again.
func (p Policy) Protect(self directory.Info) Policy {
	p.ProtectedUsers = p.ProtectedUsers.with(self.Self)
	p.ProtectedGroups = p.ProtectedGroups.with(self.SelfGroups...)
	return p
}

// Names is a set of directory names, by pattern or literally.
type Names struct {
	patterns []*regexp.Regexp
	literal  map[string]bool
}

// Contain reports whether a name is in the set, in any letter case.
func (n Names) Contain(name string) bool {
	if n.literal[directory.FoldName(name)] {
		return true
	}
	for _, pattern := range n.patterns {
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}

func (n Names) with(names ...string) Names {
	literal := make(map[string]bool, len(n.literal)+len(names))
	for name := range n.literal {
		literal[name] = true
	}
	for _, name := range names {
		if name != "" {
			literal[directory.FoldName(name)] = true
		}
	}
	return Names{patterns: n.patterns, literal: literal}
}

func compileNames(field string, patterns []string) (Names, error) {
	var names Names
	for i, pattern := range patterns {
		compiled, err := compilePattern(`(?i)^(?:` + pattern + `)$`)
		if err != nil {
			return Names{}, invalidRegex(fmt.Sprintf("%s[%d]", field, i), err)
		}
		names.patterns = append(names.patterns, compiled)
	}
	return names, nil
}

func invalidRegex(field string, err error) error {
	return &InvalidError{Field: field, Reason: v1alpha1.ReasonInvalidRegex, Detail: err.Error()}
}

func orTrue(b *bool) bool {
	return b == nil || *b
}
