package bitbucket

import (
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// detailedUser shows an account to administrators (RestDetailedUser).
func (s *Server) detailedUser(u *userbase.Account) any {
	bean := s.publicUser(u)
	bean["directoryName"] = u.Directory.Name
	bean["deletable"] = !u.Directory.ReadOnly
	bean["mutableDetails"] = !u.Directory.ReadOnly
	bean["mutableGroups"] = !u.Directory.ReadOnly
	return bean
}

// publicUser shows an account to everybody (RestApplicationUser).
func (s *Server) publicUser(u *userbase.Account) map[string]any {
	return map[string]any{
		"name": u.Name, "slug": slug(u.Name), "id": s.Identity(u.Name).Number, "type": "NORMAL",
		"displayName": u.DisplayName, "emailAddress": u.Email, "active": u.Active,
	}
}

// slug is a username as it stands in addresses.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:?#%;&@+ `, r) {
			return '_'
		}
		return r
	}, strings.ToLower(name))
}

// detailedGroup shows a group (RestDetailedGroup).
func (s *Server) detailedGroup(name string) any {
	return map[string]any{"name": name, "deletable": s.writableGroup(name)}
}

// writableGroup reports whether a directory that can be written has the group.
func (s *Server) writableGroup(name string) bool {
	for _, d := range s.Directories {
		if d.Groups[userbase.Fold(name)] != nil && !d.ReadOnly {
			return true
		}
	}
	return false
}
