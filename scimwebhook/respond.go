package scimwebhook

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// mediaType is the media type of SCIM (RFC 7644 section 8.1).
const mediaType = "application/scim+json"

// respond answers with a JSON body.
func respond(w http.ResponseWriter, status int, body any) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		// Bodies are made of strings, numbers and documents that were JSON
		// before; if one cannot be written, no other one can be trusted either.
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(buffer.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buffer.Bytes()) // the client is gone if this fails
}
