package schema_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// FuzzNormalize: whatever a document holds, what is left of it is canonical,
// holds no password, and is the same when it is read strictly, if it can be.
func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"j","password":"x","active":true}`,
		`{"USERNAME":"j","active":"False","emails":"j@x","title":[{"value":"T"}],"name":{"givenName":"J"}}`,
		`{"userName":"j","roles":[{"primary":"True","value":"a"},{"primary":true,"value":"b"},{"value":"a"}]}`,
		`{"userName":"j","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"42"},"urn:x:y":{"z":[1]}}`,
		`{"urn:ietf:params:scim:schemas:core:2.0:User:userName":"j","emails":null,"photos":[],"nickName":" "}`,
		`{"displayName":"G","members":[{"$ref":null,"value":"a"},{"value":"a"},"b"]}`,
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, body string, group bool) {
		var sent map[string]any
		if json.Unmarshal([]byte(body), &sent) != nil {
			return
		}
		resource := schema.User
		if group {
			resource = schema.Group
		}
		doc, _, err := resource.Normalize(sent)
		strictRules := schema.Rules{Members: schema.DefaultRules.Members, Strict: true}
		strict, dropped, strictErr := strictRules.Normalize(resource, sent)
		if strictErr == nil && (err != nil || len(dropped) > 0 || !reflect.DeepEqual(strict, doc)) {
			t.Fatalf("read as %v if strict, as %v (error %v) if tolerant", strict, doc, err)
		}
		if err != nil {
			return
		}
		if _, kept := doc["password"]; kept {
			t.Fatal("the password is kept")
		}
		expectCanonical(t, resource, doc)
	})
}

func expectCanonical(t *testing.T, resource *schema.Resource, doc map[string]any) {
	t.Helper()
	again, dropped, err := resource.Normalize(doc)
	if err != nil || len(dropped) > 0 || !reflect.DeepEqual(doc, again) {
		t.Fatalf("not canonical: %v (normalised %v, dropped %v, error %v)", doc, again, dropped, err)
	}
}
