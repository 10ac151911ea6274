package scimwebhook

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// etag is the entity tag of a resource (RFC 7644 section 3.14). It is weak,
// because it covers what the resource itself holds: not the groups that a
// user is in, nor the names of a group's members.
func etag(obj object) string { return `W/"` + store.Version(obj) + `"` }

// conditions are those that a client sets for a request (RFC 9110 section 13.1).
type conditions struct {
	ifMatch, ifNoneMatch tags
}

func conditionsOf(header http.Header) conditions {
	return conditions{tagsOf(header.Values("If-Match")), tagsOf(header.Values("If-None-Match"))}
}

// match reports whether a resource is at a version that the client expects.
func (c conditions) match(version string) bool {
	return c.ifMatch == nil || c.ifMatch.name(version)
}

// unchanged reports whether the client has this version already.
func (c conditions) unchanged(version string) bool {
	return c.ifNoneMatch != nil && c.ifNoneMatch.name(version)
}

// conditional is the context of a change: it may only be made to a version
// that the client's conditions let through.
func conditional(r *http.Request) context.Context {
	c := conditionsOf(r.Header)
	if c.ifMatch == nil && c.ifNoneMatch == nil {
		return r.Context() // nobody needs to find out the version
	}
	return store.WithCondition(r.Context(), func(version string) bool {
		return c.match(version) && !c.unchanged(version)
	})
}

// tags are the versions in a condition, without what is around them; nil is
// no condition at all.
type tags []string

// anyVersion is the tag that stands for whatever there is.
const anyVersion = "*"

func tagsOf(values []string) tags {
	var all tags
	for _, value := range values {
		for tag := range strings.SplitSeq(value, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			all = append(all, strings.Trim(tag, `"`))
		}
	}
	return all
}

// name compares weakly, as all our tags are weak.
func (t tags) name(version string) bool {
	return slices.Contains(t, anyVersion) || slices.Contains(t, version)
}
