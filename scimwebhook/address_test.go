package scimwebhook

import (
	"net/http"
	"net/netip"
	"testing"

	. "github.com/onsi/gomega"
)

func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	tests := []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"a client without proxy", "192.0.2.1:5000", nil, "192.0.2.1"},
		{"a stranger's word is not taken", "192.0.2.1:5000", []string{"198.51.100.7"}, "192.0.2.1"},
		{"a trusted proxy's word is", "10.0.0.1:5000", []string{"198.51.100.7"}, "198.51.100.7"},
		{"what the client made up before it is not", "10.0.0.1:5000", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		{"proxies behind each other", "10.0.0.1:5000", []string{"203.0.113.9, 198.51.100.7", "10.2.3.4"}, "198.51.100.7"},
		{"proxies only", "10.0.0.1:5000", []string{"10.2.3.4"}, "10.2.3.4"},
		{"a proxy that says nothing", "10.0.0.1:5000", nil, "10.0.0.1"},
		{"a proxy that says nonsense", "10.0.0.1:5000", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		{"an address with a port", "[fd00::1]:5000", []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:5000", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: test.peer, Header: http.Header{"X-Forwarded-For": test.forwarded}}
			NewWithT(t).Expect(clientAddress(r, trusted).String()).To(Equal(test.want))
		})
	}
}

func TestNeighbourhood(t *testing.T) {
	g := NewWithT(t)
	of := func(text string) string { return neighbourhood(netip.MustParseAddr(text)).String() }
	g.Expect(of("192.0.2.1")).To(Equal("192.0.2.1/32"))
	g.Expect(of("2001:db8:1:2:3:4:5:6")).To(Equal("2001:db8:1:2::/64"))
	g.Expect(neighbourhood(netip.Addr{})).To(Equal(netip.Prefix{}), "an address that is not known")
}
