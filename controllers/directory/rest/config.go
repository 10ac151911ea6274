package rest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/atlassync/atlassync/controllers/directory"
)

// idleTimeout closes unused connections, those of a replaced Client included.
const idleTimeout = 90 * time.Second

func invalid(message string) error {
	return &directory.Error{Kind: directory.KindInvalid, Op: directory.OpConnect, Message: message}
}

// baseURL checks the URL. Its messages do not repeat the URL, which may hold
// a password by mistake.
func baseURL(config directory.Config) (*url.URL, error) {
	base, err := url.Parse(config.URL)
	switch {
	case err != nil || base.Host == "":
		return nil, invalid("the URL is not one; write it as https://host/path")
	case base.User != nil:
		return nil, invalid("the URL has credentials in it; they belong into the credentials Secret")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, invalid("the URL has a query or a fragment; write it as https://host/path")
	case base.Scheme == "https", base.Scheme == "http" && config.AllowInsecureHTTP:
		return base, nil
	case base.Scheme == "http":
		return nil, invalid("the URL begins with http://, which would show the credentials to everybody on the way; " +
			"use https://, or set allowInsecureHTTP")
	}
	return nil, invalid("the URL must begin with https://")
}

// credentials gives the header that signs in, and what of it no message may
// show. Line ends around them, which slip into Secrets easily, are no part of
// them.
func credentials(config directory.Config) (authorization string, secrets []string, err error) {
	token := strings.TrimSpace(config.Token)
	username, password := strings.TrimSpace(config.Username), strings.TrimRight(config.Password, "\r\n")
	switch {
	case token != "":
		return "Bearer " + token, []string{token}, nil
	case username != "" && password != "":
		basic := base64.StdEncoding.EncodeToString([]byte(username + ":" + password))
		return "Basic " + basic, []string{basic, password}, nil
	}
	return "", nil, invalid("there are no credentials; give a token, or username and password")
}

// newTransport trusts the certificates of the bundle, or the system's if it
// is empty. A proxy is taken from the environment.
func newTransport(caBundle string, maxConcurrent int) (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if caBundle != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(caBundle)) {
			return nil, invalid("the CA bundle has no certificate in PEM form")
		}
	}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		ForceAttemptHTTP2:   true,
		MaxConnsPerHost:     maxConcurrent,
		MaxIdleConnsPerHost: maxConcurrent,
		IdleConnTimeout:     idleTimeout,
	}, nil
}

// followNone hands redirects to the caller: credentials go nowhere but to
// the configured host.
func followNone(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}
