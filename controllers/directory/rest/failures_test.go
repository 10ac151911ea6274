package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// answering serves one answer to everything.
func answering(status int, contentType, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// breaking reads the request and breaks the connection without an answer.
func breaking(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = connection.Close()
	}
}

func TestKindsOfFailure(t *testing.T) {
	const (
		asJSON = "application/json;charset=UTF-8"
		asHTML = "text/html;charset=UTF-8"
		page   = "<!DOCTYPE html><html><title>Log in</title></html>"
		words  = `{"said":"Das geht nicht."}`
	)
	cases := map[string]struct {
		handler     http.HandlerFunc
		read, write directory.Kind
		message     string
	}{
		"400":                             {answering(400, asJSON, words), directory.KindInvalid, directory.KindInvalid, "Das geht nicht."},
		"401":                             {answering(401, asJSON, words), directory.KindUnauthorized, directory.KindUnauthorized, "Das geht nicht."},
		"401 without words":               {answering(401, asJSON, ""), directory.KindUnauthorized, directory.KindUnauthorized, "credentials"},
		"401 as a page":                   {answering(401, asHTML, page), directory.KindUnauthorized, directory.KindUnauthorized, "credentials"},
		"402":                             {answering(402, asJSON, words), directory.KindLicenceExceeded, directory.KindLicenceExceeded, "Das geht nicht."},
		"403":                             {answering(403, asJSON, words), directory.KindForbidden, directory.KindForbidden, "Das geht nicht."},
		"403 as text":                     {answering(403, "text/plain", "XSRF check failed"), directory.KindForbidden, directory.KindForbidden, "lacks the right"},
		"an account that is locked":       {answering(403, asHTML, page, "X-Seraph-LoginReason", "AUTHENTICATION_DENIED"), directory.KindUnauthorized, directory.KindUnauthorized, "CAPTCHA"},
		"404 of the product":              {answering(404, asJSON, words), directory.KindNotFound, directory.KindNotFound, "Das geht nicht."},
		"404 of an ingress":               {answering(404, "text/plain", "default backend - 404"), directory.KindUnavailable, directory.KindUnavailable, "check the URL"},
		"404 as a page":                   {answering(404, asHTML, page), directory.KindUnavailable, directory.KindUnavailable, "check the URL"},
		"405":                             {answering(405, asJSON, ""), directory.KindUnsupported, directory.KindUnsupported, "Method Not Allowed"},
		"407":                             {answering(407, asHTML, page), directory.KindUnavailable, directory.KindUnavailable, "Proxy Authentication"},
		"409":                             {answering(409, asJSON, words), directory.KindAlreadyExists, directory.KindAlreadyExists, "Das geht nicht."},
		"422":                             {answering(422, asJSON, words), directory.KindInvalid, directory.KindInvalid, "Das geht nicht."},
		"418":                             {answering(418, asJSON, ""), directory.KindUnknown, directory.KindUnknown, "teapot"},
		"429":                             {answering(429, asJSON, words, "Retry-After", "7"), directory.KindRateLimited, directory.KindRateLimited, "Das geht nicht."},
		"500":                             {answering(500, asJSON, words), directory.KindUnavailable, directory.KindAmbiguous, "Das geht nicht."},
		"502":                             {answering(502, asHTML, page), directory.KindUnavailable, directory.KindAmbiguous, "Bad Gateway"},
		"503":                             {answering(503, asHTML, page), directory.KindUnavailable, directory.KindAmbiguous, "Service Unavailable"},
		"503 with Retry-After":            {answering(503, asHTML, page, "Retry-After", "7"), directory.KindRateLimited, directory.KindRateLimited, "Service Unavailable"},
		"504":                             {answering(504, asHTML, page), directory.KindUnavailable, directory.KindAmbiguous, "Gateway Timeout"},
		"a page instead of JSON":          {answering(200, asHTML, page), directory.KindUnavailable, directory.KindAmbiguous, "login page"},
		"a page that does not say so":     {answering(200, asJSON, "\n"+page), directory.KindUnavailable, directory.KindAmbiguous, "login page"},
		"truncated JSON":                  {answering(200, asJSON, `{"name":"ad`), directory.KindUnavailable, directory.KindAmbiguous, "cannot be read"},
		"no JSON":                         {answering(200, asJSON, ""), directory.KindUnavailable, directory.KindAmbiguous, "cannot be read"},
		"a body shorter than announced":   {answering(200, asJSON, `{}`, "Content-Length", "10"), directory.KindUnavailable, directory.KindAmbiguous, "cannot be read"},
		"an answer that is too large":     {answering(200, asJSON, `"`+large+`"`), directory.KindUnavailable, directory.KindAmbiguous, "larger than 8 MiB"},
		"an error page that is too large": {answering(500, asHTML, large), directory.KindUnavailable, directory.KindAmbiguous, "Internal Server Error"},
		"a connection that breaks":        {breaking(t), directory.KindUnavailable, directory.KindAmbiguous, "EOF"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			server := serve(t, c.handler)
			for _, try := range []struct {
				request rest.Request
				want    directory.Kind
			}{{read(), c.read}, {write(), c.write}} {
				got := failure(t, do(t, connect(t, config(server)), try.request))
				g := NewWithT(t)
				g.Expect(got.Kind).To(Equal(try.want), got.Error())
				g.Expect(got.Error()).To(ContainSubstring(c.message))
				g.Expect(got.Op).To(Equal(try.request.Op))
				g.Expect(got.URL).To(Equal(server.URL + "/context/rest/user"))
			}
		})
	}
}

// large is more than is ever read.
var large = string(bytes.Repeat([]byte("x"), 10<<20))

func TestLongMessagesAreShortened(t *testing.T) {
	server := serve(t, answering(400, "application/json", `{"said":"`+large[:100_000]+`"}`))
	got := failure(t, do(t, connect(t, config(server)), read()))
	NewWithT(t).Expect(len(got.Message)).To(BeNumerically("<", 600))
}

func TestTimeouts(t *testing.T) {
	done := make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-done
	})
	defer close(done)
	settings := config(server)
	settings.RequestTimeout = 50 * time.Millisecond
	for want, request := range map[directory.Kind]error{
		directory.KindUnavailable: do(t, connect(t, settings), read()),
		directory.KindAmbiguous:   do(t, connect(t, settings), write()),
	} {
		got := failure(t, request)
		g := NewWithT(t)
		g.Expect(got.Kind).To(Equal(want))
		g.Expect(got.Timeout).To(BeTrue())
		g.Expect(got.Message).To(ContainSubstring("in time"))
	}
}

func TestWritesThatNeverLeftAreNotAmbiguous(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	g := NewWithT(t)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(listener.Close()).To(Succeed())
	got := failure(t, do(t, connect(t, directory.Config{
		URL: "http://" + listener.Addr().String(), Token: token, AllowInsecureHTTP: true,
	}), write()))
	g.Expect(got.Kind).To(Equal(directory.KindUnavailable))
	g.Expect(got.Error()).To(ContainSubstring("refused"))
}

func TestCancelledWrites(t *testing.T) {
	g := NewWithT(t)
	arrived, done := make(chan struct{}), make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-done
	})
	defer close(done)
	ctx, cancel := context.WithCancel(t.Context())
	client := connect(t, config(server))
	result := make(chan error)
	go func() { result <- client.Do(ctx, write(), nil) }()
	<-arrived
	cancel()
	sent := failure(t, <-result)
	g.Expect(sent.Kind).To(Equal(directory.KindAmbiguous))

	unsent := failure(t, client.Do(ctx, write(), nil))
	g.Expect(unsent.Kind).To(Equal(directory.KindUnavailable))
	g.Expect(errors.Is(unsent, context.Canceled)).To(BeTrue())
}
