// Package patch reads and applies the operations of a SCIM PATCH (RFC 7644
// section 3.5.2), in every form that identity providers send.
//
// Parse checks all operations before anything is changed. The Program it
// gives is a pure function on documents, so that a caller can apply it again
// to a fresh document after a write conflict.
package patch

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// Rules say how operations are read.
type Rules struct {
	// Operations is how many operations one request may hold.
	Operations int
	// Paths are the rules for paths, Values those for values.
	Paths  filter.Limits
	Values schema.Rules
}

// DefaultRules are what a server without settings reads by. Okta sends one
// operation for each member that leaves a group, authentik for each that
// changes.
var DefaultRules = Rules{Operations: 5000, Paths: filter.DefaultLimits, Values: schema.DefaultRules}

// Operation is one element of "Operations" in a PatchOp message.
type Operation struct {
	Op   string `json:"op"`
	Path string `json:"path"`
	// Value is nil if there is none, which is not the same as null.
	Value json.RawMessage `json:"value"`
}

// Program is a sequence of operations, checked and ready to be applied.
type Program struct {
	// Members is what the operations do to the members of a group. Apply
	// leaves it to the caller, who holds the members elsewhere.
	Members MemberChange
	// Dropped names the attributes that are not known and were left out.
	Dropped []schema.Dropped

	edits []edit
}

// Parse reads operations by DefaultRules: see Rules.Parse.
func Parse(operations []Operation, resource *schema.Resource) (Program, error) {
	return DefaultRules.Parse(operations, resource)
}

// Parse checks the operations on a resource. It takes beyond RFC 7644:
//
//   - op in any letter case;
//   - operations without path whose value has dotted keys (name.givenName),
//     keys with the URN of a schema, and keys with a value filter;
//   - values in the forms that schema.Rules.Coerce takes; null, "" and [] in a
//     replace mean remove, and in an add nothing;
//   - remove with a value on a multi-valued attribute: only those entries go;
//   - a value filter that matches nothing: the entry is made.
//
// Read-only attributes and the password are ignored, and so is the removal
// of "active", because without it the user would be active. Unknown
// attributes are ignored and named in Program.Dropped. Rules whose values are
// strict take none of this, and refuse what is ignored otherwise, the password
// apart. An error is a *schema.Error.
func (r Rules) Parse(operations []Operation, resource *schema.Resource) (Program, error) {
	if len(operations) > r.Operations {
		return Program{}, fail(schema.TooMany, "", "%d operations were sent; at most %d are accepted in one request",
			len(operations), r.Operations)
	}
	if r.Values.Strict && len(operations) == 0 {
		return Program{}, fail(schema.InvalidSyntax, "", "Operations must hold at least one operation")
	}
	p := parser{rules: r, resource: resource, dropped: map[schema.Dropped]bool{}}
	for i, operation := range operations {
		if err := p.operation(operation); err != nil {
			return Program{}, atOperation(i, operation, err)
		}
	}
	return Program{
		Members: p.members.change(),
		Dropped: slices.Sorted(maps.Keys(p.dropped)),
		edits:   p.edits,
	}, nil
}

// parseVerb reads the name of an operation, unless it is strict in any letter
// case: Entra ID capitalises it.
func parseVerb(op string, strict bool) (verb, error) {
	if !strict {
		op = strings.ToLower(op)
	}
	switch op {
	case "add":
		return add, nil
	case "replace":
		return replace, nil
	case "remove":
		return remove, nil
	default:
		return 0, fail(schema.InvalidSyntax, "", "op must be add, replace or remove")
	}
}

// fail makes the error for an operation that cannot be carried out.
func fail(scimType, path, format string, args ...any) error {
	return &schema.Error{ScimType: scimType, Path: path, Detail: fmt.Sprintf(format, args...)}
}

// atOperation says in which operation, counted from 1, an error is.
func atOperation(index int, o Operation, err error) error {
	e, ok := errors.AsType[*schema.Error](err)
	if !ok {
		return err
	}
	located := *e
	located.Detail = fmt.Sprintf("operation %d (%s): %s", index+1, o.summary(), e.Detail)
	return &located
}

// maxSummary is how much of an op or path an error shows.
const maxSummary = 100

// summary names an operation as it was sent, but for the values in its path.
func (o Operation) summary() string {
	path := o.Path
	if before, rest, ok := strings.Cut(path, "["); ok {
		path = before + "[…]" + rest[strings.LastIndexByte(rest, ']')+1:]
	}
	if path == "" {
		return shortened(o.Op) + " without path"
	}
	return shortened(o.Op) + " " + shortened(path)
}

func shortened(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxSummary)], "")
}
