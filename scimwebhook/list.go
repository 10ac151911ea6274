package scimwebhook

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// listMessage is the answer to a query (RFC 7644 section 3.4.2).
type listMessage struct {
	Schemas      []string         `json:"schemas"`
	TotalResults int              `json:"totalResults"`
	StartIndex   int              `json:"startIndex"`
	ItemsPerPage int              `json:"itemsPerPage"`
	Resources    []map[string]any `json:"Resources"`
}

func newList(resources []map[string]any, total, startIndex int) listMessage {
	return listMessage{
		Schemas:      []string{schema.URNListResponse},
		TotalResults: total,
		StartIndex:   startIndex,
		ItemsPerPage: len(resources),
		Resources:    resources,
	}
}

// page is the part of a list that a client asks for. Start counts from 1.
type page struct {
	start, count int
}

// pageOf reads startIndex and count as RFC 7644 section 3.4.2.4 wants them:
// what is too small means the least, and a page may be cut short.
func pageOf(query url.Values) (page, error) {
	start, err := integer(query, "startIndex", 1)
	if err != nil {
		return page{}, err
	}
	count, err := integer(query, "count", defaultCount)
	if err != nil {
		return page{}, err
	}
	return page{start: max(start, 1), count: min(max(count, 0), maxCount)}, nil
}

func integer(query url.Values, name string, fallback int) (int, error) {
	text := strings.TrimSpace(query.Get(name))
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, failf(http.StatusBadRequest, schema.InvalidValue, "%s must be a whole number", name)
	}
	return n, nil
}

// cut gives the part of found that lies on the page.
func cut[T any](found []T, p page) []T {
	from := min(p.start-1, len(found))
	return found[from:min(from+p.count, len(found))]
}

// finder answers a filter "attribute eq value".
type finder[T any] struct {
	attribute string
	find      func(ctx context.Context, s store.Scope, value string) ([]T, error)
}

type finders[T any] []finder[T]

// forFilter chooses the finder that a filter asks for, and the value for it.
func (all finders[T]) forFilter(text string, resource *schema.Resource, rules filter.Limits) (finder[T], string, error) {
	expression, err := rules.Parse(text)
	if err != nil {
		return finder[T]{}, "", err
	}
	comparison, ok := expression.(filter.Comparison)
	if !ok || comparison.Op != filter.Equal {
		return finder[T]{}, "", all.unsupported()
	}
	value, ok := comparison.Text()
	ref, known := resource.Resolve(comparison.Path.String())
	if !ok || !known {
		return finder[T]{}, "", all.unsupported()
	}
	for _, f := range all {
		if f.attribute == ref.String() {
			return f, value, nil
		}
	}
	return finder[T]{}, "", all.unsupported()
}

func (all finders[T]) unsupported() *failure {
	var examples []string
	for _, f := range all {
		examples = append(examples, f.attribute+` eq "…"`)
	}
	return failf(http.StatusBadRequest, schema.InvalidFilter, "this filter is not supported: use one of %s", strings.Join(examples, ", "))
}
