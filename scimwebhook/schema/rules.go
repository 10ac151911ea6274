package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Rules say how the documents of clients are read.
type Rules struct {
	// Members is how many members of groups one request may name.
	Members int
	// Strict refuses what the RFCs do not allow, instead of making sense of it:
	// values of another type or form, unknown attributes, and documents that
	// do not name their schema.
	Strict bool
}

// DefaultRules are what a server without settings reads by.
var DefaultRules = Rules{Members: 100_000}

// TooManyMembers is the error for a request that names more members.
func (rules Rules) TooManyMembers() error {
	return &Error{ScimType: TooMany, Path: MembersName,
		Detail: fmt.Sprintf("the request names more than %d members: send them in several requests", rules.Members)}
}

// checkSchemas refuses a document that does not name its schema (RFC 7643
// section 3). OneLogin sends that of SCIM 1.1, others none.
func (rules Rules) checkSchemas(r *Resource, doc map[string]any) error {
	for key, value := range doc {
		list, _ := value.([]any)
		if strings.EqualFold(key, "schemas") && slices.Contains(list, any(r.Core.ID)) {
			return nil
		}
	}
	return &Error{ScimType: InvalidSyntax, Path: "schemas", Detail: "schemas must name " + r.Core.ID}
}

// Normalize reads a document by DefaultRules: see Rules.Normalize.
func (r *Resource) Normalize(doc map[string]any) (map[string]any, []Dropped, error) {
	return DefaultRules.Normalize(r, doc)
}
