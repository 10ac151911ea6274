package plan

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

func TestUsername(t *testing.T) {
	tests := []struct {
		name, regex, replacement string
		lower                    bool
		in, want                 string
	}{
		{name: "no regex", in: "Ada@example.com", want: "Ada@example.com"},
		{name: "local part", regex: `(.*)@.*`, replacement: `$1`, in: "demouser@gmail.com", want: "demouser"},
		{name: "two groups", regex: `(.*)0(.*)`, replacement: `$1$2`, in: "demo0user", want: "demouser"},
		{name: "no match leaves the name", regex: `(.*)@corp\.example`, replacement: `$1`, in: "ada@example.com", want: "ada@example.com"},
		{name: "every match is replaced", regex: `[.+]`, replacement: `_`, in: "ada.l+x@e.com", want: "ada_l_x@e_com"},
		{name: "group before a letter", regex: `(.*)@.*`, replacement: `$1_x`, in: "ada@example.com", want: "ada_x"},
		{name: "group before a digit that is no group", regex: `(.*)@.*`, replacement: `$10`, in: "ada@example.com", want: "ada0"},
		{name: "as many digits as name a group", regex: `(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)`, replacement: `$10$1`, in: "abcdefghij", want: "ja"},
		{name: "braces", regex: `(.*)@.*`, replacement: `${1}0`, in: "ada@example.com", want: "ada0"},
		{name: "named group", regex: `(?P<user>.*)@.*`, replacement: `${user}`, in: "ada@example.com", want: "ada"},
		{name: "whole match", regex: `@.*`, replacement: `[$0]`, in: "ada@x", want: "ada[@x]"},
		{name: "literal dollar", regex: `@.*`, replacement: `\$`, in: "ada@x", want: "ada$"},
		{name: "literal backslash", regex: `@.*`, replacement: `\\`, in: "ada@x", want: `ada\`},
		{name: "escaped letter beyond ASCII", regex: `@.*`, replacement: `\é`, in: "ada@x", want: "adaé"},
		{name: "group that took no part", regex: `(x)?@.*`, replacement: `$1!`, in: "ada@e", want: "ada!"},
		{name: "no second replacement after a match", regex: `(.*)`, replacement: `$1-x`, in: "demo", want: "demo-x"},
		{name: "removal", regex: `@.*`, in: "ada@x", want: "ada"},
		{name: "lower case", lower: true, in: "Ada@Example.COM", want: "ada@example.com"},
		{name: "lower case after the regex", regex: `(.*)@.*`, replacement: `$1X`, lower: true, in: "Ada@e", want: "adax"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			username, err := CompileUsername(test.regex, test.replacement, test.lower)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(username.Apply(test.in)).To(Equal(test.want))
		})
	}
}

func TestUsernameRefused(t *testing.T) {
	tests := []struct{ name, regex, replacement, says string }{
		{"unbalanced", `(.*@`, `$1`, "cannot be read"},
		{"look-ahead", `(?=x).*`, ``, "no look-around"},
		{"look-behind", `(?<!x).*`, ``, "no look-around"},
		{"back-reference", `(.)\1`, ``, "in the replacement write $1"},
		{"unknown group", `(.*)@.*`, `$2`, "group $2, which the regex does not have: it has 1"},
		{"unknown group in braces", `(.*)@.*`, `${2}`, "group ${2}"},
		{"unknown named group", `(.*)@.*`, `${user}`, "group ${user}"},
		{"open brace", `(.*)@.*`, `${1`, "closing brace"},
		{"lonely dollar", `(.*)@.*`, `a$`, `write \$`},
		{"lonely backslash", `(.*)@.*`, `a\`, `write \\`},
		{"too long", strings.Repeat("a", 513), ``, "at most 512"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := CompileUsername(test.regex, test.replacement, false)
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(test.says)))
		})
	}
}

func TestCheckUsername(t *testing.T) {
	tests := []struct{ name, username, says string }{
		{"usable", "ada.lovelace@example.com", ""},
		{"beyond ASCII", "žofie", ""},
		{"255 characters", strings.Repeat("ž", 255), ""},
		{"empty", "", "empty"},
		{"blank", "  ", "empty"},
		{"space around", " ada", "space"},
		{"too long", strings.Repeat("a", 256), "at most 255"},
		{"control character", "ada\n", "space"},
		{"control character inside", "a\x00da", "control"},
		{"not UTF-8", "a\xff", "UTF-8"},
		{"refused by the product", "a<da", "refuses"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			detail := CheckUsername(test.username, `<>`)
			if test.says == "" {
				g.Expect(detail).To(BeEmpty())
				return
			}
			g.Expect(detail).To(ContainSubstring(test.says))
		})
	}
}

func FuzzUsername(f *testing.F) {
	f.Add(`(.*)@.*`, `$1_x`, "ada@example.com")
	f.Add(`(a)|(b)`, `\$${2}$0`, "abc")
	f.Fuzz(func(_ *testing.T, regex, replacement, name string) {
		username, err := CompileUsername(regex, replacement, false)
		if err == nil {
			username.Apply(name)
		}
	})
}
