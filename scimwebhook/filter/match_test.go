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
