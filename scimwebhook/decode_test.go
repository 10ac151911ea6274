package scimwebhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// FuzzReadJSON holds the reading of JSON to encoding/json: whatever that calls
// invalid is refused, and what is valid is refused just when plainCheck, which
// goes through the decoder's tokens, says so too.
func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `{}`, `[]`, `null`, `"a"`, `1e400`, `{"a":1,"a":2}`, `{"a":{"a":1}}`, `[{"a":1},{"a":1}]`,
		`{"a":1}}`, `{"a"`, `{"a":`, `{,}`, `[1,]`, "{\"\xff\":1}", `{"\u0061":1,"a":2}`, `{"userName":"x"} {}`,
		"{\"\xff\":1,\"\ufffd\":2}", `{"é":1,"\u00e9":2}`, `{"a\\":1,"a\"":[true,-1.5e3 , null]}`, "\ufeff{}", `["\ud800"]`,
		strings.Repeat("[", 50) + strings.Repeat("]", 50), manyKeys(40), manyKeys(40)[:200] + `,"k3":1}`,
		`["` + strings.Repeat("x", 101) + `"]`, `["` + strings.Repeat("é", 50) + `é"]`, `["` + strings.Repeat(`\u00e9`, 50) + `"]`,
	} {
		f.Add([]byte(seed))
	}
	_, bodies := sentBodies(f)
	for _, body := range bodies {
		f.Add(body)
	}
	limits := Limits{JSONDepth: 10, StringBytes: 100}
	f.Fuzz(func(t *testing.T, body []byte) {
		var read any
		err := readJSON(body, &read, limits)
		if err != nil {
			expectToldInFewWords(t, err)
		}
		if !json.Valid(body) {
			if err == nil {
				t.Fatalf("took invalid JSON: %q", body)
			}
			return
		}
		if json.Unmarshal(body, new(any)) != nil { // a number that is too large
			return
		}
		if want := plainCheck(json.NewDecoder(bytes.NewReader(body)), limits, 0); (err == nil) != (want == nil) {
			t.Fatalf("%q: %v, but a plain check says: %v", body, err, want)
		}
	})
}

// manyKeys is an object with more keys than are compared one by one.
func manyKeys(n int) string {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// plainCheck is what checkJSON does, token by token.
func plainCheck(d *json.Decoder, limits Limits, depth int) error {
	if depth > limits.JSONDepth {
		return errors.New("too deep")
	}
	token, err := plainToken(d, limits)
	if err != nil {
		return err
	}
	open, _ := token.(json.Delim)
	if open == 0 {
		return nil
	}
	known := map[json.Token]bool{}
	for d.More() {
		if open == '{' {
			key, err := plainToken(d, limits)
			if err != nil || known[key] {
				return errors.Join(err, errors.New("given twice"))
			}
			known[key] = true
		}
		if err := plainCheck(d, limits, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

func plainToken(d *json.Decoder, limits Limits) (json.Token, error) {
	token, err := d.Token()
	if text, ok := token.(string); ok && len(text) > limits.StringBytes {
		err = errors.New("too long")
	}
	return token, err
}

func TestReadJSONLimits(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	limits := Limits{JSONDepth: 3, StringBytes: 10}
	for _, tt := range []struct{ name, body, refusal string }{
		{"as deep as may be", nested(limits.JSONDepth + 1), ""},
		{"too deep", nested(limits.JSONDepth + 2), "nests deeper than 3 levels (at byte 4)"},
		{"as long as may be", `["0123456789"]`, ""},
		{"as long as may be, with escapes", `["\u0030\u0031\ud83d\ude00\\\""]`, ""},
		{"too long", `["0123456789x"]`, "a string of 11 bytes is too long: at most 10 are accepted (it ends at byte 14)"},
		{"too long, in few characters", `["éééééé"]`, "a string of 12 bytes"},
		{"many keys", manyKeys(1000), ""},
		{"a key of a few twice", `{"a":{"b":1},"b":{"a":1}, "a" : 2}`, `the key "a" is given twice in one object (at byte 29)`},
		{"a key of many twice", strings.TrimSuffix(manyKeys(100), "}") + `,"k3":1}`, `the key "k3" is given twice`},
		{"a key of many twice, late", strings.TrimSuffix(manyKeys(100), "}") + `,"k99":1}`, `the key "k99" is given twice`},
		{"a key twice, once escaped", `{"\u0061":1,"a":2}`, `the key "a" is given twice`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := NewWithT(t)
			err := readJSON([]byte(tt.body), new(any), limits)
			if tt.refusal == "" {
				g.Expect(err).NotTo(HaveOccurred())
				return
			}
			g.Expect(err).To(MatchError(ContainSubstring(tt.refusal)))
			g.Expect(failureOf(err).status).To(Equal(http.StatusBadRequest))
		})
	}
}
