package manager

import (
	"flag"
	"io"
	"net/netip"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

func TestFlags(t *testing.T) {
	g := NewWithT(t)
	options := DefaultOptions()
	flags := flag.NewFlagSet("atlassync", flag.ContinueOnError)
	options.BindFlags(flags)
	g.Expect(flags.Parse([]string{
		"--scim-bind-address=:9443", "--scim-base-url=https://scim.example.com", "--scim-tls-cert-dir=/certs",
		"--scim-trusted-proxies=10.1.0.0/16, fd00::1/8", "--leader-elect", "--watch-namespace=identity", "--workers=3", "--graceful-shutdown-timeout=5s",
	})).To(Succeed())
	g.Expect(options).To(Equal(Options{
		SCIMBindAddress: ":9443", SCIMBaseURL: "https://scim.example.com", SCIMTLSCertDir: "/certs", SCIMLimits: scimwebhook.DefaultLimits(),
		SCIMTrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")},
		MetricsBindAddress: ":8081", HealthProbeBindAddress: ":8082",
		LeaderElect: true, WatchNamespace: "identity", Workers: 3, GracefulShutdownTimeout: 5 * time.Second,
	}))
	g.Expect(options.validate()).To(Succeed())
}

func TestTrustedProxiesAreNetworks(t *testing.T) {
	g := NewWithT(t)
	options := DefaultOptions()
	flags := flag.NewFlagSet("atlassync", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	options.BindFlags(flags)
	g.Expect(flags.Parse([]string{"--scim-trusted-proxies=10.0.0.0/8,proxy"})).To(MatchError(ContainSubstring(`"proxy" is not a network`)))
}

func TestLimitFlags(t *testing.T) {
	g := NewWithT(t)
	options := DefaultOptions()
	flags := flag.NewFlagSet("atlassync", flag.ContinueOnError)
	options.BindFlags(flags)
	g.Expect(flags.Parse([]string{
		"--scim-max-header-bytes=2001", "--scim-max-body-bytes=2002", "--scim-max-json-depth=9", "--scim-max-string-bytes=2003",
		"--scim-max-operations=4", "--scim-max-members=5", "--scim-max-filter-bytes=2004", "--scim-max-filter-terms=6", "--scim-max-filter-depth=7",
		"--scim-request-timeout=8s", "--scim-token-rate=0.5", "--scim-token-burst=10", "--scim-auth-failure-rate=0.25", "--scim-auth-failure-burst=11",
	})).To(Succeed())
	g.Expect(options.SCIMLimits).To(Equal(scimwebhook.Limits{
		HeaderBytes: 2001, BodyBytes: 2002, JSONDepth: 9, StringBytes: 2003,
		Operations: 4, Members: 5, FilterBytes: 2004, FilterTerms: 6, FilterDepth: 7,
		RequestTime: 8 * time.Second, TokenRate: scimwebhook.Rate{PerSecond: 0.5, Burst: 10}, FailureRate: scimwebhook.Rate{PerSecond: 0.25, Burst: 11},
	}))
	g.Expect(options.validate()).To(Succeed())
}

func TestImpossibleFlags(t *testing.T) {
	tests := []struct{ flag, says string }{
		{"--scim-base-url=scim.example.com", "--scim-base-url"},
		{"--scim-base-url=ftp://scim.example.com", "--scim-base-url"},
		{"--workers=0", "--workers"},
		{"--scim-max-body-bytes=10", "--scim-max-body-bytes must be at least 1024"},
		{"--scim-max-members=0", "--scim-max-members must be at least 1"},
		{"--scim-request-timeout=10ms", "--scim-request-timeout must be at least 1s"},
		{"--scim-token-rate=0", "--scim-token-rate must be more than 0"},
		{"--scim-token-rate=NaN", "--scim-token-rate must be more than 0"},
	}
	for _, test := range tests {
		t.Run(test.flag, func(t *testing.T) {
			g := NewWithT(t)
			options := DefaultOptions()
			flags := flag.NewFlagSet("atlassync", flag.ContinueOnError)
			flags.SetOutput(io.Discard)
			options.BindFlags(flags)
			g.Expect(flags.Parse([]string{test.flag})).To(Succeed())
			g.Expect(options.validate()).To(MatchError(ContainSubstring(test.says)))
		})
	}
}
