package localenv

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/hack/simulator/jira"
)

// Jira is a simulated Jira Data Center that listens on loopback.
type Jira struct {
	// Simulator is the instance, to look into it and to steer it.
	Simulator *jira.Server
	// URL is its base URL.
	URL string
	// User and Password are its administrator.
	User, Password string

	server *http.Server
}

// StartJira runs a simulated Jira on a free port. Its administrator is admin
// unless options name another.
func StartJira(options jira.Options) (*Jira, error) {
	if options.AdminName == "" {
		options.AdminName, options.AdminPassword = "admin", "admin"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the Jira simulator: %w", err)
	}
	j := &Jira{
		Simulator: jira.New(options),
		URL:       "http://" + listener.Addr().String() + options.ContextPath,
		User:      options.AdminName,
		Password:  options.AdminPassword,
	}
	j.server = &http.Server{Handler: j.Simulator, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = j.server.Serve(listener) }() // ends by Stop
	return j, nil
}

// Stop lets requests that are under way finish, for a moment.
func (j *Jira) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := j.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop the Jira simulator: %w", err)
	}
	return nil
}
