package filter_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook/filter"
)

func attr(name string) filter.AttrPath {
	return filter.AttrPath{Name: name}
}

func eq(name string, value any) filter.Comparison {
	return filter.Comparison{Path: attr(name), Op: filter.Equal, Value: value}
}

func TestParse(t *testing.T) {
	present := filter.Comparison{Path: attr("title"), Op: filter.Present}
	for input, want := range map[string]filter.Expr{
		`userName eq "test.user@okta.local"`: eq("userName", "test.user@okta.local"),
		`displayName eq "Test SCIMv2"`:       eq("displayName", "Test SCIMv2"),
		`USERNAME EQ "x"`:                    eq("USERNAME", "x"),
		`externalId eq jyoung`:               eq("externalId", "jyoung"),
		`id eq 89bb1940-b905`:                eq("id", "89bb1940-b905"),
		`id eq 89e5`:                         eq("id", json.Number("89e5")),
		`active eq true`:                     eq("active", true),
		`active eq False`:                    eq("active", false),
		`title eq null`:                      eq("title", nil),
		`title pr`:                           present,
		`  userName   eq   "x"  `:            eq("userName", "x"),
		`userName eq "a\"b\\c\/dé\n"`:        eq("userName", "a\"b\\c/dé\n"),
		`userName eq "O'Malley+1 & Söhne %"`: eq("userName", "O'Malley+1 & Söhne %"),
		`userName eq ") or (title pr"`:       eq("userName", ") or (title pr"),
		`name.familyName co "O'Malley"`:      filter.Comparison{Path: filter.AttrPath{Name: "name", Sub: "familyName"}, Op: filter.Contains, Value: "O'Malley"},
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`: filter.Comparison{
			Path: filter.AttrPath{URN: "urn:ietf:params:scim:schemas:core:2.0:User", Name: "userName"}, Op: filter.StartsWith, Value: "J"},
		`title pr or title pr and title pr`:        filter.Or{Left: present, Right: filter.And{Left: present, Right: present}},
		`(title pr or title pr) and title pr`:      filter.And{Left: filter.Or{Left: present, Right: present}, Right: present},
		`title pr AND title pr and title pr`:       filter.And{Left: filter.And{Left: present, Right: present}, Right: present},
		`not (title pr) and title pr`:              filter.And{Left: filter.Not{Filter: present}, Right: present},
		`emails[type eq "work" and value co "@x"]`: filter.ValuePath{Path: attr("emails"), Filter: filter.And{Left: eq("type", "work"), Right: filter.Comparison{Path: attr("value"), Op: filter.Contains, Value: "@x"}}},
		`emails[type eq "work"].value eq "x"`:      filter.ValuePath{Path: attr("emails"), Filter: filter.And{Left: eq("type", "work"), Right: eq("value", "x")}},
	} {
		t.Run(input, func(t *testing.T) {
			g := NewWithT(t)
			e, err := filter.Parse(input)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(e).To(Equal(want))
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for input, detail := range map[string]string{
		``:                            "expected the name of an attribute (at position 1)",
		`userName`:                    `expected an operator such as "eq" after userName (at position 9)`,
		`userName is "x"`:             `expected an operator such as "eq" after userName (at position 10)`,
		`userName eq`:                 "expected a value in double quotes (at position 12)",
		`userName eq and title pr`:    "expected a value in double quotes (at position 13)",
		`userName eq "x`:              "a closing double quote is missing (at position 13)",
		`userName eq "\x"`:            "invalid escape in the quoted value",
		"userName eq \"a\tb\"":        "control character in the quoted value",
		"userName eq a\tb":            "unexpected character",
		`userName eq 'x y'`:           "unexpected text after the end of the expression (at position 16)",
		`userName eq "x" title pr`:    "unexpected text after the end of the expression",
		`userName eq "x")`:            "unexpected text after the end of the expression",
		`(userName eq "x"`:            `expected ")" (at position 17)`,
		`emails[type eq "work"`:       `expected "]"`,
		`emails[type eq "work"]value`: `expected a sub-attribute such as ".value" after "]"`,
		`emails.type[value pr]`:       "must follow an attribute",
		`not title pr`:                `"not" must be followed by an expression in parentheses`,
		`1userName eq "x"`:            "expected the name of an attribute",
		`name.given.x eq "x"`:         "expected the name of an attribute",
		`:userName eq "x"`:            "expected the name of an attribute",
		"userName eq \"\xff\"":        "not valid UTF-8",
	} {
		t.Run(input, func(t *testing.T) {
			_, err := filter.Parse(input)
			_, ok := errors.AsType[*filter.Error](err)
			g := NewWithT(t)
			g.Expect(ok).To(BeTrue(), "error is %v", err)
			g.Expect(err).To(MatchError(ContainSubstring(detail)))
			g.Expect(err).To(HaveField("Limit", BeFalse()))
		})
	}
}

func TestLimits(t *testing.T) {
	const term = `a eq "b"`
	nested := func(depth int) string {
		return strings.Repeat("(", depth) + term + strings.Repeat(")", depth)
	}
	chain := func(terms int) string {
		return term + strings.Repeat(" or "+term, terms-1)
	}
	long := func(length int) string {
		return `a eq "` + strings.Repeat("x", length-7) + `"`
	}
	for _, test := range []struct{ name, within, beyond, detail string }{
		{"depth", nested(10), nested(11), "nested too deep"},
		{"terms", chain(50), chain(51), "too many comparisons"},
		{"bytes", long(2048), long(2049), "at most 2048 bytes"},
		{"parentheses side by side are not nested", "(" + term + ") or " + nested(10), "(" + term + ") or " + nested(11), "nested too deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			_, err := filter.Parse(test.within)
			g.Expect(err).NotTo(HaveOccurred())
			_, err = filter.Parse(test.beyond)
			g.Expect(err).To(MatchError(ContainSubstring(test.detail)))
			g.Expect(err).To(HaveField("Limit", BeTrue()))
		})
	}
}

func TestParsePath(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	work := eq("type", "work")
	for input, want := range map[string]filter.Path{
		`active`:                            {Attr: attr("active")},
		`name.givenName`:                    {Attr: filter.AttrPath{Name: "name", Sub: "givenName"}},
		enterprise + `:department`:          {Attr: filter.AttrPath{URN: enterprise, Name: "department"}},
		enterprise + `:manager.value`:       {Attr: filter.AttrPath{URN: enterprise, Name: "manager", Sub: "value"}},
		`members[value eq "89bb"]`:          {Attr: attr("members"), Filter: eq("value", "89bb")},
		`members[value eq 89bb]`:            {Attr: attr("members"), Filter: eq("value", "89bb")},
		`emails[type eq "work"].value`:      {Attr: filter.AttrPath{Name: "emails", Sub: "value"}, Filter: work},
		`emails[type eq "work"].$ref`:       {Attr: filter.AttrPath{Name: "emails", Sub: "$ref"}, Filter: work},
		`urn:x:User:emails[type eq "work"]`: {Attr: filter.AttrPath{URN: "urn:x:User", Name: "emails"}, Filter: work},
	} {
		t.Run(input, func(t *testing.T) {
			g := NewWithT(t)
			path, err := filter.ParsePath(input)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(path).To(Equal(want))
		})
	}
	for _, input := range []string{``, `members[`, `members[]`, `members[value eq "x"`, `members[value eq "x"].`,
		`members[value eq "x"] .value`, `members[value eq "x"].value.x`, `userName eq "x"`, `name.given.x`, `a b`} {
		t.Run("refuses "+input, func(t *testing.T) {
			_, err := filter.ParsePath(input)
			_, ok := errors.AsType[*filter.Error](err)
			NewWithT(t).Expect(ok).To(BeTrue(), "error is %v", err)
		})
	}
}

// unlimited lets the canonical form be longer than what was parsed: it has
// quotes, escapes and parentheses that the input may lack.
var unlimited = filter.Limits{Bytes: 1 << 20, Terms: 1 << 20, Depth: 1 << 10}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`userName eq "test.user@okta.local"`, `externalId eq jyoung`, `emails[type eq "work"].value eq "x"`,
		`not (a pr) and (b co "\u00e9" or c.d gt 1.5e3) or urn:x:y:z ne null`, `a[b eq true] or a[not (b lt "x")]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		e, err := filter.Parse(input)
		if err != nil {
			return
		}
		again, err := unlimited.Parse(e.String())
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Fatalf("%q parses to %q, which parses to %#v (error %v)", input, e, again, err)
		}
	})
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{
		`name.givenName`, `members[value eq "x"]`, `emails[type eq "work" and primary eq True].value`,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		path, err := filter.ParsePath(input)
		if err != nil {
			return
		}
		again, err := unlimited.ParsePath(path.String())
		if err != nil || !reflect.DeepEqual(path, again) {
			t.Fatalf("%q parses to %q, which parses to %#v (error %v)", input, path, again, err)
		}
	})
}
