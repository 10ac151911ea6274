// Package manager wires the SCIM server and the controllers into one process.
package manager

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/atlassync/atlassync/scimwebhook"
)

// Options are the settings of the process, each with its flag.
type Options struct {
	// Version is what the binary was built from.
	Version string

	// SCIMBindAddress is where the SCIM server listens.
	SCIMBindAddress string
	// SCIMBaseURL is the address under which identity providers reach it.
	SCIMBaseURL string
	// SCIMTLSCertDir holds tls.crt and tls.key; empty means plain HTTP.
	SCIMTLSCertDir string
	// SCIMTrustedProxies are the proxies whose X-Forwarded-For is believed.
	SCIMTrustedProxies []netip.Prefix
	// SCIMLimits bound what SCIM clients may cost.
	SCIMLimits scimwebhook.Limits

	// MetricsBindAddress is where metrics are served; "0" means nowhere.
	MetricsBindAddress string
	// HealthProbeBindAddress is where /healthz and /readyz are served.
	HealthProbeBindAddress string
	// PprofBindAddress is where profiles of the process are served; empty
	// means nowhere.
	PprofBindAddress string

	// LeaderElect lets several replicas run, of which one reconciles.
	LeaderElect bool
	// LeaderElectionNamespace is where the lease is; empty means the
	// namespace that the process runs in.
	LeaderElectionNamespace string
	// Selector is for the labels of the SyncConfigs that this process
	// reconciles; empty takes all of them. It serves SCIM for all in any case.
	Selector string
	// WatchNamespace limits the process to one namespace; empty means all.
	WatchNamespace string
	// Workers is how many users, and how many groups, are worked on at once.
	Workers int
	// GracefulShutdownTimeout is how long requests under way may still take
	// after the process was told to stop.
	GracefulShutdownTimeout time.Duration
}

// DefaultOptions are the settings without any flag.
func DefaultOptions() Options {
	return Options{
		SCIMBindAddress:         ":8080",
		SCIMBaseURL:             "http://localhost:8080",
		SCIMLimits:              scimwebhook.DefaultLimits(),
		MetricsBindAddress:      ":8081",
		HealthProbeBindAddress:  ":8082",
		Workers:                 48, // many more than a directory takes at once: most wait for the API server
		GracefulShutdownTimeout: time.Minute,
	}
}

// BindFlags makes a flag of each option.
func (o *Options) BindFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.SCIMBindAddress, "scim-bind-address", o.SCIMBindAddress, "Address that the SCIM server listens on.")
	flags.StringVar(&o.SCIMBaseURL, "scim-base-url", o.SCIMBaseURL, "Address under which identity providers reach the SCIM server, without /scim/v2. Shown in the status of each SyncConfig and in SCIM answers.")
	flags.StringVar(&o.SCIMTLSCertDir, "scim-tls-cert-dir", o.SCIMTLSCertDir, "Folder with tls.crt and tls.key for the SCIM server, read again when they change. Empty: plain HTTP, for use behind an Ingress.")
	flags.Func("scim-trusted-proxies", "Networks of the proxies before the SCIM server, such as 10.0.0.0/8,fd00::/8. Only their X-Forwarded-For says where a request comes from.", o.setTrustedProxies)
	for _, limit := range o.limits() {
		limit.bind(flags)
	}
	flags.StringVar(&o.MetricsBindAddress, "metrics-bind-address", o.MetricsBindAddress, "Address that metrics are served on, unauthenticated. 0 turns them off.")
	flags.StringVar(&o.HealthProbeBindAddress, "health-probe-bind-address", o.HealthProbeBindAddress, "Address that /healthz and /readyz are served on.")
	flags.StringVar(&o.PprofBindAddress, "pprof", o.PprofBindAddress, "Address that serves profiles of the process, such as localhost:6060, for go tool pprof. Empty: nowhere. They tell names of users: keep it on localhost.")
	flags.BoolVar(&o.LeaderElect, "leader-elect", o.LeaderElect, "Run beside other replicas: all serve SCIM, one reconciles.")
	flags.StringVar(&o.LeaderElectionNamespace, "leader-election-namespace", o.LeaderElectionNamespace, "Namespace of the lease. Empty: the one that the process runs in.")
	flags.StringVar(&o.Selector, "selector", o.Selector, "Reconcile only the SyncConfigs whose labels match this label selector, such as shard=a, and leave the others to managers with another one. SCIM is served for all. Needs --leader-elect: each selector has a lease of its own.")
	flags.StringVar(&o.WatchNamespace, "watch-namespace", o.WatchNamespace, "The only namespace to serve. Empty: all of them.")
	flags.IntVar(&o.Workers, "workers", o.Workers, "How many users, and how many groups, are worked on at once.")
	flags.DurationVar(&o.GracefulShutdownTimeout, "graceful-shutdown-timeout", o.GracefulShutdownTimeout, "How long SCIM requests under way may still take after a signal to stop.")
}

func (o *Options) setTrustedProxies(list string) error {
	o.SCIMTrustedProxies = nil
	for text := range strings.SplitSeq(list, ",") {
		network, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("%q is not a network such as 10.0.0.0/8", text)
		}
		o.SCIMTrustedProxies = append(o.SCIMTrustedProxies, network.Masked())
	}
	return nil
}

// validate says which flag cannot be used, and why.
func (o *Options) validate() error {
	base, err := url.Parse(o.SCIMBaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return fmt.Errorf("--scim-base-url %q is not an http or https address such as https://scim.example.com", o.SCIMBaseURL)
	case o.Workers < 1:
		return errors.New("--workers must be at least 1")
	case o.Selector != "" && !o.LeaderElect:
		return errors.New("--selector needs --leader-elect: by its lease the other managers see that this one is at work")
	}
	if _, err := o.selector(); err != nil {
		return err
	}
	for _, limit := range o.limits() {
		if err := limit.validate(); err != nil {
			return err
		}
	}
	return nil
}
