// Simulate runs a simulated Atlassian product for any HTTP client:
//
//	go run ./hack/simulator/simulate -product jira -listen 127.0.0.1:0 -user admin -password admin
//
// It prints its URL, keeps everything in memory and ends on an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/jira"
)

// settings are what every product is given.
type settings struct {
	user, password, token, contextPath, directoryID string
}

// products make the simulated products, by the name that -product takes.
var products = map[string]func(settings) http.Handler{
	"jira": func(s settings) http.Handler {
		return jira.New(jira.Options{ContextPath: s.contextPath, AdminName: s.user, AdminPassword: s.password, Tokens: s.tokens()})
	},
	"confluence": func(s settings) http.Handler {
		return confluence.New(confluence.Options{ContextPath: s.contextPath, AdminName: s.user, AdminPassword: s.password, Tokens: s.tokens()})
	},
	"bitbucket": func(s settings) http.Handler {
		return bitbucket.New(bitbucket.Options{ContextPath: s.contextPath, AdminName: s.user, AdminPassword: s.password, Tokens: s.tokens()})
	},
	"crowd": func(s settings) http.Handler {
		return crowd.New(crowd.Options{ContextPath: s.contextPath, ApplicationName: s.user, ApplicationPassword: s.password})
	},
	"cloud": func(s settings) http.Handler {
		return cloud.New(cloud.Options{APIKey: s.token, DirectoryID: s.directoryID})
	},
}

// tokens are the access tokens with the accounts that they stand for.
func (s settings) tokens() map[string]string {
	if s.token == "" {
		return nil
	}
	return map[string]string{s.token: s.user}
}

func main() {
	var s settings
	known := strings.Join(slices.Sorted(maps.Keys(products)), ", ")
	product := flag.String("product", "jira", "the product to simulate: "+known)
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	flag.StringVar(&s.user, "user", "admin", "name of the administrator, or of the application for Crowd")
	flag.StringVar(&s.password, "password", "admin", "password of the administrator or application")
	flag.StringVar(&s.token, "token", "", "access token of the administrator, if it is to have one; the API key for Cloud, which is "+cloud.DefaultAPIKey+" if empty")
	flag.StringVar(&s.contextPath, "context-path", "", "path below which the product answers, such as /jira")
	flag.StringVar(&s.directoryID, "directory-id", "11111111-2222-3333-4444-555555555555", "id of the provisioning directory, for Cloud")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *product, *listen, s)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

// run writes the URL to out and serves until ctx ends.
func run(ctx context.Context, out io.Writer, product, listen string, s settings) error {
	simulate, ok := products[product]
	if !ok {
		return fmt.Errorf("product %q cannot be simulated; choose one of %s", product, strings.Join(slices.Sorted(maps.Keys(products)), ", "))
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", listen, err)
	}
	if _, err := fmt.Fprintf(out, "http://%s%s\n", listener.Addr(), s.contextPath); err != nil {
		return fmt.Errorf("printing the address: %w", err)
	}
	server := &http.Server{Handler: simulate(s), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
