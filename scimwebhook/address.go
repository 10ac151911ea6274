package scimwebhook

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress is where a request comes from: the other end of the connection
// or, while that is a proxy to be trusted, what it says in X-Forwarded-For.
// Anybody can write the rest of that header, so it is read from the end, and
// no further than the first address that is not such a proxy.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	address, _ := parseAddress(r.RemoteAddr)
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(forwarded) {
		if !slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(address) }) {
			break
		}
		before, ok := parseAddress(strings.TrimSpace(text))
		if !ok {
			break
		}
		address = before
	}
	return address
}

// parseAddress reads an address, with or without a port.
func parseAddress(text string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap(), true
	}
	address, err := netip.ParseAddr(text)
	return address.Unmap(), err == nil
}

// neighbourhood is what one stranger is known by: an IPv4 address, or the
// IPv6 network of 64 bits that one customer gets.
func neighbourhood(address netip.Addr) netip.Prefix {
	bits := 64
	if address.Is4() {
		bits = 32
	}
	prefix, _ := address.Prefix(bits) // the zero Prefix for the zero Addr
	return prefix
}
