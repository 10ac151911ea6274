package runscope

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// TestComparisons has, for each operator, an answer that passes and one that fails.
func TestComparisons(t *testing.T) {
	answer := response{status: 200, took: 599 * time.Millisecond}
	NewWithT(t).Expect(json.Unmarshal([]byte(`{
		"schemas":["urn:a"],"total":0,"active":false,"name":"Ada","empty":"","none":[],"null":null,
		"Resources":[{"id":"1","emails":[{"value":"a@x"}]}]}`), &answer.json)).To(Succeed())
	for _, tt := range []struct {
		source, property, comparison, value string
		holds                               bool
	}{
		{"response_status", "", "equal_number", "200", true},
		{"response_status", "", "equal_number", "201", false},
		{"response_time", "", "is_less_than", "600", true},
		{"response_time", "", "is_less_than", "599", false},
		{"response_json", "total", "equal", "0", true},
		{"response_json", "total", "equal_number", "0", true},
		{"response_json", "total", "is_a_number", "", true},
		{"response_json", "name", "is_a_number", "", false},
		{"response_json", "name", "equal", "Ada", true},
		{"response_json", "name", "equal", "ada", false},
		{"response_json", "name", "equal_number", "1", false},
		{"response_json", "active", "equal", "false", true},
		{"response_json", "active", "not_empty", "", true},
		{"response_json", "Resources[0].emails[0].value", "not_empty", "", true},
		{"response_json", "Resources[1].id", "not_empty", "", false},
		{"response_json", "Resources.id", "not_empty", "", false},
		{"response_json", "name.part", "not_empty", "", false},
		{"response_json", "missing", "not_empty", "", false},
		{"response_json", "empty", "not_empty", "", false},
		{"response_json", "none", "not_empty", "", false},
		{"response_json", "null", "not_empty", "", false},
		{"response_json", "schemas", "has_value", "urn:a", true},
		{"response_json", "schemas", "has_value", "urn", false},
		{"response_json", "schemas", "contains", "urn:a", true},
		{"response_json", "name", "contains", "da", true},
		{"response_json", "name", "contains", "x", false},
		{"response_json", "name", "made_up", "", false},
		{"made_up", "name", "equal", "Ada", false},
	} {
		expected := Expectation{Source: tt.source, Property: tt.property, Comparison: tt.comparison, Value: tt.value}
		NewWithT(t).Expect(answer.check(expected) == nil).To(Equal(tt.holds), expected.String())
	}
}

func TestStepsPassValuesOn(t *testing.T) {
	g := NewWithT(t)
	var uris, bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		uris, bodies = append(uris, r.Method+" "+r.RequestURI+" "+r.Header.Get("Authorization")), append(bodies, string(body))
		_, _ = io.WriteString(w, `{"id":"17"}`)
	}))
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "suite.json")
	g.Expect(os.WriteFile(path, []byte(`{"name":"s","steps":[
		{"step_type":"request","method":"POST","url":"{{base}}/Users","headers":{"Authorization":["{{auth}}"]},"body":"{{name}}",
		 "variables":[{"source":"response_json","name":"id","property":"id"}],
		 "assertions":[{"source":"response_json","property":"id","comparison":"equal","value":"18"}]},
		{"step_type":"pause","duration":5},
		{"step_type":"request","skipped":true,"method":"DELETE","url":"{{base}}"},
		{"step_type":"request","method":"GET","url":"{{base}}/Users/{{id}}?filter=a eq \"{{name}}\"","headers":{}}]}`), 0o600)).To(Succeed())
	suite, err := Load(path)
	g.Expect(err).NotTo(HaveOccurred())

	player := Player{Client: server.Client(), Variables: map[string]string{"base": server.URL, "auth": "Bearer x", "name": "ada"}}
	var outcomes []Outcome
	for _, step := range suite.Requests() {
		now, err := player.Play(t.Context(), step)
		g.Expect(err).NotTo(HaveOccurred())
		outcomes = append(outcomes, now...)
	}
	g.Expect(uris).To(Equal([]string{"POST /Users Bearer x", `GET /Users/17?filter=a%20eq%20"ada" `}))
	g.Expect(bodies).To(Equal([]string{"ada", ""}))
	g.Expect(outcomes).To(ConsistOf(HaveField("Err", MatchError("it is 17"))))
}

func TestWhatCannotBePlayedIsAnError(t *testing.T) {
	g := NewWithT(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `<html>`) }))
	t.Cleanup(server.Close)
	player := Player{Client: server.Client(), Variables: map[string]string{}}
	_, err := player.Play(t.Context(), Step{Method: "GET", URL: "{{base}}"})
	g.Expect(err).To(MatchError(ContainSubstring("no value for the variables base")))
	_, err = player.Play(t.Context(), Step{Method: "GET", URL: server.URL})
	g.Expect(err).To(MatchError(ContainSubstring("not JSON")))
	_, err = Load(filepath.Join(t.TempDir(), "missing"))
	g.Expect(err).To(MatchError(os.ErrNotExist))
}
