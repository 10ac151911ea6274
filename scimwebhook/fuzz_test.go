package scimwebhook

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// sentBodies are the bodies in the transcripts of identity providers, each
// with the method that it is sent with.
func sentBodies(f *testing.F) (methods []string, bodies [][]byte) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "transcripts", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no transcripts to begin with: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var transcript struct {
			Steps []struct {
				Method string          `json:"method"`
				Body   json.RawMessage `json:"body"`
			} `json:"steps"`
		}
		if err := json.Unmarshal(raw, &transcript); err != nil {
			f.Fatal(err)
		}
		for _, step := range transcript.Steps {
			if len(step.Body) > 0 {
				methods, bodies = append(methods, step.Method), append(bodies, step.Body)
			}
		}
	}
	return methods, bodies
}

// FuzzRequest reads whole requests: media type, encoding, JSON, document or
// operations. Whatever is sent, the answer is a result or an error that the
// sender is told about in few words; what is left is in canonical form; and a
// strict reading never takes what a tolerant one refuses, or reads it otherwise.
func FuzzRequest(f *testing.F) {
	methods, bodies := sentBodies(f)
	for i, body := range bodies {
		f.Add(methods[i] == http.MethodPatch, i%2 == 0, "application/scim+json", "", body)
	}
	f.Add(false, false, "application/json; charset=utf-8", "gzip", []byte("\x1f\x8b"))
	long := strings.Repeat("x", 5000)
	f.Add(false, false, "", "", []byte(`{"`+long+`":1,"`+long+`":2}`))
	f.Add(true, false, "", "", []byte(`{"Operations":[{"op":"remove","path":"`+long[:2000]+` bad"}]}`))
	f.Fuzz(func(t *testing.T, patching, group bool, mediaType, encoding string, body []byte) {
		resource := schema.User
		if group {
			resource = schema.Group
		}
		read := func(strict bool) (map[string]any, error) {
			r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
			r.Header.Set("Content-Type", mediaType)
			r.Header.Set("Content-Encoding", encoding)
			c := &call{limits: DefaultLimits(), strict: strict}
			r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
			e := endpoint[object]{resource: resource}
			if patching {
				return patched(r, resource)
			}
			doc, _, err := e.document(r)
			return doc, err
		}
		tolerant, err := read(false)
		expectToldInFewWords(t, err)
		strict, strictErr := read(true)
		expectToldInFewWords(t, strictErr)
		if strictErr == nil && (err != nil || !reflect.DeepEqual(strict, tolerant)) {
			t.Fatalf("read as %v if strict, as %v (error %v) if tolerant", strict, tolerant, err)
		}
		if err != nil {
			return
		}
		again, dropped, err := schema.DefaultRules.Normalize(resource, tolerant)
		if err != nil || len(dropped) > 0 || !reflect.DeepEqual(again, tolerant) {
			t.Fatalf("not canonical: %v (normalised %v, dropped %v, error %v)", tolerant, again, dropped, err)
		}
	})
}

// patched is the least document of a resource after the operations in a request.
func patched(r *http.Request, resource *schema.Resource) (map[string]any, error) {
	var message patchMessage
	if err := decode(r, &message); err != nil {
		return nil, err
	}
	c := callOf(r.Context())
	if err := message.check(c.strict); err != nil {
		return nil, err
	}
	program, err := c.patches().Parse(message.Operations, resource)
	if err != nil {
		return nil, err
	}
	doc := map[string]any{"userName": "jane"}
	if resource == schema.Group {
		doc = map[string]any{"displayName": "team"}
	}
	_, err = program.Apply(doc)
	return doc, err
}

// expectToldInFewWords checks the answer that an error leads to.
func expectToldInFewWords(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	answer := httptest.NewRecorder()
	fail(answer, httptest.NewRequest(http.MethodPost, "/", http.NoBody), err)
	if answer.Code < 400 || answer.Code > 499 {
		t.Fatalf("no client's fault: %d: %v", answer.Code, err)
	}
	var message errorMessage
	if err := json.Unmarshal(answer.Body.Bytes(), &message); err != nil || message.Detail == "" {
		t.Fatalf("not an error message: %q", answer.Body)
	}
	if len(message.Detail) > maxDetail+len("…") {
		t.Fatalf("not fit to be shown, with %d bytes: %q", len(message.Detail), message.Detail)
	}
}
