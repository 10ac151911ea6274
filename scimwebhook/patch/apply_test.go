package patch_test

import (
	"encoding/json"
	"errors"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// jane is the user that the operations of the tests meet.
func jane(t testing.TB) map[string]any {
	return normalised(t, `{
		"userName": "jane@example.com", "active": true, "title": "Engineer",
		"name": {"givenName": "Jane", "familyName": "Doe"},
		"emails": [
			{"value": "jane@example.com", "type": "work", "primary": true},
			{"value": "jane@home.example", "type": "home"}],
		"roles": [{"value": "user"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
			"department": "Sales", "manager": {"value": "41", "displayName": "John"}},
		"urn:okta:app:1.0:user:custom": {"shoeSize": 42}
	}`)
}

func normalised(t testing.TB, body string) map[string]any {
	t.Helper()
	doc, _, err := schema.User.Normalize(decode(t, body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func decode(t testing.TB, body string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// operations reads the body of a PATCH request.
func operations(t testing.TB, body string) []patch.Operation {
	t.Helper()
	var message struct{ Operations []patch.Operation }
	if err := json.Unmarshal([]byte(body), &message); err != nil {
		t.Fatal(err)
	}
	return message.Operations
}

// TestOperationsOnAUser applies the request bodies of identity providers to
// jane; want is merged into her as in an RFC 7396 merge patch.
func TestOperationsOnAUser(t *testing.T) {
	for _, test := range []struct{ name, operations, want string }{
		{"Okta deactivates", `{"op":"replace","value":{"active":false}}`, `{"active":false}`},
		{"Okta syncs a password", `{"op":"replace","value":{"password":"secret"}}`, `{}`},
		{"Okta sends the id", `{"op":"replace","value":{"id":"42","displayName":"J"}}`, `{"displayName":"J"}`},
		{"Entra deactivates with capitals and a string", `{"op":"Replace","path":"active","value":"False"}`, `{"active":false}`},
		{"Entra changes the work e-mail", `{"op":"Replace","path":"emails[type eq \"work\"].value","value":"new@example.com"}`,
			`{"emails":[{"value":"new@example.com","type":"work","primary":true},{"value":"jane@home.example","type":"home"}]}`},
		{"Entra sets an e-mail that is not there", `{"op":"Add","path":"emails[type eq \"other\"].value","value":"o@example.com"}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true},{"value":"jane@home.example","type":"home"},{"value":"o@example.com","type":"other"}]}`},
		{"Entra makes an e-mail in two operations, value last",
			`{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].primary","value":"True"},{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"}`,
			`{"phoneNumbers":[{"value":"1","type":"mobile","primary":true}]}`},
		{"Entra selects by a string for a boolean", `{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"admin"}`,
			`{"roles":[{"value":"user"},{"value":"admin","primary":true}]}`},
		{"Entra sets a sub-attribute by path", `{"op":"Replace","path":"name.givenName","value":"Janet"}`,
			`{"name":{"givenName":"Janet"}}`},
		{"Entra sets an enterprise attribute by path", `{"op":"Add","path":"` + enterprise + `:department","value":"IT"}`,
			`{"` + enterprise + `":{"department":"IT"}}`},
		{"Entra sends the manager as a string", `{"op":"Replace","path":"` + enterprise + `:manager","value":"42"}`,
			`{"` + enterprise + `":{"manager":{"value":"42","displayName":null}}}`},
		{"Entra with the flag: dotted, URN and filter keys",
			`{"op":"replace","value":{"name.givenName":"Janet","` + enterprise + `:department":"IT","emails[type eq \"work\"].value":"n@example.com"}}`,
			`{"name":{"givenName":"Janet"},"` + enterprise + `":{"department":"IT"},"emails":[{"value":"n@example.com","type":"work","primary":true},{"value":"jane@home.example","type":"home"}]}`},
		{"Entra wraps a scalar", `{"op":"Add","path":"title","value":[{"value":"Boss"}]}`, `{"title":"Boss"}`},
		{"an enterprise object as a whole keeps the rest", `{"op":"replace","value":{"` + enterprise + `":{"division":"EMEA"}}}`,
			`{"` + enterprise + `":{"division":"EMEA"}}`},
		{"the enterprise extension is removed", `{"op":"remove","path":"` + enterprise + `"}`, `{"` + enterprise + `":null}`},
		{"names in other letter case and with the core URN",
			`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:user:DISPLAYNAME","value":"J"}`, `{"displayName":"J"}`},
		{"a complex value keeps what is not named", `{"op":"replace","path":"name","value":{"familyName":"Roe"}}`, `{"name":{"familyName":"Roe"}}`},
		{"null in a complex value removes that part", `{"op":"replace","value":{"name":{"givenName":null,"middleName":null}}}`, `{"name":{"givenName":null}}`},
		{"a name for the manager keeps the manager", `{"op":"replace","path":"` + enterprise + `:manager","value":{"displayName":"Jim"}}`,
			`{"` + enterprise + `":{"manager":{"displayName":"Jim"}}}`},
		{"null in an unknown extension", `{"op":"replace","value":{"urn:okta:app:1.0:user:custom":{"shoeSize":null,"hat":"L"}}}`,
			`{"urn:okta:app:1.0:user:custom":{"shoeSize":null,"hat":"L"}}`},
		{"a filter in an unknown extension is not understood", `{"op":"add","path":"urn:okta:app:1.0:user:custom:hats[size eq \"L\"]","value":"x"}`, `{}`},
		{"null removes", `{"op":"replace","value":{"title":null}}`, `{"title":null}`},
		{"an empty list removes", `{"op":"replace","path":"emails","value":[]}`, `{"emails":null}`},
		{"adding nothing is nothing", `{"op":"add","path":"emails","value":[]}`, `{}`},
		{"remove a sub-attribute", `{"op":"remove","path":"name.givenName"}`, `{"name":{"givenName":null}}`},
		{"remove the last value of an entry", `{"op":"remove","path":"emails[type eq \"home\"].value"}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true}]}`},
		{"remove selected entries", `{"op":"remove","path":"emails[type eq \"home\" and value ew \".EXAMPLE\"]"}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true}]}`},
		{"remove the entries in the value only", `{"op":"Remove","path":"emails","value":[{"value":"jane@home.example","type":"home"}]}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true}]}`},
		{"remove of no entries", `{"op":"remove","path":"emails","value":[]}`, `{}`},
		{"remove of entries with a value, whatever their type", `{"op":"remove","path":"emails","value":["jane@home.example"]}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true}]}`},
		{"remove of a single value that is named", `{"op":"remove","path":"title","value":"Engineer"}`, `{"title":null}`},
		{"a sub-attribute of all entries", `{"op":"replace","path":"emails.display","value":"Jane"},{"op":"add","path":"ims.value","value":"jane"}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true,"display":"Jane"},{"value":"jane@home.example","type":"home","display":"Jane"}],"ims":[{"value":"jane"}]}`},
		{"remove of what is absent", `{"op":"remove","path":"emails[type eq \"other\"]"}`, `{}`},
		{"a new primary entry takes the mark", `{"op":"add","path":"emails","value":[{"value":"n@example.com","primary":true}]}`,
			`{"emails":[{"value":"jane@example.com","type":"work"},{"value":"jane@home.example","type":"home"},{"value":"n@example.com","primary":true}]}`},
		{"an entry that is there is updated", `{"op":"add","path":"emails","value":{"value":"jane@home.example","type":"home","display":"private"}}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true},{"value":"jane@home.example","type":"home","display":"private"}]}`},
		{"a replaced entry keeps what selected it", `{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"h@example.com"}}`,
			`{"emails":[{"value":"jane@example.com","type":"work","primary":true},{"value":"h@example.com","type":"home"}]}`},
		{"active cannot become unassigned", `{"op":"remove","path":"active"},{"op":"replace","value":{"active":null}}`, `{}`},
		{"read-only attributes", `{"op":"replace","path":"groups","value":[{"value":"1"}]},{"op":"remove","path":"meta"}`, `{}`},
		{"an unknown attribute beside a known one", `{"op":"replace","value":{"favouriteColour":"red","title":"Boss"}}`, `{"title":"Boss"}`},
		{"an attribute of an unknown extension", `{"op":"add","path":"urn:okta:app:1.0:user:custom:hat","value":"L"}`,
			`{"urn:okta:app:1.0:user:custom":{"hat":"L"}}`},
		{"an unknown extension", `{"op":"replace","value":{"urn:okta:app:1.0:user:custom":{"shoeSize":43}}}`,
			`{"urn:okta:app:1.0:user:custom":{"shoeSize":43}}`},
		{"an unknown extension goes", `{"op":"remove","path":"urn:okta:app:1.0:user:custom"}`, `{"urn:okta:app:1.0:user:custom":null}`},
		{"a colon does not turn a core attribute into an extension", `{"op":"replace","path":"userName:x","value":"y"},{"op":"remove","path":"userName:x"}`, `{}`},
		{"operations take effect in order", `{"op":"remove","path":"title"},{"op":"add","path":"title","value":"A"},{"op":"replace","path":"title","value":"B"}`,
			`{"title":"B"}`},
		{"no operations", ``, `{}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			program, err := patch.Parse(operations(t, `{"Operations":[`+test.operations+`]}`), schema.User)
			g.Expect(err).NotTo(HaveOccurred())
			doc, want := jane(t), jane(t)
			merge(want, decode(t, test.want))
			changed, err := program.Apply(doc)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(doc).To(Equal(want))
			g.Expect(changed).To(Equal(test.want != `{}`))
			again := jane(t)
			_, err = program.Apply(again)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(again).To(Equal(want), "the program is used up by applying it")
		})
	}
}

// merge applies an RFC 7396 merge patch.
func merge(doc, change map[string]any) {
	for key, value := range change {
		inner, isObject := value.(map[string]any)
		outer, wasObject := doc[key].(map[string]any)
		switch {
		case value == nil:
			delete(doc, key)
		case isObject && wasObject:
			merge(outer, inner)
		default:
			doc[key] = value
		}
	}
}

func TestRefusedOperations(t *testing.T) {
	for _, test := range []struct{ name, operation, scimType, detail string }{
		{"unknown op", `{"op":"move","path":"title"}`, schema.InvalidSyntax, "(move title): op must be add, replace or remove"},
		{"broken path", `{"op":"Replace","path":"emails[type eq \"secret\" oder].value","value":"x"}`, schema.InvalidPath, "(Replace emails[…].value): the path cannot be read"},
		{"no op", `{"path":"title","value":"x"}`, schema.InvalidSyntax, "op must be"},
		{"remove without path", `{"op":"remove"}`, schema.NoTarget, "(remove without path): remove needs a path"},
		{"remove of userName", `{"op":"remove","path":"userName"}`, schema.Mutability, "userName is required"},
		{"userName null", `{"op":"replace","value":{"userName":null}}`, schema.Mutability, "userName is required"},
		{"userName blank", `{"op":"replace","path":"userName","value":" "}`, schema.Mutability, "userName is required"},
		{"replace without value", `{"op":"replace","path":"title"}`, schema.InvalidValue, "replace needs a value"},
		{"no path, no object", `{"op":"replace","value":"x"}`, schema.InvalidValue, "must be an object"},
		{"number for a string", `{"op":"replace","path":"externalId","value":7}`, schema.InvalidValue, "externalId must be a string, but a number was sent"},
		{"text for a boolean", `{"op":"replace","path":"active","value":"maybe"}`, schema.InvalidValue, "active must be true or false"},
		{"cut path", `{"op":"replace","path":"emails[type eq","value":"x"}`, schema.InvalidPath, "position"},
		{"filter on a single value", `{"op":"replace","path":"name[givenName eq \"x\"]","value":{}}`, schema.InvalidPath, "single value"},
		{"extension that is no object", `{"op":"replace","path":"` + enterprise + `","value":"x"}`, schema.InvalidValue, "must be an object"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			_, err := patch.Parse(operations(t, `{"Operations":[{"op":"add","path":"title","value":"x"},`+test.operation+`]}`), schema.User)
			e, ok := errors.AsType[*schema.Error](err)
			g.Expect(ok).To(BeTrue(), "error is %v", err)
			g.Expect(e.ScimType).To(Equal(test.scimType))
			g.Expect(e.Detail).To(And(HavePrefix("operation 2 ("), ContainSubstring(test.detail)))
		})
	}
}

func TestAFilterThatNeitherMatchesNorSaysWhatToCreate(t *testing.T) {
	g := NewWithT(t)
	program, err := patch.Parse(operations(t, `{"Operations":[
		{"op":"replace","path":"title","value":"Boss"},
		{"op":"replace","path":"emails[value co \"nowhere\"].type","value":"work"}]}`), schema.User)
	g.Expect(err).NotTo(HaveOccurred())
	doc := jane(t)
	_, err = program.Apply(doc)
	e, ok := errors.AsType[*schema.Error](err)
	g.Expect(ok).To(BeTrue())
	g.Expect(e.ScimType).To(Equal(schema.NoTarget))
	g.Expect(doc).To(Equal(jane(t)), "the first operation took effect although the second failed")
}

func TestUnknownAttributesAreNamedWithoutValues(t *testing.T) {
	g := NewWithT(t)
	program, err := patch.Parse(operations(t, `{"Operations":[
		{"op":"add","path":"shoeSize","value":"secret"},
		{"op":"replace","value":{"name":{"maidenName":"secret"},"no path at all":1}},
		{"op":"remove","path":"emails[colour eq \"secret\"]"}]}`), schema.User)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(program.Dropped).To(ConsistOf(schema.Dropped("shoeSize"), schema.Dropped("name.maidenName"),
		schema.Dropped("no path at all"), schema.Dropped("emails")))
}

func TestTooManyOperations(t *testing.T) {
	_, err := patch.Parse(make([]patch.Operation, patch.DefaultRules.Operations+1), schema.User)
	e, ok := errors.AsType[*schema.Error](err)
	NewWithT(t).Expect(ok && e.ScimType == schema.TooMany).To(BeTrue())
}

func TestEntriesOfAnAttributeAreBounded(t *testing.T) {
	g := NewWithT(t)
	list := make([]map[string]string, schema.MaxEntries)
	for i := range list {
		list[i] = map[string]string{"value": string(rune('\u4e00' + i))}
	}
	value, err := json.Marshal(list)
	g.Expect(err).NotTo(HaveOccurred())
	program, err := patch.Parse([]patch.Operation{{Op: "add", Path: "emails", Value: value}}, schema.User)
	g.Expect(err).NotTo(HaveOccurred())
	_, err = program.Apply(jane(t))
	g.Expect(err).To(MatchError(ContainSubstring("emails has too many entries")))
}
