package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
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
	// MaxBytes is how large the answer may be; 8 MiB if zero.
	MaxBytes int64
	// Secret is what the request tells the product and no message may repeat,
	// such as the password of a new account.
	Secret string
}

func (r Request) reads() bool {
	return r.Reads || r.Method == http.MethodGet
}

func (c *Client) newRequest(ctx context.Context, x *exchange, request Request) (*http.Request, error) {
	body, err := encode(request.Body)
	if err != nil {
		return nil, err
	}
	ctx = httptrace.WithClientTrace(ctx, x.trace())
	httpRequest, err := http.NewRequestWithContext(ctx, request.Method, x.url, body)
	if err != nil {
		return nil, err
	}
	httpRequest.URL.RawQuery = request.Query.Encode()
	httpRequest.Header = c.header.Clone()
	httpRequest.Header.Set("Accept", cmp.Or(request.Accept, mediaJSON))
	if body != nil {
		httpRequest.Header.Set("Content-Type", cmp.Or(request.ContentType, mediaJSON))
	}
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
