package jira

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// number reads a parameter that is a whole number of at least 0.
func number(query url.Values, name string, otherwise int) (int, error) {
	if !query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 0 {
		return 0, refuse(http.StatusBadRequest, "The parameter %s must be a number of at least 0, not '%s'.", name, query.Get(name))
	}
	return n, nil
}

// window cuts out of items what startAt and maxResults ask for, at most limit.
func window(query url.Values, items []*userbase.Account, preset, limit int) (part []*userbase.Account, startAt, maxResults int, err error) {
	if startAt, err = number(query, "startAt", 0); err != nil {
		return nil, 0, 0, err
	}
	if maxResults, err = number(query, "maxResults", preset); err != nil {
		return nil, 0, 0, err
	}
	maxResults = min(maxResults, limit)
	from := min(startAt, len(items))
	return items[from:min(from+maxResults, len(items))], startAt, maxResults, nil
}

// summaries shows users as lists do.
func (s *Server) summaries(c *call, users []*userbase.Account) []any {
	shown := make([]any, 0, len(users))
	for _, u := range users {
		shown = append(shown, s.userSummary(c, u))
	}
	return shown
}

// at is the address of the request with parameters changed.
func (s *Server) at(c *call, change map[string]int) string {
	query := c.URL.Query()
	for name, value := range change {
		query.Set(name, strconv.Itoa(value))
	}
	return origin(c) + c.URL.Path + "?" + query.Encode()
}

// offsetPage is a page that is found by counting. It never holds more than
// the instance's cap, whatever was asked for.
func (s *Server) offsetPage(c *call, users []*userbase.Account) (answer, error) {
	limit := s.options.MemberPage
	part, startAt, maxResults, err := window(c.URL.Query(), users, limit, limit)
	if err != nil {
		return answer{}, err
	}
	next := startAt + len(part)
	page := map[string]any{
		"self":       s.at(c, map[string]int{"startAt": startAt, "maxResults": maxResults}),
		"maxResults": maxResults,
		"startAt":    startAt,
		"total":      len(users),
		"isLast":     next >= len(users),
		"values":     s.summaries(c, part),
	}
	if next < len(users) {
		page["nextPage"] = s.at(c, map[string]int{"startAt": next, "maxResults": maxResults})
	}
	return answer{http.StatusOK, page}, nil
}

// listUsers is GET user/list: a stream in no order that means anything, in
// which nobody appears twice whatever happens between the pages. A cursor
// that was never given out is no error.
func (s *Server) listUsers(c *call) (answer, error) {
	query := c.URL.Query()
	after, err := number(query, "cursor", -1)
	if err != nil {
		after = math.MaxInt
	}
	limit, err := number(query, "maxResults", s.options.UserListPage)
	if err != nil {
		limit = s.options.UserListPage
	}
	limit = max(1, min(limit, s.options.UserListPage))
	users := s.streamAfter(after)
	part := users[:min(limit, len(users))]
	page := map[string]any{
		"self":       s.at(c, map[string]int{"maxResults": limit}),
		"maxResults": limit,
		"isLast":     len(part) == len(users),
		"values":     s.summaries(c, part),
	}
	if len(part) < len(users) {
		cursor := s.position(part[len(part)-1])
		page["nextCursor"] = strconv.Itoa(cursor)
		page["nextPage"] = s.at(c, map[string]int{"cursor": cursor, "maxResults": limit})
	}
	return answer{http.StatusOK, page}, nil
}

// streamAfter lists the users whose position is beyond a cursor.
func (s *Server) streamAfter(cursor int) []*userbase.Account {
	stream := s.Listing("stream", func() []*userbase.Account {
		return slices.SortedFunc(s.EachAccount(), func(a, b *userbase.Account) int { return cmp.Compare(s.position(a), s.position(b)) })
	})
	next, exact := slices.BinarySearchFunc(stream, cursor, func(u *userbase.Account, position int) int {
		return cmp.Compare(s.position(u), position)
	})
	if exact {
		next++
	}
	return stream[next:]
}

// position is a user's place in the stream: fixed for life, unique, and in no
// order, since multiplying by an odd number shuffles the numbers below 2^32.
func (s *Server) position(u *userbase.Account) int {
	return int(uint32(s.Identity(u.Name).Number) * 2654435761)
}
