package scimwebhook

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// searchRequest is a query as a client writes it: in the parameters of a GET
// (RFC 7644 section 3.4.2) or in the body of a POST to .search (3.4.3).
type searchRequest struct {
	Attributes         []string `json:"attributes"`
	ExcludedAttributes []string `json:"excludedAttributes"`
	Filter             string   `json:"filter"`
	SortBy             string   `json:"sortBy"`
	SortOrder          string   `json:"sortOrder"`
	StartIndex         *int     `json:"startIndex"`
	Count              *int     `json:"count"`
	// Cursor asks for pages by cursor (RFC 9865), with "" for the first one;
	// nil for pages by index.
	Cursor *string `json:"cursor"`
}

// searchOf reads the parameters of a GET.
func searchOf(parameters url.Values) (searchRequest, error) {
	start, err := integer(parameters, "startIndex")
	if err != nil {
		return searchRequest{}, err
	}
	count, err := integer(parameters, "count")
	if err != nil {
		return searchRequest{}, err
	}
	var cursor *string
	if parameters.Has("cursor") {
		cursor = new(parameters.Get("cursor"))
	}
	return searchRequest{
		Attributes:         names(parameters, "attributes"),
		ExcludedAttributes: names(parameters, "excludedAttributes"),
		Filter:             parameters.Get("filter"),
		SortBy:             parameters.Get("sortBy"),
		SortOrder:          parameters.Get("sortOrder"),
		StartIndex:         start,
		Count:              count,
		Cursor:             cursor,
	}, nil
}

// integer reads a whole number; nil if there is none.
func integer(parameters url.Values, name string) (*int, error) {
	text := strings.TrimSpace(parameters.Get(name))
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, failf(http.StatusBadRequest, schema.InvalidValue, "%s must be a whole number", name)
	}
	return &n, nil
}

// names reads a list of attributes; nil if there is none.
func names(parameters url.Values, name string) []string {
	text := parameters.Get(name)
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// query is what a searchRequest means.
type query struct {
	// filter is nil when everything is wanted.
	filter filter.Expr
	// sortBy is empty when any stable order will do.
	sortBy     string
	descending bool
	page       page
	// cursor is where the page begins, instead of page.start; nil for pages
	// by index.
	cursor *string
}

// query reads the request within the rules for filters.
func (r searchRequest) query(rules filter.Limits) (query, error) {
	q := query{sortBy: strings.TrimSpace(r.SortBy), page: pageOf(r.StartIndex, r.Count), cursor: r.Cursor}
	switch strings.ToLower(r.SortOrder) {
	case "", "ascending":
	case "descending":
		q.descending = true
	default:
		return query{}, failf(http.StatusBadRequest, schema.InvalidValue, "sortOrder must be ascending or descending")
	}
	if r.Filter == "" {
		return q, nil
	}
	expression, err := rules.Parse(r.Filter)
	q.filter = expression
	return q, err
}

// page is the part of a list that a client asks for. Start counts from 1.
type page struct {
	start, count int
}

// pageOf reads startIndex and count as RFC 7644 section 3.4.2.4 wants them:
// what is too small means the least, and a page may be cut short.
func pageOf(start, count *int) page {
	p := page{start: 1, count: defaultCount}
	if start != nil {
		p.start = max(*start, 1)
	}
	if count != nil {
		p.count = min(max(*count, 0), maxCount)
	}
	return p
}

// holds reports whether the n-th of all, counted from 1, is on the page.
func (p page) holds(n int) bool { return n >= p.start && n-p.start < p.count }

// cut gives the part of found that lies on the page.
func cut[T any](found []T, p page) []T {
	from := min(p.start-1, len(found))
	return found[from:min(from+p.count, len(found))]
}
