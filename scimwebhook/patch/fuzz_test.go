package patch_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// FuzzApply: no operation makes the engine panic, a patched document is as
// canonical as a normalised one, and a replace that is repeated changes
// nothing more. A value filter is left out of the last: it may select by the
// very thing that it replaces.
func FuzzApply(f *testing.F) {
	for _, seed := range [][3]string{
		{"replace", "", `{"active":false}`},
		{"Replace", "active", `"False"`},
		{"Add", `emails[type eq "work"].value`, `"x@example.com"`},
		{"replace", `emails[primary eq true]`, `{"value":"x@example.com","primary":"True"}`},
		{"remove", `emails[type eq "work" or not (value co "@")]`, `null`},
		{"remove", `emails`, `[{"value":"jane@example.com"}]`},
		{"add", "addresses", `{"streetAddress":"Main Street 1","primary":true}`},
		{"replace", "", `{"name.givenName":"Jane","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager":"42"}`},
		{"replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", `{"department":"IT"}`},
		{"add", "urn:okta:app:1.0:user:custom:shoeSize", `43`},
		{"remove", "urn:okta:app:1.0:user:custom", ``},
		{"replace", "", `{"roles":[{"primary":"True","value":"admin"},"user"]}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, op, path, value string) {
		if !json.Valid([]byte(value)) {
			return
		}
		operation := patch.Operation{Op: op, Path: path, Value: json.RawMessage(value)}
		program, err := patch.Parse([]patch.Operation{operation}, schema.User)
		if err != nil {
			return
		}
		doc := jane(t)
		if _, err := program.Apply(doc); err != nil {
			if !reflect.DeepEqual(doc, jane(t)) {
				t.Fatalf("a refused operation changed the document to %v", doc)
			}
			return
		}
		expectCanonical(t, doc)
		if strings.EqualFold(op, "replace") && !strings.Contains(path+value, "[") {
			if changed, err := program.Apply(doc); changed || err != nil {
				t.Fatalf("the same replace changed the document again, to %v (error %v)", doc, err)
			}
		}
	})
}

func expectCanonical(t *testing.T, doc map[string]any) {
	t.Helper()
	canonical, dropped, err := schema.User.Normalize(doc)
	if err != nil || len(dropped) > 0 || !reflect.DeepEqual(doc, canonical) {
		t.Fatalf("not canonical: %v (normalised %v, dropped %v, error %v)", doc, canonical, dropped, err)
	}
}
