package rest

import (
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestAWriteThatLosesItsConnectionBeforeItIsSent(t *testing.T) {
	g := NewWithT(t)
	for err, want := range map[error]directory.Kind{
		&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}:         directory.KindUnavailable,
		&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}: directory.KindUnavailable,
		&net.OpError{Op: "read", Err: syscall.ECONNRESET}:           directory.KindAmbiguous,
		io.EOF: directory.KindAmbiguous,
	} {
		x := &exchange{write: true}
		x.sent.Store(true) // it had a connection, which turned out to be closed
		g.Expect(x.unanswered(err).Kind).To(Equal(want), "%v", err)
	}
}

func TestTheSameFailureReadsTheSame(t *testing.T) {
	reset := func(t *testing.T, w http.ResponseWriter) {
		t.Helper()
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Fatal(err)
		}
		if tcp, ok := connection.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = connection.Close()
	}
	cases := map[string]http.HandlerFunc{
		"a reset": func(w http.ResponseWriter, _ *http.Request) { reset(t, w) },
		"a reset inside the answer": func(w http.ResponseWriter, r *http.Request) {
			breakOff(w, r)
			_ = http.NewResponseController(w).Flush()
			reset(t, w)
		},
	}
	for name, fail := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			client, _ := impatient(t, fail)
			first := send(t.Context(), client, http.MethodPost)
			g.Expect(first).To(MatchError(ContainSubstring("reset by peer")))
			for range 3 {
				g.Expect(send(t.Context(), client, http.MethodPost)).To(MatchError(first.Error()))
			}
		})
	}
}
