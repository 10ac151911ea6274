package directory

import (
	"fmt"
	"log/slog"
	"time"
)

// Config is what is needed to reach one Atlassian instance, whatever its
// product. It is comparable: two equal Configs make equal clients.
//
// It carries credentials, so every way of printing it leaves them out.
type Config struct {
	// Product picks the Connector, such as Jira.
	Product string
	// URL is the base URL with its context path, without credentials, query
	// or fragment.
	URL string
	// DirectoryName is the user directory that must be written to, as the
	// product's administration calls it. If empty, whichever the product
	// writes to is the right one.
	DirectoryName string
	// DirectoryID is the id of the provisioning directory, for Cloud.
	DirectoryID string
	// Token is a personal access token. If empty, Username and Password are used.
	Token string `json:"-"`
	// Username and Password are for basic authentication.
	Username string
	Password string `json:"-"`
	// AdminUsername and AdminPassword, if given, are an administrator's for
	// products whose own credentials cannot tell which user directory is
	// written to: Crowd's are an application's. Nothing is written with them.
	AdminUsername string
	AdminPassword string `json:"-"`
	// CABundle holds PEM certificates to trust instead of the system's.
	CABundle string `json:"-"`
	// AllowInsecureHTTP permits an http:// URL, which shows the credentials
	// to everybody on the way.
	AllowInsecureHTTP bool
	// RequestsPerSecond and MaxConcurrentRequests are the budget that all
	// work on this instance shares; 20 and 8 if zero.
	RequestsPerSecond     int
	MaxConcurrentRequests int
	// RequestTimeout is how long one request may take, from its turn in the
	// budget to the end of the answer; 30 seconds if zero.
	RequestTimeout time.Duration
	// UserAgent is how the client introduces itself, such as
	// atlassync/1.0.0; atlassync if empty.
	UserAgent string
}

// Place is where a Config leads, whoever signs in and however.
type Place struct{ Product, URL, DirectoryName, DirectoryID string }

// Place is where the Config leads.
func (c Config) Place() Place {
	return Place{c.Product, c.URL, c.DirectoryName, c.DirectoryID}
}

// String shows the Config without credentials.
func (c Config) String() string {
	return fmt.Sprintf("%s at %s (%s, %d requests/s, %d at once, time-out %s)",
		c.Product, c.URL, c.authentication(), c.RequestsPerSecond, c.MaxConcurrentRequests, c.RequestTimeout)
}

// GoString shows the Config without credentials for %#v.
func (c Config) GoString() string {
	return "directory.Config{" + c.String() + "}"
}

// LogValue shows the Config without credentials in log/slog.
func (c Config) LogValue() slog.Value {
	return slog.StringValue(c.String())
}

// MarshalLog shows the Config without credentials in logr.
func (c Config) MarshalLog() any {
	return c.String()
}

func (c Config) authentication() string {
	if c.Token != "" {
		return "access token"
	}
	return "basic authentication as " + c.Username
}
