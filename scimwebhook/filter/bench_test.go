package filter_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook/filter"
)

const lookup = `userName eq "test.user@okta.local"`

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := filter.Parse(lookup); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParsePathOfMember(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := filter.ParsePath(`members[value eq "89bb1940-b905-4575-9e7f-6f887cfb368e"]`); err != nil {
			b.Fatal(err)
		}
	}
}

func TestParsingALookupAllocatesLittle(t *testing.T) {
	allocations := testing.AllocsPerRun(100, func() { _, _ = filter.Parse(lookup) })
	NewWithT(t).Expect(allocations).To(BeNumerically("<=", 5))
}
