package schema

import "fmt"

// Rules say how the documents of clients are read.
type Rules struct {
	// Members is how many members of groups one request may name.
	Members int
}

// DefaultRules are what a server without settings reads by.
var DefaultRules = Rules{Members: 100_000}

// TooManyMembers is the error for a request that names more members.
func (r Rules) TooManyMembers() error {
	return &Error{ScimType: TooMany, Path: MembersName,
		Detail: fmt.Sprintf("the request names more than %d members: send them in several requests", r.Members)}
}

// Normalize reads a document by DefaultRules: see Rules.Normalize.
func (r *Resource) Normalize(doc map[string]any) (map[string]any, []Dropped, error) {
	return DefaultRules.Normalize(r, doc)
}
