package filter

import (
	"encoding/json"
	"strings"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenOpenParen
	tokenCloseParen
	tokenOpenBracket
	tokenCloseBracket
)

// token is a piece of the input. The text of a string is what it stands for.
type token struct {
	kind   tokenKind
	text   string
	offset int
	// spaced says that white space came before the token.
	spaced bool
}

// lexer cuts the input into tokens.
type lexer struct {
	input  string
	offset int
}

// next gives the token at the offset and moves behind it.
func (l *lexer) next() (token, error) {
	start := l.offset
	for l.offset < len(l.input) && l.input[l.offset] == ' ' {
		l.offset++
	}
	t := token{offset: l.offset, spaced: l.offset > start}
	if l.offset == len(l.input) {
		return t, nil
	}
	switch l.input[l.offset] {
	case '(':
		t.kind = tokenOpenParen
	case ')':
		t.kind = tokenCloseParen
	case '[':
		t.kind = tokenOpenBracket
	case ']':
		t.kind = tokenCloseBracket
	case '"':
		return l.quoted(t)
	default:
		return l.word(t)
	}
	l.offset++
	return t, nil
}

// word reads up to white space, a bracket or a quote.
func (l *lexer) word(t token) (token, error) {
	end := strings.IndexAny(l.input[l.offset:], " ()[]\"\\")
	if end < 0 {
		end = len(l.input) - l.offset
	}
	t.kind, t.text = tokenWord, l.input[l.offset:l.offset+end]
	if end == 0 || strings.ContainsFunc(t.text, isControl) {
		return t, &Error{Offset: t.offset, Detail: "unexpected character; a value with special characters needs double quotes"}
	}
	l.offset += end
	return t, nil
}

// quoted reads a JSON string. Only one with an escape in it is copied.
func (l *lexer) quoted(t token) (token, error) {
	t.kind = tokenString
	escaped := false
	for i := l.offset + 1; i < len(l.input); i++ {
		switch c := l.input[i]; {
		case c == '"':
			raw := l.input[l.offset : i+1]
			l.offset = i + 1
			t.text = raw[1 : len(raw)-1]
			if escaped && json.Unmarshal([]byte(raw), &t.text) != nil {
				return t, &Error{Offset: t.offset, Detail: "invalid escape in the quoted value; escape as in JSON"}
			}
			return t, nil
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return t, &Error{Offset: i, Detail: "control character in the quoted value; escape it as in JSON"}
		}
	}
	return t, &Error{Offset: t.offset, Detail: "the quoted value does not end; a closing double quote is missing"}
}

func isControl(r rune) bool {
	return r < ' ' || r == 0x7f
}
