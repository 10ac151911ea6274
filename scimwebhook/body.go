package scimwebhook

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// readBody reads the body of a request to its end, inflated if it came
// compressed. Neither form may have more than limit bytes, so that a small
// request cannot grow into a large one here.
func readBody(r *http.Request, limit int) ([]byte, error) {
	inflated, err := inflate(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(inflated, int64(limit)+1))
	_, cut := errors.AsType[*http.MaxBytesError](err)
	switch {
	case cut, len(body) > limit:
		return nil, tooLarge(limit)
	case err != nil:
		return nil, malformed("the request's body could not be read to its end: send it again")
	default:
		return body, nil
	}
}

// inflate gives the body as it was before its Content-Encoding.
func inflate(r *http.Request) (io.Reader, error) {
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return r.Body, nil
	case "gzip", "x-gzip": // the same (RFC 9110 section 8.4.1.3)
		reader, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, malformed("the body is not compressed with gzip as its Content-Encoding says")
		}
		return reader, nil
	default:
		return nil, failf(http.StatusUnsupportedMediaType, "", "Content-Encoding %q is not supported: send the body as it is, or with gzip", encoding)
	}
}

func tooLarge(limit int) *failure {
	return failf(http.StatusRequestEntityTooLarge, "", "the request is larger than %d bytes: send fewer members or attributes at a time", limit).because(rejectedBody)
}

func malformed(format string, args ...any) *failure {
	return failf(http.StatusBadRequest, schema.InvalidSyntax, format, args...)
}
