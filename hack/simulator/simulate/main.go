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
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/jira"
)

func main() {
	product := flag.String("product", "jira", "the product to simulate; jira is the only one")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	user := flag.String("user", "admin", "name of the administrator")
	password := flag.String("password", "admin", "password of the administrator")
	token := flag.String("token", "", "personal access token of the administrator, if it is to have one")
	contextPath := flag.String("context-path", "", "path below which the product answers, such as /jira")
	flag.Parse()
	options := jira.Options{ContextPath: *contextPath, AdminName: *user, AdminPassword: *password}
	if *token != "" {
		options.Tokens = map[string]string{*token: *user}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *product, *listen, options)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

// run writes the URL to out and serves until ctx ends.
func run(ctx context.Context, out io.Writer, product, listen string, options jira.Options) error {
	if product != "jira" {
		return fmt.Errorf("product %q cannot be simulated; choose jira", product)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", listen, err)
	}
	if _, err := fmt.Fprintf(out, "http://%s%s\n", listener.Addr(), options.ContextPath); err != nil {
		return fmt.Errorf("printing the address: %w", err)
	}
	server := &http.Server{Handler: jira.New(options), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
