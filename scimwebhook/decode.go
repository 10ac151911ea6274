package scimwebhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
)

// decode reads the JSON body of a request into v. It is stricter than
// encoding/json: an object that names a key twice means one thing to us and
// maybe another to somebody who checked it before, so it is refused.
func decode(r *http.Request, v any) error {
	if err := checkMediaType(r.Header); err != nil {
		return err
	}
	limits := callOf(r.Context()).limits
	body, err := readBody(r, limits.BodyBytes)
	if err != nil {
		return err
	}
	return readJSON(body, v, limits)
}

// readJSON reads exactly one JSON value that keeps within the limits and has
// no duplicate keys.
func readJSON(body []byte, v any, limits Limits) error {
	err := json.Unmarshal(body, v) // looks at the syntax of the whole body first
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		if len(bytes.TrimSpace(body)) == 0 {
			return malformed("the body is empty: a JSON object is expected")
		}
		return malformed("the body is not valid JSON: %v (at byte %d)", e, e.Offset)
	}
	if err := checkJSON(body, limits); err != nil {
		return err
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return malformed("%s cannot be a JSON %s (at byte %d of the body)", fieldName(e), e.Value, e.Offset)
	}
	if err != nil {
		return malformed("the body is not valid JSON: %v", err)
	}
	return nil
}

func fieldName(e *json.UnmarshalTypeError) string {
	if e.Field == "" {
		return "the body"
	}
	return e.Field
}

// checkMediaType accepts SCIM, plain JSON, and nothing said at all.
func checkMediaType(header http.Header) error {
	sent := header.Get("Content-Type")
	if sent == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(sent)
	if err != nil || (media != mediaType && media != "application/json") {
		return failf(http.StatusUnsupportedMediaType, "", "Content-Type %q is not supported: send %s", sent, mediaType)
	}
	return nil
}
