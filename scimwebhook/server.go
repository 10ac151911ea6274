// Package scimwebhook is the SCIM 2.0 server (RFC 7643, RFC 7644) that
// identity providers send users and groups to. Each SyncConfig has a base URL
// of its own, /scim/v2/{namespace}/{syncconfig}. An answer says that the
// change is durable in the Kubernetes API; the directories follow later.
package scimwebhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// Options configure a Server.
type Options struct {
	// BindAddress is where the server listens, such as ":8443".
	BindAddress string
	// TLSCertDir holds tls.crt and tls.key, which are read again when they
	// change. Empty means plain HTTP, for use behind an ingress.
	TLSCertDir string
	// ShutdownTimeout is how long requests may take to finish at the end.
	// The default is 30 seconds.
	ShutdownTimeout time.Duration
	// Limits bound what clients may cost; none at all means DefaultLimits.
	Limits Limits
	// BaseURL is what clients see before /scim/v2, such as
	// https://scim.example.com. Empty means what each request was sent to.
	BaseURL string
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Store holds users, groups and tokens.
	Store *store.Store
	// Log takes the audit lines and what goes wrong.
	Log logr.Logger
}

// Server serves SCIM. It runs on every replica.
type Server struct {
	options    Options
	metrics    *metrics
	tokenRates *buckets[tokenKey]
	failures   *buckets[netip.Prefix]
	heard      *hearing
	listening  atomic.Pointer[net.TCPAddr]
}

// New makes a Server that is not listening yet.
func New(o Options) (*Server, error) {
	if o.Store == nil {
		return nil, errors.New("the SCIM server needs a store")
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.ShutdownTimeout == 0 {
		o.ShutdownTimeout = 30 * time.Second
	}
	return &Server{
		options: o, metrics: newMetrics(), heard: newHearing(),
		tokenRates: newBuckets[tokenKey](o.Limits.TokenRate),
		failures:   newBuckets[netip.Prefix](o.Limits.FailureRate),
	}, nil
}

// NeedLeaderElection reports that the server does not wait to be the leader.
func (s *Server) NeedLeaderElection() bool { return false }

// Start listens and serves until ctx ends, then answers the requests that
// have begun. It returns an error when it cannot go on.
func (s *Server) Start(ctx context.Context) error {
	if !s.options.Store.WaitForSync(ctx) {
		return nil // ctx ended
	}
	group, ctx := errgroup.WithContext(ctx)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.options.BindAddress)
	if err != nil {
		return fmt.Errorf("listen for SCIM on %s: %w", s.options.BindAddress, err)
	}
	defer func() { _ = listener.Close() }() // closed before, unless TLS fails
	address, _ := listener.Addr().(*net.TCPAddr)
	if s.options.TLSCertDir != "" {
		certificates, err := watchCertificates(s.options.TLSCertDir)
		if err != nil {
			return err
		}
		group.Go(func() error { return certificates.Start(ctx) })
		listener = tls.NewListener(listener, tlsConfig(certificates))
	}
	server := s.httpServer()
	group.Go(func() error {
		s.listening.Store(address)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve SCIM: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		s.heard.run(ctx, s.options.Store.Tokens.NoteRequest, s.options.Log)
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return s.stop(ctx, server)
	})
	s.options.Log.Info("Serving SCIM", "address", address.String(), "tls", s.options.TLSCertDir != "")
	return group.Wait()
}

func (s *Server) httpServer() *http.Server {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       s.options.Limits.RequestTime * 9 / 10, // leaves time for the answer
		WriteTimeout:      s.options.Limits.RequestTime + answerTime,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    s.options.Limits.HeaderBytes,
		Protocols:         &http1,
		// What net/http says is about clients, a broken handshake for example.
		ErrorLog: slog.NewLogLogger(logr.ToSlogHandler(s.options.Log.V(1)), slog.LevelInfo),
	}
}

// stop lets requests finish. Those that take too long are cut off.
func (s *Server) stop(ctx context.Context, server *http.Server) error {
	s.listening.Store(nil)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
		return fmt.Errorf("stop serving SCIM: requests were still running after %s: %w", s.options.ShutdownTimeout, err)
	}
	return nil
}

// Address is where the server listens, or nil while it does not.
func (s *Server) Address() net.Addr {
	if address := s.listening.Load(); address != nil {
		return address
	}
	return nil
}

// Ready is a readiness check (healthz.Checker): the server is listening.
func (s *Server) Ready(*http.Request) error {
	if s.Address() == nil {
		return errors.New("the SCIM server is not listening")
	}
	return nil
}
