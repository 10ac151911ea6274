package store

import (
	"cmp"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// What follows decides about pages of members, and does nothing: a page is
// the members of a group object or of a MembershipSlice.

// pageSize is how many members the store puts on a page. An API server takes
// four times as long to write a page of v1alpha1.MaxMembers as a small object,
// but hardly longer to write one of this size.
const pageSize = v1alpha1.MaxMembers / 4

// reusable is the most members that a closed page may have to be opened
// again. It is half of what fits, so that opening it, which costs two writes,
// is worth at least as many additions as would fill the other half.
const reusable = pageSize / 2

// without gives the members but for ids, and those of ids that were there.
func without(members []string, ids map[string]bool) (rest, gone []string) {
	for _, id := range members {
		if ids[id] {
			gone = append(gone, id)
		} else {
			rest = append(rest, id)
		}
	}
	return rest, gone
}

// fill gives a page with as many of ids as it has room for, and the others.
func fill(members, ids []string) (next, left []string) {
	n := min(len(ids), max(0, pageSize-len(members)))
	return slices.Concat(members, ids[:n]), ids[n:]
}

// reopen chooses the page to open instead of a new one: the fullest of those
// that are worth it, or nil.
func reopen(pages []*v1alpha1.MembershipSlice, full string) *v1alpha1.MembershipSlice {
	var best *v1alpha1.MembershipSlice
	for _, page := range pages {
		size := len(page.Spec.Members)
		if page.Name != full && size <= reusable && (best == nil || size > len(best.Spec.Members)) {
			best = page
		}
	}
	return best
}

// replacement is what has to be done to turn the members of all pages into
// other ones.
type replacement struct {
	// remove are the ids to take out of each page, by its place.
	remove []map[string]bool
	// add are the ids that are in no page.
	add []string
}

// replaceAll compares the members wanted with those in pages. One that is in
// two pages, which only happens by hand, stays in the first.
func replaceAll(want []string, pages [][]string) replacement {
	wanted := setOf(want)
	present := make(map[string]bool, len(want))
	r := replacement{remove: make([]map[string]bool, len(pages))}
	for i, page := range pages {
		r.remove[i] = map[string]bool{}
		for _, id := range page {
			if !wanted[id] || present[id] {
				r.remove[i][id] = true
				continue
			}
			present[id] = true
		}
	}
	for _, id := range want {
		if !present[id] {
			present[id] = true
			r.add = append(r.add, id)
		}
	}
	return r
}

// touched counts the pages that a replacement writes. Open is the place of
// the page that takes additions, and room what fits into it.
func (r replacement) touched(open, room int) int {
	n := 0
	for i, ids := range r.remove {
		if len(ids) > 0 || i == open && len(r.add) > 0 {
			n++
		}
	}
	if len(r.add) > room {
		n++ // at least one further page
	}
	return n
}

// allMembers are the members of all pages, the group's own first, then those
// of the slices by name, which is the order in which these were made.
func allMembers(first []string, pages []*v1alpha1.MembershipSlice) []string {
	if len(pages) == 0 {
		return first
	}
	total := len(first)
	for _, page := range pages {
		total += len(page.Spec.Members)
	}
	all, seen := make([]string, 0, total), make(map[string]bool, total)
	add := func(ids []string) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	add(first)
	for _, page := range slices.SortedFunc(slices.Values(pages), byName) {
		add(page.Spec.Members)
	}
	return all
}

func byName(a, b *v1alpha1.MembershipSlice) int { return cmp.Compare(a.Name, b.Name) }

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}
