package filter_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

func TestMatches(t *testing.T) {
	doc := map[string]any{
		"userName": "Jane", "active": false, "password": "Secret",
		"name": map[string]any{"givenName": "Jane"},
		"emails": []any{
			map[string]any{"value": "jane@example.com", "type": "work", "primary": true},
			map[string]any{"value": "jane@home.example", "type": "home"},
		},
	}
	for input, want := range map[string]bool{
		`userName eq "jane"`: true, `userName eq "joe"`: false, `userName ne "jane"`: false, `USERNAME eq "JANE"`: true,
		`password eq "Secret"`: true, `password eq "secret"`: false, `password co "ecr"`: true, `password co "ECR"`: false,
		`userName co "AN"`: true, `userName sw "ja"`: true, `userName sw "an"`: false, `userName ew "NE"`: true,
		`userName gt "jana"`: true, `userName ge "jane"`: true, `userName lt "jane"`: false, `userName le "jane"`: true,
		`active eq false`: true, `active eq "False"`: true, `active eq true`: false, `active eq "x"`: false, `active pr`: true,
		`active gt false`: false, `userName eq 1`: false,
		`title pr`: false, `title eq null`: true, `title ne null`: false, `title eq "x"`: false, `title ne "x"`: true,
		`unknown pr`: false, `unknown eq "x"`: false, `unknown ne "x"`: true, `unknown[x pr]`: false,
		`name pr`: true, `name.givenName eq "jane"`: true, `name.familyName pr`: false, `name.unknown pr`: false,
		`emails pr`: true, `emails eq "jane@home.example"`: true, `emails.type eq "home"`: true, `emails.type eq "other"`: false,
		`emails[type eq "work" and value ew ".com"]`: true, `emails[type eq "home" and value ew ".com"]`: false,
		`emails[primary eq true]`: true, `emails[type eq "home" and primary eq false]`: true, `emails[type eq "home" and primary pr]`: false,
		`userName eq "jane" and active eq true`: false, `userName eq "joe" or active eq false`: true, `not (active eq true)`: true,
	} {
		t.Run(input, func(t *testing.T) {
			g := NewWithT(t)
			e, err := filter.Parse(input)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(filter.Matches(e, schema.User.Core.Attributes, doc)).To(Equal(want))
		})
	}
}

func TestKnown(t *testing.T) {
	for input, want := range map[string]bool{
		`userName eq "x" and not (name.givenName pr)`: true, `emails[type eq "x" or value pr]`: true,
		`userName eq "x" and colour pr`: false, `name.colour pr`: false, `emails[colour pr]`: false, `colour[x pr]`: false,
		`title pr or colour pr`: false, `not (colour pr)`: false, `urn:x:y:title pr`: false,
	} {
		t.Run(input, func(t *testing.T) {
			g := NewWithT(t)
			e, err := filter.Parse(input)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(filter.Known(e, schema.User.Core.Attributes)).To(Equal(want))
		})
	}
}

func TestCompile(t *testing.T) {
	const enterprise = schema.URNEnterpriseUser
	doc := map[string]any{
		"id": "2819c223", "userName": "Jane", "externalId": "E1", "active": true,
		"schemas":   []any{schema.URNUser, enterprise},
		"meta":      map[string]any{"created": "2026-01-02T03:04:05Z", "resourceType": "User"},
		enterprise:  map[string]any{"department": "Sales", "manager": map[string]any{"value": "m1", "displayName": "Max"}},
		"emails":    []any{map[string]any{"value": "jane@example.com", "type": "work"}},
		"addresses": []any{map[string]any{"country": "DE"}},
	}
	for input, want := range map[string]bool{
		`id eq "2819c223"`: true, `id eq "2819C223"`: false, `externalId sw "E"`: true, `externalId sw "e"`: false,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "jane"`: true,
		enterprise + `:department eq "sales"`:                           true,
		enterprise + `:manager.displayName co "A"`:                      true,
		enterprise + `:manager eq "m1"`:                                 true,
		enterprise + `:manager.value eq "M1"`:                           false,
		enterprise + `:division pr`:                                     false,
		enterprise + ` pr`:                                              true,
		`schemas eq "` + enterprise + `"`:                               true,
		`meta.resourceType eq "User"`:                                   true,
		`meta.created eq "2026-01-02T04:04:05+01:00"`:                   true,
		`meta.created ne "2026-01-02T04:04:05+01:00"`:                   false,
		`meta.created gt "2026-01-02T03:04:04.9Z"`:                      true,
		`meta.created lt "2026-01-02T03:04:05.1+00:00"`:                 true,
		`meta.created ge "2026-01-02T05:00:00+01:00"`:                   false,
		`meta.created sw "2026-01"`:                                     true,
		`meta.lastModified pr`:                                          false,
		`emails[type eq "work" and not (value co "home")]`:              true,
		`emails[type eq "work"].value ew ".com"`:                        true,
		`addresses[country eq "de"] and active eq true`:                 true,
		`displayName eq "x" or members[value eq "x"]`:                   false,
		`members pr`:          false,
		`not (members pr)`:    true,
		`displayName eq null`: true,
	} {
		t.Run(input, func(t *testing.T) {
			g := NewWithT(t)
			e, err := filter.Parse(input)
			g.Expect(err).NotTo(HaveOccurred())
			matches, err := filter.Compile(e, schema.User, schema.Group)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(matches(doc)).To(Equal(want))
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	for input, detail := range map[string]string{
		`colour eq "x"`: `no attribute "colour"`,
		`userName pr and (active eq true or size eq 3)`: `no attribute "size"`,
		`not (name.colour pr)`:                          `no attribute "name.colour"`,
		`emails[colour pr]`:                             `no attribute "colour"`,
		`colour[value pr]`:                              `no attribute "colour"`,
		`members[value eq "x"]`:                         `no attribute "members"`,
		`urn:example:custom:colour eq "x"`:              `no attribute "urn:example:custom:colour"`,
		schema.URNEnterpriseUser + ` eq "x"`:            "only be asked for with pr",
		`userName[value eq "x"]`:                        "userName has no sub-attributes",
		`name eq "x"`:                                   "compare one of its sub-attributes",
		`active gt true`:                                "only be compared with eq and ne",
		`emails[primary lt true]`:                       "only be compared with eq and ne",
		`x509Certificates.value co "x"`:                 "only be compared with eq and ne",
		`meta.created gt "yesterday"`:                   "compared with a time",
		`password eq "x"`:                               "password is never kept",
	} {
		t.Run(input, func(t *testing.T) {
			g := NewWithT(t)
			e, err := filter.Parse(input)
			g.Expect(err).NotTo(HaveOccurred())
			_, err = filter.Compile(e, schema.User)
			g.Expect(err).To(MatchError(ContainSubstring(detail)))
			g.Expect(err).To(HaveField("ScimType", schema.InvalidFilter))
		})
	}
}

// FuzzCompile: whatever compiles can be evaluated, its opposite is the
// opposite, and its canonical form means the same.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`userName eq "jane" and not (active eq false)`, `emails[type eq "work" or primary eq true].value co "x"`,
		`meta.created gt "2026-01-01T00:00:00Z"`, schema.URNEnterpriseUser + `:manager.value ne null`, `members[value pr]`,
	} {
		f.Add(seed)
	}
	doc := map[string]any{
		"userName": "jane", "active": true, "meta": map[string]any{"created": "2026-01-02T03:04:05Z"},
		"emails": []any{map[string]any{"value": "x@example.com", "type": "work"}},
	}
	f.Fuzz(func(t *testing.T, input string) {
		e, err := filter.Parse(input)
		if err != nil {
			return
		}
		matches, err := filter.Compile(e, schema.User, schema.Group)
		if err != nil {
			return
		}
		again, err := unlimited.Parse(e.String())
		if err != nil {
			t.Fatal(err)
		}
		opposite, errOpposite := filter.Compile(filter.Not{Filter: e}, schema.User, schema.Group)
		same, errSame := filter.Compile(again, schema.User, schema.Group)
		if errOpposite != nil || errSame != nil {
			t.Fatalf("%q compiles, and then does not: %v, %v", input, errOpposite, errSame)
		}
		if want := matches(doc); opposite(doc) == want || same(doc) != want {
			t.Fatalf("%q is %t, its opposite %t, and its canonical form %t", input, want, opposite(doc), same(doc))
		}
	})
}
