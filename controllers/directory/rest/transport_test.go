package rest_test

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestRequestsInARowUseOneConnection(t *testing.T) {
	g := NewWithT(t)
	answers := []http.HandlerFunc{
		answering(200, "application/json", `{}`),
		answering(403, "application/json", string(make([]byte, 1<<20))),
		answering(200, "text/html", "<html>"),
		answering(201, "application/json", `{"name":`),
		answering(302, "text/html", "<html>", "Location", "/login"),
		answering(502, "text/html", "<html>"),
		answering(404, "application/json", `{"said":"No."}`),
	}
	addresses := map[string]bool{}
	next := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		addresses[r.RemoteAddr] = true
		next++
		answers[next%len(answers)](w, r)
	})
	client := connect(t, config(server))
	for range answers {
		_ = do(t, client, read())
		_ = do(t, client, write())
	}
	g.Expect(next).To(BeNumerically(">=", 2*len(answers)))
	g.Expect(addresses).To(HaveLen(1))
}

func TestRequestsAtOnceShareConnections(t *testing.T) {
	g := NewWithT(t)
	var addresses sync.Map
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		addresses.Store(r.RemoteAddr, true)
		_, _ = io.WriteString(w, `{}`)
	})
	settings := config(server)
	settings.MaxConcurrentRequests = 4
	client := connect(t, settings)
	var everybody sync.WaitGroup
	for range 16 {
		everybody.Go(func() {
			for range 20 {
				if err := do(t, client, read()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	everybody.Wait()
	connections := 0
	addresses.Range(func(any, any) bool { connections++; return true })
	g.Expect(connections).To(BeNumerically("<=", 8), "for 320 requests, 4 at once")
}

func TestAnAnswerThatIsTooLargeBlocksNothing(t *testing.T) {
	g := NewWithT(t)
	answers := []http.HandlerFunc{answering(200, "application/json", large), answering(200, "application/json", "{}")}
	next := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		next++
		answers[next-1](w, r)
	})
	settings := config(server)
	settings.MaxConcurrentRequests, settings.RequestTimeout = 1, 5*time.Second
	client := connect(t, settings)
	g.Expect(failure(t, do(t, client, read())).Message).To(ContainSubstring("larger"))
	g.Expect(do(t, client, read())).To(Succeed())
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var visits atomic.Int32
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { visits.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			g := NewWithT(t)
			redirect := serve(t, answering(status, "text/html", "", "Location", elsewhere.URL+"/login?destination=x"))
			settings := config(redirect)
			settings.Token, settings.Username, settings.Password = "", "ada", password
			for _, with := range []directory.Config{config(redirect), settings} {
				got := failure(t, do(t, connect(t, with), read()))
				g.Expect(got.Kind).To(Equal(directory.KindUnavailable))
				g.Expect(got.Message).To(And(ContainSubstring(elsewhere.URL), ContainSubstring("login page")))
				g.Expect(failure(t, do(t, connect(t, with), write())).Kind).To(Equal(directory.KindUnavailable))
			}
			g.Expect(visits.Load()).To(BeZero(), "credentials go nowhere else")
		})
	}
}

func TestRedirectsToNowhere(t *testing.T) {
	server := serve(t, answering(302, "text/html", ""))
	got := failure(t, do(t, connect(t, config(server)), read()))
	NewWithT(t).Expect(got.Message).To(ContainSubstring("redirected to an unknown address"))
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(answering(200, "application/json", `{}`))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the failed handshakes below
	server.StartTLS()
	t.Cleanup(server.Close)
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	NewWithT(t).Expect(err).NotTo(HaveOccurred())

	trusted := directory.Config{URL: server.URL, Token: token, CABundle: authority}
	NewWithT(t).Expect(do(t, connect(t, trusted), write())).To(Succeed())

	untrusted := map[string]directory.Config{
		"an unknown authority": {URL: server.URL, Token: token},
		"another host's name":  {URL: "https://localhost:" + port, Token: token, CABundle: authority},
	}
	for name, settings := range untrusted {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			got := failure(t, do(t, connect(t, settings), write()))
			g.Expect(got.Kind).To(Equal(directory.KindUntrusted), got.Error())
			g.Expect(got.Error()).To(And(ContainSubstring("x509"), ContainSubstring("CA bundle")))
		})
	}
}

// TestProxyFromTheEnvironment runs itself again behind a proxy: Go reads the
// environment once in the life of a process, and never uses a proxy for
// loopback.
func TestProxyFromTheEnvironment(t *testing.T) {
	g := NewWithT(t)
	if os.Getenv("BEHIND_PROXY") != "" {
		g.Expect(do(t, connect(t, directory.Config{
			URL: "http://jira.example.invalid", Token: token, AllowInsecureHTTP: true,
		}), read())).To(Succeed())
		return
	}
	var asked atomic.Value
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		_, _ = io.WriteString(w, `{}`)
	})
	again := exec.Command(os.Args[0], "-test.run=^TestProxyFromTheEnvironment$") //nolint:gosec // this test itself
	again.Env = []string{"BEHIND_PROXY=yes", "HTTP_PROXY=" + proxy.URL}
	output, err := again.CombinedOutput()
	g.Expect(err).NotTo(HaveOccurred(), string(output))
	g.Expect(asked.Load()).To(HavePrefix("http://jira.example.invalid/rest/user"))
}
