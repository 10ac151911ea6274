package confluence

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// number reads a parameter that is a whole number of at least 0.
func number(query url.Values, name string, otherwise int) (int, error) {
	if !query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 0 {
		return 0, refuse(http.StatusBadRequest, "%s must be a number of at least 0, not %s", name, query.Get(name))
	}
	return n, nil
}

// page cuts out of a listing what start and limit ask for, and no more than
// the instance's limit, whatever was asked for. Only the link tells whether
// there is more.
func page[T any](s *Server, c *call, items []T, show func(T) any) (answer, error) {
	query := c.URL.Query()
	start, err := number(query, "start", 0)
	if err != nil {
		return answer{}, err
	}
	limit, err := number(query, "limit", s.options.PageSize)
	if err != nil {
		return answer{}, err
	}
	limit = min(limit, s.options.PageSize)
	from := min(start, len(items))
	until := min(from+limit, len(items))
	results := []any{}
	for _, item := range items[from:until] {
		results = append(results, show(item))
	}
	links := map[string]string{
		"base": s.baseURL(c), "context": s.options.ContextPath, "self": s.baseURL(c) + s.at(c, start, limit),
	}
	if until < len(items) && limit > 0 {
		links["next"] = s.at(c, until, limit)
	}
	if start > 0 {
		links["prev"] = s.at(c, max(0, start-limit), limit)
	}
	return answer{http.StatusOK, map[string]any{
		"results": results, "start": start, "limit": limit, "size": len(results), "_links": links,
	}}, nil
}

// at is the address of another part of the listing, below the base.
func (s *Server) at(c *call, start, limit int) string {
	query := c.URL.Query()
	query.Set("start", strconv.Itoa(start))
	query.Set("limit", strconv.Itoa(limit))
	return strings.TrimPrefix(c.URL.EscapedPath(), s.options.ContextPath) + "?" + query.Encode()
}
