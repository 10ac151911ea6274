package scimwebhook

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// FuzzCheckJSON holds the check to encoding/json: it accepts only what is
// valid, and refuses what is valid only for the reasons it has of its own.
func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `{}`, `[]`, `null`, `"a"`, `1e400`, `{"a":1,"a":2}`, `{"a":{"a":1}}`, `[{"a":1},{"a":1}]`,
		`{"a":1}}`, `{"a"`, `{"a":`, `{,}`, `[1,]`, "{\"\xff\":1}", `{"\u0061":1,"a":2}`, `{"userName":"x"} {}`,
		strings.Repeat("[", 50) + strings.Repeat("]", 50),
	} {
		f.Add([]byte(seed))
	}
	_, bodies := sentBodies(f)
	for _, body := range bodies {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := checkJSON(body, DefaultLimits())
		if err == nil {
			if !json.Valid(body) {
				t.Fatalf("accepted invalid JSON: %q", body)
			}
			return
		}
		refused, ok := errors.AsType[*failure](err)
		if !ok || refused.status != http.StatusBadRequest {
			t.Fatalf("not a 400: %v", err)
		}
		ownReason := strings.Contains(refused.detail, "given twice") || strings.Contains(refused.detail, "nests deeper") ||
			strings.Contains(refused.detail, "is too long")
		if json.Valid(body) && !ownReason {
			t.Fatalf("refused valid JSON %q: %s", body, refused.detail)
		}
	})
}

func TestCheckJSONCountsDepth(t *testing.T) {
	g := NewWithT(t)
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	limits := Limits{JSONDepth: 3}
	g.Expect(checkJSON(nested(limits.JSONDepth+1), limits)).To(Succeed())
	g.Expect(checkJSON(nested(limits.JSONDepth+2), limits)).To(MatchError(ContainSubstring("nests deeper")))
}
