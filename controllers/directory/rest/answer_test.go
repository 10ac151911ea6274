package rest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"
)

// What holds an answer while it is read is used for the next one.
func TestAnswersStayAsTheyWere(t *testing.T) {
	g := NewWithT(t)
	requests := 0
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		_, _ = io.WriteString(w, numbered(requests))
	})
	client := connect(t, config(server))
	type decoded struct {
		Name string          `json:"name"`
		Rest json.RawMessage `json:"rest"`
	}
	var raw [][]byte
	var answers []decoded
	for range 20 {
		var body []byte
		var answer decoded
		g.Expect(client.Do(t.Context(), read(), &body)).To(Succeed())
		g.Expect(client.Do(t.Context(), read(), &answer)).To(Succeed())
		raw, answers = append(raw, body), append(answers, answer)
	}
	for i := range raw {
		g.Expect(string(raw[i])).To(Equal(numbered(2*i + 1)))
		g.Expect(answers[i].Name).To(Equal(fmt.Sprintf("person%02d", 2*i+2)))
		g.Expect(string(answers[i].Rest)).To(Equal(fmt.Sprintf(`{"n":"%02d"}`, 2*i+2)))
	}
}

// numbered is an answer that is as long as all others.
func numbered(n int) string {
	return fmt.Sprintf(`{"name":"person%02d","rest":{"n":"%02d"}}`, n, n)
}
