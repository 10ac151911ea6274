package scimwebhook

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"slices"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// search is a query over one or several kinds of resources.
type search struct {
	query   query
	scope   store.Scope
	targets []target
}

// answerSearch serves a query however it was sent.
func (s *Server) answerSearch(w http.ResponseWriter, r *http.Request, request searchRequest, kinds ...searchable) error {
	q, err := request.query(callOf(r.Context()).filters())
	if err != nil {
		return err
	}
	targets, err := targetsOf(q, kinds)
	if err != nil {
		return err
	}
	for i := range targets {
		targets[i].view = newView(s.baseURL(r), targets[i].kind(), request.Attributes, request.ExcludedAttributes)
		targets[i].needs.base = targets[i].view.base
	}
	message, err := search{query: q, scope: scope(r), targets: targets}.run(r.Context())
	if err != nil {
		return err
	}
	respond(w, http.StatusOK, message)
	return nil
}

func (s search) run(ctx context.Context) (listMessage, error) {
	switch {
	case s.query.cursor != nil:
		return s.walk(ctx)
	case s.query.filter == nil && s.query.sortBy == "":
		return s.everything(ctx)
	default:
		return s.choose(ctx)
	}
}

// choose finds what is on the page, and counts what is not.
func (s search) choose(ctx context.Context) (listMessage, error) {
	var found []hit
	total := 0
	for h, err := range s.hits(ctx, place{}) {
		if err != nil {
			return listMessage{}, err
		}
		total++
		if s.query.sortBy != "" || s.query.page.holds(total) {
			found = append(found, h)
		}
	}
	if s.query.sortBy != "" {
		slices.SortFunc(found, s.query.compare)
		found = cut(found, s.query.page)
	}
	resources, err := s.show(ctx, found)
	return newList(resources, total, s.query.page.start), err
}

// everything pages through all resources, one kind after the other. It looks
// at no resource that is not on the page.
func (s search) everything(ctx context.Context) (listMessage, error) {
	resources := []map[string]any{}
	total, room := 0, s.query.page.count
	for _, t := range s.targets {
		offset := max(s.query.page.start-1-total, 0)
		found, n, err := t.list(ctx, s.scope, offset, room)
		if err != nil {
			return listMessage{}, err
		}
		total += n
		room -= min(max(n-offset, 0), room) // one that went meanwhile leaves a gap
		for _, obj := range found {
			doc, err := t.render(ctx, s.scope, obj, t.view)
			if err != nil {
				return listMessage{}, err
			}
			resources = append(resources, doc)
		}
	}
	return newList(resources, total, s.query.page.start), nil
}

// hit is a resource that was found, by what is needed to sort it and to read
// it again: there may be very many.
type hit struct {
	place

	id  string
	key sortKey
}

// place is where a resource stands while nobody sorts: by kind, then by age.
type place struct {
	Target int            `json:"t"`
	At     store.Position `json:"a"`
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.Target, other.Target), p.At.Compare(other.At))
}

// hits finds what satisfies the filter behind a place, in the order of places.
func (s search) hits(ctx context.Context, from place) iter.Seq2[hit, error] {
	return func(yield func(hit, error) bool) {
		for i := from.Target; i < len(s.targets); i++ {
			t, start := s.targets[i], store.Position{}
			if i == from.Target {
				start = from.At
			}
			for obj, err := range t.candidates(ctx, s.scope, start) {
				h, ok, err := t.examine(ctx, s.scope, obj, err)
				h.Target = i
				if (ok || err != nil) && (!yield(h, err) || err != nil) {
					return
				}
			}
		}
	}
}

// show reads and renders what was found; what is gone meanwhile is left out.
func (s search) show(ctx context.Context, found []hit) ([]map[string]any, error) {
	resources := make([]map[string]any, 0, len(found))
	for _, h := range found {
		t := s.targets[h.Target]
		obj, err := t.get(ctx, s.scope, h.id)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		doc, err := t.render(ctx, s.scope, obj, t.view)
		if err != nil {
			return nil, err
		}
		resources = append(resources, doc)
	}
	return resources, nil
}
