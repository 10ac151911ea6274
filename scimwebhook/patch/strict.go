package patch

import (
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// The functions here refuse what only tolerant rules make sense of.

// plain refuses the dotted keys, and those with the URN of a schema before an
// attribute, that Entra ID writes into a value without path.
func (p *parser) plain(prefix, key string) error {
	ref, known := p.resource.Resolve(prefix + key)
	if !p.rules.Values.Strict || !known || ref.Attr == nil {
		return nil
	}
	name := ref.Attr.Name
	if ref.Sub != nil {
		name = ref.Sub.Name
	}
	if strings.EqualFold(key, name) {
		return nil
	}
	return fail(schema.InvalidPath, ref.String(), "%s cannot be the key of a value: send it as path, or as the objects that it stands for", ref)
}

// unwritable refuses to change what is read-only (RFC 7644 section 3.5.2).
// The password is no such thing: it may be sent, and is forgotten.
func (p *parser) unwritable(t target) error {
	if p.rules.Values.Strict && (t.ref.Attr.ReadOnly() || t.ref.Target().ReadOnly()) {
		return fail(schema.Mutability, t.ref.String(), "%s is read-only", t.ref)
	}
	return nil
}

// valueOfRemove refuses the value with which Entra ID and JumpCloud name the
// entries to remove.
func valueOfRemove(t target) error {
	return fail(schema.InvalidValue, t.ref.String(), "remove takes no value: select entries with a filter in the path, as in %s[value eq \"…\"]", t.ref)
}
