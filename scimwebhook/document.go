package scimwebhook

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// The spec of a custom resource holds SCIM's attributes under their own
// names, so that its JSON is a SCIM document but for these fields.
const (
	fieldSyncConfig = "syncConfigName"
	fieldID         = "id"
	fieldEnterprise = "enterprise"
	fieldExtensions = "extensions"
	fieldPages      = "pages"

	attributeActive = "active"
)

// documentOf is the normalised SCIM document of a spec. Members of a group
// are left out: there may be many, and they are changed by other means.
func documentOf(spec any) (map[string]any, error) {
	raw, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("write spec: %w", err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("read spec: %w", err)
	}
	for _, field := range []string{fieldSyncConfig, fieldID, fieldPages, schema.MembersName} {
		delete(doc, field)
	}
	if enterprise, ok := doc[fieldEnterprise]; ok {
		doc[schema.URNEnterpriseUser] = enterprise
		delete(doc, fieldEnterprise)
	}
	if extensions, ok := doc[fieldExtensions].(map[string]any); ok {
		delete(doc, fieldExtensions)
		maps.Copy(doc, extensions)
	}
	return doc, nil
}

// readSpec is the reverse of documentOf: it fills spec, which must be new.
func readSpec(doc map[string]any, spec any) error {
	fields, extensions := map[string]any{}, map[string]any{}
	for name, value := range doc {
		switch {
		case name == schema.URNEnterpriseUser:
			fields[fieldEnterprise] = value
		case strings.Contains(name, ":"):
			extensions[name] = value
		default:
			fields[name] = value
		}
	}
	if len(extensions) > 0 {
		fields[fieldExtensions] = extensions
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	if err := json.Unmarshal(raw, spec); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	return nil
}

// schemasOf are the schemas that a document has attributes of.
func schemasOf(core string, doc map[string]any) []any {
	schemas := []any{core}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if strings.Contains(name, ":") {
			schemas = append(schemas, name)
		}
	}
	return schemas
}

// differing names the attributes in which two documents differ.
func differing(before, after map[string]any) []string {
	var names []string
	for name, value := range after {
		if !reflect.DeepEqual(before[name], value) {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, kept := after[name]; !kept {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// change is what a PUT or PATCH does. It says nothing about what is there
// before, because the store applies it again to what somebody else wrote
// meanwhile.
type change struct {
	// document edits a normalised document in place. It is a pure function, or
	// nil if the document stays as it is.
	document func(doc map[string]any) error
	// members is what happens to the members of a group. It is nil if they
	// stay as they are.
	members *patch.MemberChange
}

// edit applies the change to a copy of doc and names what became different.
// A change that leaves out "active" does not touch it: read as the default,
// its absence would let somebody in.
func (c change) edit(doc map[string]any) (next map[string]any, changed []string, err error) {
	if c.document == nil {
		return doc, nil, nil
	}
	next = deepCopy(doc).(map[string]any)
	if err := c.document(next); err != nil {
		return nil, nil, err
	}
	if active, ok := doc[attributeActive]; ok && next[attributeActive] == nil {
		next[attributeActive] = active
	}
	return next, differing(doc, next), nil
}

// deepCopy copies what encoding/json decodes.
func deepCopy(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, v := range value {
			copied[key] = deepCopy(v)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, v := range value {
			copied[i] = deepCopy(v)
		}
		return copied
	default:
		return value
	}
}
