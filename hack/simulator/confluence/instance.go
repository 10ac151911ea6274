package confluence

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// newKey makes a user key, which looks like those of Confluence's database.
func newKey(number int, _ string) string { return fmt.Sprintf("4028d6768851c8900188%012x", number) }

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
	home.Group(UsersGroup).Add(admin)
}

// atLeast reports whether this instance is of that version or a later one.
func (s *Server) atLeast(major, minor int) bool {
	var numbers []int
	for part := range strings.SplitSeq(s.options.Version, ".") {
		n, _ := strconv.Atoi(part)
		numbers = append(numbers, n)
	}
	return slices.CompareFunc(numbers, []int{major, minor}, cmp.Compare[int]) >= 0
}

// baseURL is the instance's address as the caller sees it.
func (s *Server) baseURL(c *call) string {
	scheme := "http://"
	if c.TLS != nil {
		scheme = "https://"
	}
	return scheme + c.Host + s.options.ContextPath
}

// serverInformation is GET server-information.
func (s *Server) serverInformation(c *call) (answer, error) {
	return answer{http.StatusOK, map[string]any{
		"baseUrl": s.baseURL(c), "version": s.options.Version, "buildNumber": 9500, "buildDate": "2025-08-01",
	}}, nil
}

// manifest is GET applinks/1.0/manifest, which tells other Atlassian products
// what this one is.
func (s *Server) manifest(c *call) (answer, error) {
	return answer{http.StatusOK, map[string]any{
		"name": "Confluence", "typeId": "confluence", "version": s.options.Version, "buildNumber": 9500,
		"url": s.baseURL(c), "publicSignup": false,
	}}, nil
}
