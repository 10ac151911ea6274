package localenv

import (
	"fmt"
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
	listener, err := listen()
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

// Stop ends it at once, with whatever request is under way.
func (j *Jira) Stop() error {
	if err := j.server.Close(); err != nil {
		return fmt.Errorf("stop the Jira simulator: %w", err)
	}
	return nil
}
