package confluence

import (
	"net/url"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// person is an account as Confluence shows it: without its e-mail address,
// and with its status only if the expand parameter asks for it.
func (s *Server) person(c *call) func(*userbase.Account) any {
	expanded := slices.Contains(strings.Split(c.URL.Query().Get("expand"), ","), "status")
	return func(u *userbase.Account) any {
		key := s.Identity(u.Name).Key
		bean := map[string]any{
			"type":           "known",
			"username":       u.Name,
			"userKey":        key,
			"profilePicture": map[string]any{"path": "/images/icons/profilepics/default.svg", "width": 48, "height": 48, "isDefault": true},
			"displayName":    u.DisplayName,
			"_links":         map[string]string{"self": s.baseURL(c) + "/rest/api/user?key=" + key},
			"_expandable":    map[string]string{"status": ""},
		}
		if expanded {
			bean["_expandable"] = map[string]string{}
			if !u.Active {
				bean["status"] = s.options.Unconfirmed.InactiveStatus
			} else if !s.options.Unconfirmed.NoStatus {
				bean["status"] = s.options.Unconfirmed.ActiveStatus
			}
		}
		return bean
	}
}

// formerPerson is what is left of an account that was deleted.
func formerPerson(key string) any {
	return map[string]any{"type": "unknown", "userKey": key, "displayName": "Unknown User (" + key + ")"}
}

// anonymousPerson is whoever has not signed in.
func anonymousPerson() any {
	return map[string]any{"type": "anonymous", "displayName": "Anonymous"}
}

func (s *Server) group(c *call) func(string) any {
	return func(name string) any {
		return map[string]any{
			"type": "group", "name": name,
			"_links": map[string]string{"self": s.baseURL(c) + "/rest/api/group/" + url.PathEscape(name)},
		}
	}
}
