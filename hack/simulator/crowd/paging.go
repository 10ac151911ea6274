package crowd

import (
	"net/http"
	"strconv"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// userPage answers with a part of a list of users: their names, or all of
// them with expand=user.
func (s *Server) userPage(c *call, users []*userbase.Account) (answer, error) {
	users, err := page(s, c, users)
	if err != nil {
		return answer{}, err
	}
	list := &userList{Expand: "user", Users: []*userEntity{}}
	for _, u := range users {
		if c.query.Get("expand") == "user" {
			list.Users = append(list.Users, s.userEntity(c, u))
		} else {
			list.Users = append(list.Users, s.userName(c, u))
		}
	}
	return answer{http.StatusOK, list}, nil
}

// groupPage is userPage for groups.
func (s *Server) groupPage(c *call, names []string) (answer, error) {
	names, err := page(s, c, names)
	if err != nil {
		return answer{}, err
	}
	list := &groupList{Expand: "group", Groups: []*groupEntity{}}
	for _, name := range names {
		list.Groups = append(list.Groups, s.groupEntity(c, name, c.query.Get("expand") == "group"))
	}
	return answer{http.StatusOK, list}, nil
}

// page is the part of a list that start-index and max-results ask for. There
// is no total: a caller goes on until there is nothing.
func page[E any](s *Server, c *call, list []E) ([]E, error) {
	start, err := number(c, "start-index", 0)
	if err != nil {
		return nil, err
	}
	results, err := number(c, "max-results", s.options.Unconfirmed.DefaultResults)
	if err != nil {
		return nil, err
	}
	if s.options.MaxResults > 0 {
		results = min(results, s.options.MaxResults)
	}
	start = min(start, len(list))
	end := min(start+results, len(list))
	if s.options.ShortPages && start > 0 {
		end = start + (end-start+1)/2
	}
	return list[start:end], nil
}

// number reads a parameter that counts something.
func number(c *call, parameter string, absent int) (int, error) {
	text := c.query.Get(parameter)
	if text == "" {
		return absent, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 0 {
		return 0, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "%s must be a number of 0 or more", parameter)
	}
	return value, nil
}
