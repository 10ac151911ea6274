package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

const defaultMaxBytes = 8 << 20

// tooLargeError is the failure to read more than so many bytes.
type tooLargeError int64

func (e tooLargeError) Error() string {
	return fmt.Sprintf("it is larger than %d MiB", int64(e)>>20)
}

// buffers hold answers while they are decoded. A listing has many pages, each
// as large as the one before.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// giveBack has a buffer used again, unless the answer is what it holds.
func giveBack(buffer *bytes.Buffer, answer any) {
	if _, taken := answer.(*[]byte); taken || buffer.Cap() > defaultMaxBytes {
		return
	}
	buffer.Reset()
	buffers.Put(buffer)
}

// readAll reads a body to its end, into what it gives back.
func readAll(buffer *bytes.Buffer, body io.Reader, most int64) ([]byte, error) {
	_, err := buffer.ReadFrom(io.LimitReader(body, most+1))
	if int64(buffer.Len()) > most {
		return nil, tooLargeError(most)
	}
	return buffer.Bytes(), err
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

// requestID finds the id under which the product, or what stands before it,
// has logged the request: Data Center products send X-AREQUESTID, Cloud
// Atl-Traceid.
func requestID(header http.Header) string {
	for _, name := range []string{"X-AREQUESTID", "Atl-Traceid", "X-Request-Id", "X-Trace-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}
