package bitbucket

import (
	"net/http"
)

// applicationProperties is GET application-properties.
func (s *Server) applicationProperties(*call) (answer, error) {
	return answer{http.StatusOK, map[string]any{
		"version": s.options.Version, "buildNumber": "9004000", "buildDate": "1725000000000", "displayName": "Bitbucket",
	}}, nil
}

// userDirectories is GET admin/user-directories: a list without ids, in no
// order that means anything.
func (s *Server) userDirectories(c *call) (answer, error) {
	list := []any{}
	for _, d := range s.Directories {
		list = append(list, s.directoryBean(d.Name, true))
	}
	if c.URL.Query().Get("includeInactive") == "true" {
		for _, name := range s.options.InactiveDirectories {
			list = append(list, s.directoryBean(name, false))
		}
	}
	return answer{http.StatusOK, list}, nil
}

func (s *Server) directoryBean(name string, active bool) any {
	property := "isActive"
	if s.options.Unconfirmed.DocumentedDirectories {
		property = "active"
	}
	return map[string]any{"name": name, "type": "Crowd", "description": "", property: active}
}

// license is GET admin/license.
func (s *Server) license(*call) (answer, error) {
	return answer{http.StatusOK, map[string]any{
		"maximumNumberOfUsers": s.options.Seats, "unlimitedNumberOfUsers": s.options.Seats == 0,
		"status": map[string]any{"currentNumberOfUsers": s.seatsUsed()},
	}}, nil
}

// seatsUsed counts the active users that have the permission to use Bitbucket.
func (s *Server) seatsUsed() int {
	used := 0
	for _, u := range s.Accounts() {
		if u.Active && rankOf(u) >= licensed {
			used++
		}
	}
	return used
}

// seatsLeft reports whether so many more users may use Bitbucket.
func (s *Server) seatsLeft(more int) bool {
	return s.options.Seats == 0 || s.seatsUsed()+more <= s.options.Seats
}
