package scimwebhook

import (
	"fmt"
	"strings"
	"testing"
)

// manyMembers is the body of a PUT of a group as Okta sends it.
func manyMembers(n int) []byte {
	var body strings.Builder
	body.WriteString(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Everybody","members":[`)
	for i := range n {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"value":"00000000-0000-4000-8000-%012d","display":"user-%d@example.com"}`, i, i)
	}
	body.WriteString(`]}`)
	return []byte(body.String())
}

// BenchmarkCheckJSON goes through a group of 100,000 members, of 8 MiB.
func BenchmarkCheckJSON(b *testing.B) {
	body := manyMembers(100_000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := checkJSON(body, DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
