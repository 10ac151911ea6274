package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	v1alpha1 "github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

const enterprise = schema.URNEnterpriseUser

func decode(t *testing.T, body string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// oktaUser is what Okta sends to create a user.
const oktaUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test.user@okta.local",
 "name":{"givenName":"Test","familyName":"User"},
 "emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],
 "displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7",
 "groups":[],"password":"1mz050nq","active":true}`

func TestNormalize(t *testing.T) {
	for _, test := range []struct{ name, sent, want string }{
		{"Okta creates a user", oktaUser, `{"userName":"test.user@okta.local","name":{"givenName":"Test","familyName":"User"},
			"emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],"displayName":"Test User",
			"locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","active":true}`},
		{"Okta puts back what it got", `{"id":"42","meta":{"resourceType":"User"},"groups":[{"value":"1"}],"userName":"j","emails":[{"value":"j@x","display":"J"}]}`,
			`{"userName":"j","emails":[{"value":"j@x","display":"J"}]}`},
		{"names in other letter case", `{"USERNAME":"j","Name":{"GIVENNAME":"J"},"emails":[{"Value":"j@x"}]}`,
			`{"userName":"j","name":{"givenName":"J"},"emails":[{"value":"j@x"}]}`},
		{"unassigned in all its forms", `{"userName":"j","title":null,"nickName":"","displayName":" ","emails":[],"phoneNumbers":null,"name":{"givenName":null},"addresses":[{}]}`,
			`{"userName":"j"}`},
		{"booleans as strings", `{"userName":"j","active":"False","roles":[{"value":"a","primary":"True"}]}`,
			`{"userName":"j","active":false,"roles":[{"value":"a","primary":true}]}`},
		{"a list around a scalar", `{"userName":[{"value":"j"}],"title":["Boss"],"active":[{"value":"true"}]}`,
			`{"userName":"j","title":"Boss","active":true}`},
		{"the manager as a string", `{"userName":"j","` + enterprise + `":{"manager":"42"}}`, `{"userName":"j","` + enterprise + `":{"manager":{"value":"42"}}}`},
		{"a single entry and bare values", `{"userName":"j","emails":{"value":"j@x"},"phoneNumbers":["1","2"],"roles":"admin"}`,
			`{"userName":"j","emails":[{"value":"j@x"}],"phoneNumbers":[{"value":"1"},{"value":"2"}],"roles":[{"value":"admin"}]}`},
		{"the first of several primary entries", `{"userName":"j","emails":[{"value":"a","primary":false},{"value":"b","primary":true},{"value":"c","primary":true}]}`,
			`{"userName":"j","emails":[{"value":"a"},{"value":"b","primary":true},{"value":"c"}]}`},
		{"duplicate and empty entries", `{"userName":"j","emails":[{"value":"a","type":"work"},{"value":"a","type":"work","display":"x"},{"value":"a"},{"type":"home"}],"addresses":[{"country":"DE"},{"country":"DE"}]}`,
			`{"userName":"j","emails":[{"value":"a","type":"work"},{"value":"a"}],"addresses":[{"country":"DE"}]}`},
		{"extensions, known in any letter case and unknown", `{"userName":"j","` + strings.ToUpper(enterprise) + `":{"Department":"IT"},"urn:okta:app:1.0:user:custom":{"a":[1,null]},"urn:x:y":null}`,
			`{"userName":"j","` + enterprise + `":{"department":"IT"},"urn:okta:app:1.0:user:custom":{"a":[1,null]}}`},
		{"the core URN before a name", `{"urn:ietf:params:scim:schemas:core:2.0:User:userName":"j"}`, `{"userName":"j"}`},
		{"SCIM 1.1 schemas", `{"schemas":["urn:scim:schemas:core:1.0"],"userName":"j"}`, `{"userName":"j"}`},
		{"no schemas", `{"userName":"j"}`, `{"userName":"j"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			sent := decode(t, test.sent)
			doc, dropped, err := schema.User.Normalize(sent)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(doc).To(Equal(decode(t, test.want)))
			g.Expect(dropped).To(BeEmpty())
			g.Expect(sent).To(Equal(decode(t, test.sent)), "the client's document was changed")
			again, _, err := schema.User.Normalize(doc)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(again).To(Equal(doc))
		})
	}
}

func TestNormalizeAGroup(t *testing.T) {
	g := NewWithT(t)
	doc, dropped, err := schema.Group.Normalize(decode(t, `{
		"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId":"8aa1a0c0","displayName":"Engineers","meta":{"resourceType":"Group"},
		"members":[{"$ref":null,"value":"b"},{"value":"a","display":"A"},"b",{"value":"a","type":"User"}]}`))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(dropped).To(BeEmpty())
	g.Expect(doc).To(HaveKeyWithValue("displayName", "Engineers"))
	g.Expect(doc).To(HaveKeyWithValue("externalId", "8aa1a0c0"))
	g.Expect(schema.MemberIDs(doc["members"])).To(Equal([]string{"b", "a"}))
	g.Expect(schema.MemberIDs(nil)).To(BeEmpty())
}

func TestUnknownAttributesAreNamed(t *testing.T) {
	g := NewWithT(t)
	doc, dropped, err := schema.User.Normalize(decode(t, `{"userName":"j","shoeSize":"secret","name":{"maidenName":"secret"},
		"emails":[{"value":"a","colour":1},{"value":"b","colour":2}],"`+enterprise+`":{"desk":"secret"},
		"urn:ietf:params:scim:schemas:core:2.0:User":{"title":"secret"}}`))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(doc).To(Equal(decode(t, `{"userName":"j","emails":[{"value":"a"},{"value":"b"}]}`)))
	g.Expect(dropped).To(Equal([]schema.Dropped{"emails.colour", "name.maidenName", "shoeSize",
		"urn:ietf:params:scim:schemas:core:2.0:User", enterprise + ":desk"}))
}

func TestNormalizeRefuses(t *testing.T) {
	many := `{"userName":"j","emails":[` + strings.Repeat(`"x",`, schema.MaxEntries) + `"x"]}`
	for _, test := range []struct{ name, sent, scimType, path, detail string }{
		{"no userName", `{"displayName":"J"}`, schema.InvalidValue, "userName", "userName is required and must not be empty"},
		{"null userName", `{"userName":null}`, schema.InvalidValue, "userName", "is required"},
		{"blank userName", `{"userName":"  "}`, schema.InvalidValue, "userName", "is required"},
		{"a number for a userName", `{"userName":1}`, schema.InvalidValue, "userName", "userName must be a string, but a number was sent"},
		{"a number for an externalId", `{"userName":"j","externalId":1}`, schema.InvalidValue, "externalId", "externalId must be a string, but a number was sent"},
		{"a number wrapped", `{"userName":"j","externalId":[{"value":1}]}`, schema.InvalidValue, "externalId", "but a number was sent"},
		{"a boolean for a string", `{"userName":"j","title":true}`, schema.InvalidValue, "title", "but a boolean was sent"},
		{"an object for a string", `{"userName":"j","title":{"a":"b"}}`, schema.InvalidValue, "title", "but an object was sent"},
		{"a list for a string", `{"userName":"j","title":["a","b"]}`, schema.InvalidValue, "title", "but a list was sent"},
		{"text for a boolean", `{"userName":"j","active":"1"}`, schema.InvalidValue, "active", "active must be true or false, but some other text was sent"},
		{"a number for a boolean", `{"userName":"j","active":0}`, schema.InvalidValue, "active", "but a number was sent"},
		{"a string for a name", `{"userName":"j","name":"J"}`, schema.InvalidValue, "name", "name must be an object"},
		{"a number for an e-mail", `{"userName":"j","emails":[{"value":1}]}`, schema.InvalidValue, "emails.value", "emails.value must be a string"},
		{"a string for an extension", `{"userName":"j","` + enterprise + `":"IT"}`, schema.InvalidValue, enterprise, "must be an object"},
		{"an attribute twice", `{"userName":"j","USERNAME":"k"}`, schema.InvalidSyntax, "userName", "userName is given twice"},
		{"a read-only attribute twice", `{"userName":"j","id":"1","ID":"2"}`, schema.InvalidSyntax, "id", "id is given twice"},
		{"an extension twice", `{"userName":"j","` + enterprise + `":{},"` + strings.ToUpper(enterprise) + `":{}}`, schema.InvalidSyntax, enterprise, "is given twice"},
		{"many entries", many, schema.InvalidValue, "emails", "too many entries"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			_, _, err := schema.User.Normalize(decode(t, test.sent))
			e, ok := errors.AsType[*schema.Error](err)
			g.Expect(ok).To(BeTrue(), "error is %v", err)
			g.Expect(*e).To(Equal(schema.Error{ScimType: test.scimType, Path: test.path, Detail: e.Detail}))
			g.Expect(e.Detail).To(ContainSubstring(test.detail))
		})
	}
}

func TestAMemberWithoutIdIsRefused(t *testing.T) {
	_, _, err := schema.Group.Normalize(decode(t, `{"displayName":"G","members":[{"value":"a"},{"display":"B"}]}`))
	NewWithT(t).Expect(err).To(MatchError("members.value is required and must not be empty"))
}

func TestResolve(t *testing.T) {
	for path, want := range map[string]string{
		"userName": "userName", "USERNAME": "userName", "Name.GivenName": "name.givenName", "emails.value": "emails.value",
		"externalid": "externalId", "meta": "meta", "urn:ietf:params:scim:schemas:core:2.0:user:title": "title",
		enterprise: enterprise, strings.ToUpper(enterprise) + ":manager.displayname": enterprise + ":manager.displayName",
		"shoeSize": "", "name.maidenName": "", "userName.x": "", "": "", enterprise + ":title": "", "urn:x:y:title": "",
	} {
		t.Run(path, func(t *testing.T) {
			g := NewWithT(t)
			ref, known := schema.User.Resolve(path)
			g.Expect(known).To(Equal(want != ""))
			if known {
				g.Expect(ref.String()).To(Equal(want))
			}
		})
	}
}

// The custom resources are where users and groups are kept: what the schema
// promises and they lack would be lost.
func TestEveryWritableAttributeHasAPlaceInTheCustomResources(t *testing.T) {
	g := NewWithT(t)
	user := fieldsOf(reflect.TypeFor[v1alpha1.ProvisionedUserSpec]())
	group := fieldsOf(reflect.TypeFor[v1alpha1.ProvisionedGroupSpec]())
	g.Expect(names(schema.User.Core.Attributes)).To(ConsistOf(without(user,
		"syncConfigName", "id", "externalId", "enterprise", "extensions")))
	g.Expect(names(schema.User.Extensions[0].Attributes)).To(ConsistOf(fieldsOf(reflect.TypeFor[v1alpha1.EnterpriseUser]())))
	g.Expect(names(schema.Group.Core.Attributes)).To(ConsistOf(without(group,
		"syncConfigName", "id", "externalId", "pages", "extensions")))
	for name, fields := range map[string][]string{
		"name":             fieldsOf(reflect.TypeFor[v1alpha1.Name]()),
		"emails":           fieldsOf(reflect.TypeFor[v1alpha1.MultiValue]()),
		"addresses":        fieldsOf(reflect.TypeFor[v1alpha1.Address]()),
		"x509Certificates": fieldsOf(reflect.TypeFor[v1alpha1.Certificate]()),
	} {
		g.Expect(names(schema.User.Core.Attributes.Find(name).SubAttributes)).To(ConsistOf(fields), name)
	}
	manager := schema.User.Extensions[0].Attributes.Find("manager")
	g.Expect(names(manager.SubAttributes)).To(ConsistOf(fieldsOf(reflect.TypeFor[v1alpha1.Manager]())))
}

func fieldsOf(t reflect.Type) []string {
	var fields []string
	for _, field := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			fields = append(fields, name)
		}
	}
	return fields
}

func without(fields []string, others ...string) []string {
	return slices.DeleteFunc(fields, func(field string) bool { return slices.Contains(others, field) })
}

func names(attributes schema.Attributes) []string {
	var out []string
	for i := range attributes {
		if attributes[i].Writable() {
			out = append(out, attributes[i].Name)
		}
	}
	return out
}

// TestJSONForm checks the form of RFC 7643 section 7.
func TestJSONForm(t *testing.T) {
	g := NewWithT(t)
	raw, err := json.Marshal(schema.User.Core)
	g.Expect(err).NotTo(HaveOccurred())
	doc := decode(t, string(raw))
	g.Expect(doc).To(HaveKeyWithValue("id", schema.URNUser))
	g.Expect(doc).To(HaveKeyWithValue("schemas", []any{schema.URNSchema}))
	byName := map[string]map[string]any{}
	for _, element := range doc["attributes"].([]any) {
		attribute := element.(map[string]any)
		byName[fmt.Sprint(attribute["name"])] = attribute
	}
	g.Expect(byName["userName"]).To(Equal(decode(t, `{"name":"userName","type":"string","multiValued":false,
		"description":"The name that the user signs in with at the source; unique in any letter case.",
		"required":true,"caseExact":false,"mutability":"readWrite","returned":"default","uniqueness":"server"}`)))
	g.Expect(byName["password"]).To(And(HaveKeyWithValue("mutability", "writeOnly"), HaveKeyWithValue("returned", "never")))
	g.Expect(byName["groups"]).To(And(HaveKeyWithValue("mutability", "readOnly"), HaveKeyWithValue("multiValued", true)))
	g.Expect(byName["emails"]["subAttributes"]).To(HaveLen(4))
	g.Expect(byName["profileUrl"]).To(HaveKeyWithValue("referenceTypes", []any{"external"}))
	g.Expect(byName).NotTo(HaveKey("id"), "common attributes belong to no schema (RFC 7643 section 3.1)")
}
