package scimwebhook

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// sortKey is what a resource is sorted by (RFC 7644 section 3.4.2.3).
type sortKey struct {
	// Missing is true for a resource without a value, which comes last.
	Missing bool   `json:"m"`
	Text    string `json:"t"`
}

func (k sortKey) compare(other sortKey) int {
	switch {
	case k.Missing && other.Missing:
		return 0
	case k.Missing:
		return 1
	case other.Missing:
		return -1
	default:
		return cmp.Compare(k.Text, other.Text)
	}
}

// compare puts hits in the order that the query asks for. Descending is the
// reverse, so that what has no value comes first there. Those that are equal
// keep the order of their places.
func (q query) compare(a, b hit) int {
	order := a.key.compare(b.key)
	if q.descending {
		order = -order
	}
	return cmp.Or(order, a.compare(b.place))
}

// sorter reads the sort keys of one kind of resource.
type sorter struct {
	// ref has no attribute if this kind of resource does not have it.
	ref schema.Ref
}

// sortBy prepares the target for a sort; by nothing is none.
func (t *target) sortBy(path string, others []*schema.Resource) error {
	if path == "" {
		return nil
	}
	ref, known := t.kind().Resolve(path)
	elsewhere := slices.ContainsFunc(others, func(other *schema.Resource) bool {
		_, known := other.Resolve(path)
		return known
	})
	if !known && !elsewhere {
		return failf(http.StatusBadRequest, schema.InvalidValue, "sortBy names no attribute that is known: /Schemas lists them")
	}
	if known && ref.Attr != nil && ref.Sub == nil && ref.Attr.Type == schema.TypeComplex {
		ref.Sub = ref.Attr.SubAttributes.Find("value")
	}
	if known && (ref.Attr == nil || ref.Target().Type == schema.TypeComplex) {
		return failf(http.StatusBadRequest, schema.InvalidValue, "%s has several parts: sort by one of its sub-attributes", ref)
	}
	t.key = &sorter{ref: ref}
	t.need(path)
	return nil
}

// of is the sort key of a document: without a sorter all are the same.
func (s *sorter) of(doc map[string]any) sortKey {
	if s == nil || s.ref.Attr == nil {
		return sortKey{Missing: true}
	}
	if s.ref.Extension != "" {
		doc, _ = doc[s.ref.Extension].(map[string]any)
	}
	value := doc[s.ref.Attr.Name]
	if list, ok := value.([]any); ok {
		value = preferred(list)
	}
	if entry, ok := value.(map[string]any); ok && s.ref.Sub != nil {
		value = entry[s.ref.Sub.Name]
	}
	switch value := value.(type) {
	case string:
		if !s.ref.Target().CaseExact {
			value = strings.ToLower(value)
		}
		return sortKey{Text: value}
	case bool:
		return sortKey{Text: strconv.FormatBool(value)}
	default:
		return sortKey{Missing: true}
	}
}

// preferred is the entry that a multi-valued attribute is sorted by: the
// primary one, or the first.
func preferred(list []any) any {
	for _, element := range list {
		if entry, ok := element.(map[string]any); ok && entry["primary"] == true {
			return entry
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
