package bitbucket

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// user is Bitbucket's RestDetailedUser, as far as it matters here.
type user struct {
	Name           string `json:"name"`
	DisplayName    string `json:"displayName"`
	EmailAddress   string `json:"emailAddress"`
	Active         *bool  `json:"active"`
	DirectoryName  string `json:"directoryName"`
	MutableDetails *bool  `json:"mutableDetails"`
	MutableGroups  *bool  `json:"mutableGroups"`
}

// complete reports whether the answer has what an account must have. Without
// active in it, everybody would seem to be disabled.
func (u user) complete() bool {
	return u.Name != "" && u.Active != nil
}

func (u user) account() directory.User {
	return directory.User{
		ID: u.Name, Name: u.Name, DisplayName: u.DisplayName, Email: u.EmailAddress, Active: *u.Active,
		Directory: u.DirectoryName, ReadOnly: u.readOnly(),
	}
}

func (u user) detailsFixed() bool { return u.MutableDetails != nil && !*u.MutableDetails }
func (u user) groupsFixed() bool  { return u.MutableGroups != nil && !*u.MutableGroups }

// readOnly says what Bitbucket does not let be changed of the account. It
// ends in "groups" exactly if that includes memberships; see groupsFixed.
func (u user) readOnly() string {
	var fixed string
	switch {
	case u.detailsFixed() && u.groupsFixed():
		fixed = "details and groups"
	case u.detailsFixed():
		fixed = "details"
	case u.groupsFixed():
		fixed = "groups"
	default:
		return ""
	}
	return fmt.Sprintf("Bitbucket reads user directory %q and does not change its accounts' %s", u.DirectoryName, fixed)
}

// groupsFixed reports whether Bitbucket does not let the memberships of an
// account be changed.
func groupsFixed(account directory.User) bool {
	return strings.HasSuffix(account.ReadOnly, "groups")
}
