// Package okta speaks SCIM as Okta's provisioning does: its requests, bodies
// and headers, in its order. It drives the demo and the end-to-end tests.
//
// The forms are those of Okta's SCIM 2.0 reference
// (https://developer.okta.com/docs/reference/scim/scim-20/) and of captured
// traffic where the reference is silent.
package okta

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// App is the kind of application that an administrator made in Okta: it
// decides which verbs Okta uses.
type App uint8

const (
	// Template is an app from the catalogue, such as "SCIM 2.0 Test App
	// (Bearer Token)": profiles by PUT; status and groups by PATCH.
	Template App = iota
	// Wizard is a custom app from the App Integration Wizard: never PATCH.
	Wizard
)

// requestTimeout is when Okta gives up on an answer.
const requestTimeout = 60 * time.Second

// Client is one provisioned application in Okta.
type Client struct {
	baseURL string
	token   string
	app     App
	http    *http.Client
}

// New returns the application whose administrator entered this SCIM base URL
// and bearer token.
func New(baseURL, token string, app App) *Client {
	return &Client{
		baseURL: strings.TrimRight(baseURL, "/"),
		token:   token,
		app:     app,
		http:    &http.Client{Timeout: requestTimeout},
	}
}

// TestCredentials is the button "Test API Credentials" with "Import Groups" on.
func (c *Client) TestCredentials(ctx context.Context) error {
	if err := c.do(ctx, http.MethodGet, "/Users?startIndex=1&count=2", nil, &listResponse{}); err != nil {
		return err
	}
	return c.do(ctx, http.MethodGet, "/Groups?startIndex=1&count=100", nil, &listResponse{})
}

// do sends one request and reads the answer into out, which may be nil.
// A status outside of 2xx is an *Error.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	request, err := c.request(ctx, method, path, in)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err // *url.Error names the method and the URL
	}
	defer func() { _ = response.Body.Close() }()
	body, err := readBody(response)
	if err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return newError(method, path, response, body)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s %s: invalid JSON in the answer: %w", method, path, err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.baseURL+path, body)
	if err != nil {
		return nil, err
	}
	header := request.Header
	header.Set("Accept", "application/scim+json")
	header.Set("Accept-Charset", "utf-8")
	header.Set("Accept-Encoding", "gzip,deflate")
	header.Set("Authorization", "Bearer "+c.token)
	header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	header.Set("Connection", "Keep-Alive")
	if in != nil {
		header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	return request, nil
}

// readBody undoes the compression: net/http leaves that to whoever asked for
// it in an own Accept-Encoding.
func readBody(response *http.Response) ([]byte, error) {
	switch encoding := response.Header.Get("Content-Encoding"); encoding {
	case "":
		return io.ReadAll(response.Body)
	case "gzip":
		unpacked, err := gzip.NewReader(response.Body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(unpacked)
	default:
		return nil, fmt.Errorf("unexpected Content-Encoding %q", encoding)
	}
}

// lookup is the path of a search by one attribute, encoded as Okta does: the
// value is a JSON string, and a space is %20.
func lookup(collection, attribute, value string) (string, error) {
	var literal bytes.Buffer
	encoder := json.NewEncoder(&literal)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	expression := attribute + " eq " + strings.TrimSpace(literal.String())
	escaped := strings.ReplaceAll(url.QueryEscape(expression), "+", "%20")
	return collection + "?filter=" + escaped + "&startIndex=1&count=100", nil
}
