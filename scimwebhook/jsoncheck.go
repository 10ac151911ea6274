package scimwebhook

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// checkJSON refuses a body, which must be valid JSON, that goes beyond the
// limits or gives a key twice in one object.
func checkJSON(body []byte, limits Limits) error {
	return (&jsonCheck{body: body, limits: limits}).value(0)
}

// jsonCheck walks once through valid JSON, and keeps nothing of it: a body may
// hold 100,000 members.
type jsonCheck struct {
	body   []byte
	at     int
	limits Limits
}

// next skips to the beginning of a key or value, or to the end of what is
// around it. The commas and colons between them mean nothing here.
func (c *jsonCheck) next() byte {
	for {
		switch b := c.body[c.at]; b {
		case ' ', '\t', '\n', '\r', ',', ':':
			c.at++
		default:
			return b
		}
	}
}

func (c *jsonCheck) value(depth int) error {
	if depth > c.limits.JSONDepth {
		return malformed("the body nests deeper than %d levels (at byte %d)", c.limits.JSONDepth, c.at).because(rejectedJSON)
	}
	switch c.next() {
	case '{':
		return c.object(depth)
	case '[':
		return c.array(depth)
	case '"':
		_, err := c.text()
		return err
	default:
		c.literal()
		return nil
	}
}

func (c *jsonCheck) object(depth int) error {
	var known keys
	for c.at++; c.next() != '}'; {
		key, err := c.text()
		if err != nil {
			return err
		}
		if !known.add(key) {
			return malformed("the key %q is given twice in one object (at byte %d)", key, c.at)
		}
		if err := c.value(depth + 1); err != nil {
			return err
		}
	}
	c.at++
	return nil
}

func (c *jsonCheck) array(depth int) error {
	for c.at++; c.next() != ']'; {
		if err := c.value(depth + 1); err != nil {
			return err
		}
	}
	c.at++
	return nil
}

// text gives a string as it is meant, without the escapes.
func (c *jsonCheck) text() ([]byte, error) {
	begin, plain := c.at, true
	for c.at++; c.body[c.at] != '"'; c.at++ {
		switch b := c.body[c.at]; {
		case b == '\\':
			plain = false
			c.at++
		case b >= utf8.RuneSelf:
			plain = false
		}
	}
	c.at++
	text := c.body[begin+1 : c.at-1]
	if !plain {
		text = unquoted(c.body[begin:c.at])
	}
	if len(text) > c.limits.StringBytes {
		return nil, malformed("a string of %d bytes is too long: at most %d are accepted (it ends at byte %d)",
			len(text), c.limits.StringBytes, c.at).because(rejectedJSON)
	}
	return text, nil
}

func unquoted(quoted []byte) []byte {
	var text string
	_ = json.Unmarshal(quoted, &text) // it is part of valid JSON
	return []byte(text)
}

// literal skips a number, true, false or null.
func (c *jsonCheck) literal() {
	n := bytes.IndexAny(c.body[c.at:], " \t\n\r,]}")
	if n < 0 {
		n = len(c.body) - c.at
	}
	c.at += n
}

// keys are those of one object. There are so few in most that to compare them
// takes less time than to hash them, and no memory.
type keys struct {
	few  [16][]byte
	n    int
	many map[string]bool
}

// add reports whether a key is new.
func (k *keys) add(key []byte) bool {
	if k.many != nil {
		_, known := k.many[string(key)]
		k.many[string(key)] = true
		return !known
	}
	for _, other := range k.few[:k.n] {
		if bytes.Equal(other, key) {
			return false
		}
	}
	if k.n < len(k.few) {
		k.few[k.n] = key
		k.n++
		return true
	}
	k.many = map[string]bool{string(key): true}
	for _, other := range k.few {
		k.many[string(other)] = true
	}
	return true
}
