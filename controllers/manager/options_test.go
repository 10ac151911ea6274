package manager

import (
	"flag"
	"io"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestFlags(t *testing.T) {
	g := NewWithT(t)
	options := DefaultOptions()
	flags := flag.NewFlagSet("atlassync", flag.ContinueOnError)
	options.BindFlags(flags)
	g.Expect(flags.Parse([]string{
		"--scim-bind-address=:9443", "--scim-base-url=https://scim.example.com", "--scim-tls-cert-dir=/certs",
		"--scim-max-body-bytes=4096", "--leader-elect", "--watch-namespace=identity", "--workers=3", "--graceful-shutdown-timeout=5s",
	})).To(Succeed())
	g.Expect(options).To(Equal(Options{
		SCIMBindAddress: ":9443", SCIMBaseURL: "https://scim.example.com", SCIMTLSCertDir: "/certs", SCIMMaxBodyBytes: 4096,
		MetricsBindAddress: ":8081", HealthProbeBindAddress: ":8082",
		LeaderElect: true, WatchNamespace: "identity", Workers: 3, GracefulShutdownTimeout: 5 * time.Second,
	}))
	g.Expect(options.validate()).To(Succeed())
}

func TestImpossibleFlags(t *testing.T) {
	tests := []struct{ flag, says string }{
		{"--scim-base-url=scim.example.com", "--scim-base-url"},
		{"--scim-base-url=ftp://scim.example.com", "--scim-base-url"},
		{"--workers=0", "--workers"},
		{"--scim-max-body-bytes=10", "--scim-max-body-bytes"},
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
