package scimwebhook

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// cursor marks where a page ended (RFC 9865). It holds the place of the last
// resource and not its number, so that none is skipped or shown twice when
// others come and go; the last one itself may be gone as well.
type cursor struct {
	// Query is the fingerprint of the query that the cursor belongs to.
	Query string  `json:"q"`
	Place place   `json:"p"`
	Key   sortKey `json:"k"`
}

// fingerprint tells queries apart, so that a cursor is not used with another.
func (s search) fingerprint() string {
	parts := []string{s.query.sortBy}
	if s.query.descending {
		parts = append(parts, "descending")
	}
	if s.query.filter != nil {
		parts = append(parts, s.query.filter.String())
	}
	for _, t := range s.targets {
		parts = append(parts, t.kind().Name)
	}
	digest := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(digest[:8])
}

// last is the hit that the client's cursor stands for; for the beginning
// that is nil.
func (s search) last() (*hit, error) {
	if *s.query.cursor == "" {
		return nil, nil
	}
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(*s.query.cursor)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.Query != s.fingerprint() || c.Place.Target < 0 || c.Place.Target >= len(s.targets) {
		return nil, failf(http.StatusBadRequest, schema.InvalidCursor,
			"the cursor does not belong to this query: begin anew with an empty cursor, and keep filter and sort as they are")
	}
	return &hit{place: c.Place, key: c.Key}, nil
}

// next is the cursor behind a hit.
func (s search) next(h hit) string {
	raw, _ := json.Marshal(cursor{Query: s.fingerprint(), Place: h.place, Key: h.key}) // texts and numbers always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}

// walk gives the page behind the cursor.
func (s search) walk(ctx context.Context) (listMessage, error) {
	last, err := s.last()
	if err != nil {
		return listMessage{}, err
	}
	following := s.following
	if s.query.sortBy != "" {
		following = s.followingSorted
	}
	found, err := following(ctx, last)
	if err != nil {
		return listMessage{}, err
	}
	page := found[:min(len(found), s.query.page.count)]
	resources, err := s.show(ctx, page)
	if err != nil {
		return listMessage{}, err
	}
	message := newList(resources, 0, 0)
	if len(page) > 0 && len(page) < len(found) {
		message.NextCursor = s.next(page[len(page)-1])
	}
	message.TotalResults, err = s.count(ctx)
	return message, err
}

// following finds what is behind the last hit: at least one more than fits on
// the page, if there is one.
func (s search) following(ctx context.Context, last *hit) ([]hit, error) {
	from := place{}
	if last != nil {
		from = last.place
	}
	var found []hit
	for h, err := range s.hits(ctx, from) {
		if err != nil {
			return nil, err
		}
		if found = append(found, h); len(found) > s.query.page.count {
			break
		}
	}
	return found, nil
}

// followingSorted does the same in the order that the query asks for.
func (s search) followingSorted(ctx context.Context, last *hit) ([]hit, error) {
	var found []hit
	for h, err := range s.hits(ctx, place{}) {
		if err != nil {
			return nil, err
		}
		if last == nil || s.query.compare(h, *last) > 0 {
			found = append(found, h)
		}
	}
	slices.SortFunc(found, s.query.compare)
	return found, nil
}

// count is the number of all results, or nil if a filter would have to look
// at everything to know it: RFC 9865 leaves that to us.
func (s search) count(ctx context.Context) (*int, error) {
	if s.query.filter != nil {
		return nil, nil
	}
	total := 0
	for _, t := range s.targets {
		_, n, err := t.list(ctx, s.scope, 0, 0)
		if err != nil {
			return nil, err
		}
		total += n
	}
	return &total, nil
}
