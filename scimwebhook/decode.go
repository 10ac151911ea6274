package scimwebhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
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
	if err := checkJSON(body, limits); err != nil {
		return err
	}
	err = json.Unmarshal(body, v)
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

// checkJSON accepts exactly one JSON value that keeps within the limits and
// has no duplicate keys.
func checkJSON(body []byte, limits Limits) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	check := jsonCheck{d, limits}
	if err := check.value(0); err != nil {
		if _, ok := errors.AsType[*failure](err); ok {
			return err
		}
		return syntaxFailure(body, d, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed("the body goes on after its JSON value (at byte %d)", d.InputOffset())
	}
	return nil
}

func syntaxFailure(body []byte, d *json.Decoder, err error) error {
	switch e, ok := errors.AsType[*json.SyntaxError](err); {
	case len(bytes.TrimSpace(body)) == 0:
		return malformed("the body is empty: a JSON object is expected")
	case ok:
		return malformed("the body is not valid JSON: %v (at byte %d)", e, e.Offset)
	default: // the end came too early
		return malformed("the body is not valid JSON: it ends too early (at byte %d)", d.InputOffset())
	}
}

// jsonCheck walks through a document.
type jsonCheck struct {
	d      *json.Decoder
	limits Limits
}

// value consumes one value.
func (c jsonCheck) value(depth int) error {
	if depth > c.limits.JSONDepth {
		return malformed("the body nests deeper than %d levels (at byte %d)", c.limits.JSONDepth, c.d.InputOffset()).because(rejectedJSON)
	}
	token, err := c.token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return c.object(depth)
	case json.Delim('['):
		for c.d.More() {
			if err := c.value(depth + 1); err != nil {
				return err
			}
		}
		_, err = c.d.Token()
	}
	return err
}

func (c jsonCheck) object(depth int) error {
	seen := map[string]bool{}
	for c.d.More() {
		token, err := c.token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // the decoder allows nothing else here
		if seen[key] {
			return malformed("the key %q is given twice in one object (at byte %d)", key, c.d.InputOffset())
		}
		seen[key] = true
		if err := c.value(depth + 1); err != nil {
			return err
		}
	}
	_, err := c.d.Token()
	return err
}

// token consumes one token, which is not too long if it is a string.
func (c jsonCheck) token() (json.Token, error) {
	token, err := c.d.Token()
	if text, ok := token.(string); ok && len(text) > c.limits.StringBytes {
		return nil, malformed("a string of %d bytes is too long: at most %d are accepted (it ends at byte %d)",
			len(text), c.limits.StringBytes, c.d.InputOffset()).because(rejectedJSON)
	}
	return token, err
}
