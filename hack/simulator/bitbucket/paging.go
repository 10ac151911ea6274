package bitbucket

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// defaultLimit is the size of a page if none is asked for.
const defaultLimit = 25

// rowsPerEntry makes positions count rows that are not shown as well, as
// Bitbucket's do where it leaves entries out: the second row of each entry
// stands for one that the caller may not see. Who counts on from what came,
// or from what was asked for, gets entries twice.
const rowsPerEntry = 2

// page answers a part of a list (the vendor's "paged APIs").
func page[T any](s *Server, query url.Values, entries []T, show func(T) any) (answer, error) {
	start, err := number(query, "start", 0)
	if err != nil {
		return answer{}, err
	}
	limit, err := number(query, "limit", defaultLimit)
	if err != nil {
		return answer{}, err
	}
	limit = max(1, min(limit, s.options.PageLimit))
	from := min((start+rowsPerEntry-1)/rowsPerEntry, len(entries))
	to := min(from+limit, len(entries))
	values := make([]any, 0, to-from)
	for _, entry := range entries[from:to] {
		values = append(values, show(entry))
	}
	read := map[string]any{
		"size": len(values), "limit": limit, "start": start, "values": values,
		"isLastPage": to == len(entries), "nextPageStart": nil,
	}
	if to < len(entries) {
		read["nextPageStart"] = to * rowsPerEntry
	}
	return answer{http.StatusOK, read}, nil
}

// number reads a parameter that is a whole number of at least 0.
func number(query url.Values, name string, otherwise int) (int, error) {
	if !query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 0 {
		return 0, malformed(name, "'%s' is not a number of at least 0.", query.Get(name))
	}
	return n, nil
}

// passes reports whether the query's filter occurs in one of the texts.
func (s *Server) passes(query url.Values, texts ...string) bool {
	filter := query.Get("filter")
	for _, text := range texts {
		if !s.options.Unconfirmed.CaseSensitiveFilter {
			text, filter = strings.ToLower(text), strings.ToLower(filter)
		}
		if strings.Contains(text, filter) {
			return true
		}
	}
	return false
}
