package scimwebhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

// transcript is what one identity provider sends, in order, and what it must
// be answered. In paths, bodies and answers, {name} stands for an id that an
// earlier answer gave.
type transcript struct {
	Client string `json:"client"`
	// Unconfirmed says what no capture or documentation of the vendor shows.
	Unconfirmed string            `json:"unconfirmed"`
	Headers     map[string]string `json:"headers"`
	Steps       []step            `json:"steps"`
}

// step is one request and its answer.
type step struct {
	Does   string          `json:"does"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`
	Status int             `json:"status"`
	// Answer is a part of the body: further keys are allowed, null means that
	// a key is not there or an empty list, and lists are as long as they are here.
	Answer json.RawMessage `json:"answer"`
	// Keep names the id in the answer.
	Keep string `json:"keep"`
}

func readTranscript(path string) transcript {
	raw, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var t transcript
	Expect(decoder.Decode(&t)).To(Succeed(), path)
	return t
}

func transcripts() []string {
	files, err := filepath.Glob(filepath.Join("testdata", "transcripts", "*.json"))
	if err != nil {
		panic(err) // the pattern is a constant
	}
	return files
}

var _ = Describe("What identity providers send", func() {
	for _, file := range transcripts() {
		It("is understood: "+strings.TrimSuffix(filepath.Base(file), ".json"), func(ctx context.Context) {
			t := readTranscript(file)
			client := newIDP(ctx, scimwebhook.Options{})
			for name, value := range t.Headers {
				client.headers.Set(name, value)
			}
			t.play(client)
		})
	}
})

// play sends the requests and compares the answers.
func (t transcript) play(client *idp) {
	GinkgoHelper()
	ids := []string{"{base}", client.url}
	for n, s := range t.Steps {
		about := fmt.Sprintf("%s, step %d: %s", t.Client, n+1, s.Does)
		fill := strings.NewReplacer(ids...).Replace
		got := client.send(s.Method, fill(s.Path), fill(string(s.Body)))
		Expect(got.Status).To(Equal(s.Status), about+": "+got.Text)
		if len(s.Answer) > 0 {
			var want any
			Expect(json.Unmarshal([]byte(fill(string(s.Answer))), &want)).To(Succeed(), about)
			Expect(difference("", want, got.Body)).To(BeEmpty(), about+": "+got.Text)
		}
		if got.Status >= http.StatusBadRequest {
			Expect(got).To(beErrorMessage(got.Status), about)
		}
		if s.Keep != "" {
			ids = append(ids, "{"+s.Keep+"}", got.id())
		}
	}
}

// difference says where got lacks what is wanted.
func difference(path string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		return objectDifference(path, want, got)
	case []any:
		return listDifference(path, want, got)
	}
	if list, ok := got.([]any); want == nil && ok && len(list) == 0 || want == got {
		return ""
	}
	return fmt.Sprintf("%s is %v, not %v", path, got, want)
}

func objectDifference(path string, want map[string]any, got any) string {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s is no object but %v", path, got)
	}
	for key, value := range want {
		if d := difference(path+"."+key, value, object[key]); d != "" {
			return d
		}
	}
	return ""
}

func listDifference(path string, want []any, got any) string {
	list, ok := got.([]any)
	if !ok || len(list) != len(want) {
		return fmt.Sprintf("%s is not a list of %d but %v", path, len(want), got)
	}
	for i, value := range want {
		if d := difference(fmt.Sprintf("%s[%d]", path, i), value, list[i]); d != "" {
			return d
		}
	}
	return ""
}
