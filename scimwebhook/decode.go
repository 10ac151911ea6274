package scimwebhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// decode reads the JSON body of a request into v. It is stricter than
// encoding/json: an object that names a key twice means one thing to us and
// maybe another to somebody who checked it before, so it is refused.
func decode(r *http.Request, v any) error {
	if err := checkMediaType(r.Header); err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	if err != nil {
		return malformed("the request's body could not be read to its end: send it again")
	}
	if err := checkJSON(body); err != nil {
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
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return failf(http.StatusUnsupportedMediaType, "", "Content-Encoding %q is not supported: send the body as it is", encoding)
	}
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

// checkJSON accepts exactly one JSON value without duplicate keys and not
// nested too deep.
func checkJSON(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := checkValue(d, 0); err != nil {
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

// checkValue consumes one value.
func checkValue(d *json.Decoder, depth int) error {
	if depth > maxDepth {
		return malformed("the body nests deeper than %d levels (at byte %d)", maxDepth, d.InputOffset())
	}
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return checkObject(d, depth)
	case json.Delim('['):
		for d.More() {
			if err := checkValue(d, depth+1); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}

func checkObject(d *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // the decoder allows nothing else here
		if seen[key] {
			return malformed("the key %q is given twice in one object (at byte %d)", key, d.InputOffset())
		}
		seen[key] = true
		if err := checkValue(d, depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}
