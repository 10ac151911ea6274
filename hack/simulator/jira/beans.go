package jira

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// userSummary is a user as lists and answers to writes show it.
func (s *Server) userSummary(c *call, u *userbase.Account) map[string]any {
	self := s.baseURL(c) + "/rest/api/2/user?username=" + url.QueryEscape(u.Name)
	return map[string]any{
		"self":         self,
		"key":          s.Identity(u.Name).Key,
		"name":         u.Name,
		"emailAddress": u.Email,
		"displayName":  u.DisplayName,
		"active":       u.Active,
		"timeZone":     "Etc/UTC",
		"avatarUrls":   map[string]string{"48x48": s.baseURL(c) + "/secure/useravatar?size=large"},
	}
}

// userBean is a user in full; groups and applicationRoles have their items
// only if the expand parameter asks for them.
func (s *Server) userBean(c *call, u *userbase.Account) map[string]any {
	expand := strings.Split(c.URL.Query().Get("expand"), ",")
	groups, roles := []any{}, []any{}
	for _, name := range u.Groups() {
		groups = append(groups, map[string]any{"name": name, "self": s.groupSelf(c, name)})
	}
	if u.Belongs(ApplicationGroup) {
		roles = append(roles, map[string]any{"key": ApplicationKey, "name": applicationName})
	}
	bean := s.userSummary(c, u)
	bean["deleted"] = false
	bean["locale"] = "en_US"
	bean["groups"] = expandable(groups, slices.Contains(expand, "groups"))
	bean["applicationRoles"] = expandable(roles, slices.Contains(expand, "applicationRoles"))
	bean["expand"] = "groups,applicationRoles"
	return bean
}

// expandable is a list of which only the size shows until it is expanded.
func expandable(items []any, expanded bool) map[string]any {
	shown := []any{}
	if expanded {
		shown = items
	}
	return map[string]any{"size": len(items), "items": shown}
}

func (s *Server) groupSelf(c *call, name string) string {
	return s.baseURL(c) + "/rest/api/2/group?groupname=" + url.QueryEscape(name)
}

// groupBean is a group; it counts the direct members and lists none.
func (s *Server) groupBean(c *call, name string) map[string]any {
	size := 0
	for _, d := range s.Directories {
		size += d.Groups[userbase.Fold(name)].Size()
	}
	return map[string]any{
		"name": name,
		"self": s.groupSelf(c, name),
		"users": map[string]any{
			"size":        size,
			"items":       []any{},
			"max-results": s.options.MemberPage,
			"start-index": 0,
			"end-index":   0,
		},
		"expand": "users",
	}
}

// applicationName is the application's name for people.
const applicationName = "Jira Software"

// applicationRoles is GET applicationrole.
func (s *Server) applicationRoles(*call) (answer, error) {
	used, remaining := s.seatsUsed(), -1
	if s.options.Seats > 0 {
		remaining = max(0, s.options.Seats-used)
	}
	return answer{http.StatusOK, []any{map[string]any{
		"key":               ApplicationKey,
		"name":              applicationName,
		"groups":            []string{ApplicationGroup},
		"defaultGroups":     []string{ApplicationGroup},
		"selectedByDefault": s.options.Unconfirmed.DefaultAccess,
		"defined":           true,
		"platform":          false,
		"numberOfSeats":     seatsOrUnlimited(s.options.Seats),
		"remainingSeats":    remaining,
		"hasUnlimitedSeats": s.options.Seats == 0,
		"userCount":         used,
	}}}, nil
}

// seatsOrUnlimited is -1 where the licence has no limit.
func seatsOrUnlimited(seats int) int {
	if seats == 0 {
		return -1
	}
	return seats
}
