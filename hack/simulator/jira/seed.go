package jira

import (
	"fmt"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// firstKey is the number in the key of the first user.
const firstKey = 10100

func newKey(number int, _ string) string { return fmt.Sprintf("JIRAUSER%d", number) }

// populate gives a fresh instance its administrator.
func (s *Server) populate() {
	home := s.Home()
	admin := &userbase.Account{
		Name: s.options.AdminName, DisplayName: "Administrator", Email: "admin@example.com",
		Active: true, Password: s.options.AdminPassword,
	}
	home.Insert(admin)
	s.Identity(admin.Name)
	home.Group(AdminGroup).Add(admin)
	home.Group(ApplicationGroup)
}
