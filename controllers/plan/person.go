package plan

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Wanted is a user as it should be in a directory.
type Wanted struct {
	// Name is the directory username, computed.
	Name string
	// DisplayName is the full name, never empty.
	DisplayName string
	// Email is the address to use, or empty if the source sent none.
	Email string
	// Active says whether the account may sign in.
	Active bool
	// Deleted says that the source deleted the user.
	Deleted bool
	// NameHolder is the userName of another user of the SyncConfig who has
	// the same directory username and was first; empty if there is none.
	NameHolder string
}

// leaves reports whether the user is to have no access.
func (w Wanted) leaves() bool {
	return w.Deleted || !w.Active
}

// fingerprint is the same for as long as the same is wanted.
func (w Wanted) fingerprint() string {
	return fingerprint(directory.FoldName(w.Name), w.DisplayName, w.Email, strconv.FormatBool(w.Active))
}

// WantedUser is what the source wants of a user, under the policy's username.
func WantedUser(user *v1alpha1.ProvisionedUser, policy Policy) Wanted {
	return Wanted{
		Name:        policy.Username.Apply(user.Spec.UserName),
		DisplayName: displayName(&user.Spec),
		Email:       email(user.Spec.Emails),
		Active:      user.IsActive(),
		Deleted:     !user.DeletionTimestamp.IsZero(),
	}
}

// displayName is displayName, else name.formatted, else given and family
// name, else userName.
func displayName(spec *v1alpha1.ProvisionedUserSpec) string {
	var formatted, parts string
	if spec.Name != nil {
		formatted = spec.Name.Formatted
		parts = strings.TrimSpace(spec.Name.GivenName + " " + spec.Name.FamilyName)
	}
	return cmp.Or(spec.DisplayName, formatted, parts, spec.UserName)
}

// email is the primary address, else the one of type work, else the first.
func email(emails []v1alpha1.MultiValue) string {
	var work, first string
	for _, e := range emails {
		if e.Value == "" {
			continue
		}
		if e.Primary {
			return e.Value
		}
		if work == "" && strings.EqualFold(e.Type, "work") {
			work = e.Value
		}
		if first == "" {
			first = e.Value
		}
	}
	return cmp.Or(work, first)
}
