package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const mediaJSON = "application/json"

// Request is one request.
type Request struct {
	// Op is the operation that it is for, such as directory.OpFindUser.
	Op string
	// Method is the HTTP method; all but GET count as writes.
	Method string
	// Reads says that the request changes nothing, although it is no GET.
	Reads bool
	// Path goes below the base URL, each of its segments escaped.
	Path string
	// Query is the query, if any.
	Query url.Values
	// Body is sent as JSON, unless nil; a []byte is sent as it is.
	Body any
	// ContentType is the media type of Body; application/json if empty.
	ContentType string
	// Accept is the media type to ask for; application/json if empty.
	Accept string
}

func (r Request) reads() bool {
	return r.Reads || r.Method == http.MethodGet
}

func (c *Client) newRequest(ctx context.Context, request Request, target *url.URL) (*http.Request, error) {
	body, err := encode(request.Body)
	if err != nil {
		return nil, err
	}
	httpRequest, err := http.NewRequestWithContext(ctx, request.Method, target.String(), body)
	if err != nil {
		return nil, err
	}
	httpRequest.Header.Set("Accept", cmp.Or(request.Accept, mediaJSON))
	httpRequest.Header.Set("User-Agent", c.userAgent)
	// Atlassian products refuse some requests of non-browsers without it.
	httpRequest.Header.Set("X-Atlassian-Token", "no-check")
	// Jira's document asks for it on operations that it calls experimental,
	// those on users among them.
	httpRequest.Header.Set("X-ExperimentalApi", "true")
	if body != nil {
		httpRequest.Header.Set("Content-Type", cmp.Or(request.ContentType, mediaJSON))
	}
	c.authorize(httpRequest)
	return httpRequest, nil
}

func encode(body any) (io.Reader, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return bytes.NewReader(body), nil
	}
	encoded, err := json.Marshal(body)
	return bytes.NewReader(encoded), err
}

func decode(body []byte, answer any) error {
	switch answer := answer.(type) {
	case nil:
		return nil
	case *[]byte:
		*answer = body
		return nil
	}
	return json.Unmarshal(body, answer)
}

// isHTML recognises a page made for people. XML is none, unless it is XHTML.
func isHTML(response *http.Response, body []byte) bool {
	mediaType := response.Header.Get("Content-Type")
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 1024)]))
	switch {
	case strings.HasPrefix(mediaType, "text/html"):
		return true
	case !bytes.HasPrefix(start, []byte("<")):
		return false
	case bytes.Contains(start, []byte("<html")), bytes.Contains(start, []byte("<!doctype html")):
		return true
	}
	return !bytes.HasPrefix(start, []byte("<?xml")) && !strings.Contains(mediaType, "xml")
}
