package filter

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits bounds what a filter or path may cost, and how it may be written.
type Limits struct {
	// Bytes is the greatest length of the input.
	Bytes int
	// Terms is the greatest number of comparisons.
	Terms int
	// Depth is how deep parentheses and brackets may nest.
	Depth int
	// Strict takes the grammar of RFC 7644 only.
	Strict bool
}

// DefaultLimits is ample for every known client.
var DefaultLimits = Limits{Bytes: 2048, Terms: 50, Depth: 10}

// Error says what is wrong with a filter or path, and where. Its text is
// written for the administrator who reads it in the identity provider.
type Error struct {
	// Offset is the position in the input, in bytes from 0.
	Offset int
	// Detail says what is wrong and what is expected.
	Detail string
	// Limit says that the input is beyond one of Limits.
	Limit bool
}

// Error is the detail with the position, counted from 1.
func (e *Error) Error() string {
	return fmt.Sprintf("%s (at position %d)", e.Detail, e.Offset+1)
}

// Parse parses a filter within DefaultLimits. An error is an *Error.
func Parse(input string) (Expr, error) {
	return DefaultLimits.Parse(input)
}

// ParsePath parses the path of a PATCH operation within DefaultLimits. An
// error is an *Error.
func ParsePath(input string) (Path, error) {
	return DefaultLimits.ParsePath(input)
}

// Parse parses a filter (RFC 7644 section 3.4.2.2). An error is an *Error.
func (l Limits) Parse(input string) (Expr, error) {
	p, err := l.start(input)
	if err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return e, nil
}

// ParsePath parses the path of a PATCH operation (RFC 7644 section 3.5.2). An
// error is an *Error.
func (l Limits) ParsePath(input string) (Path, error) {
	p, err := l.start(input)
	if err != nil {
		return Path{}, err
	}
	var path Path
	if path.Attr, err = p.attrPath(); err != nil {
		return Path{}, err
	}
	if p.token.kind == tokenOpenBracket {
		if path.Filter, path.Attr.Sub, err = p.valueFilter(path.Attr); err != nil {
			return Path{}, err
		}
	}
	if err := p.end(); err != nil {
		return Path{}, err
	}
	return path, nil
}

// parser is a recursive-descent parser with one token of look-ahead. Every
// method leaves the first token that is not its own in token.
type parser struct {
	lexer  lexer
	token  token
	terms  int
	depth  int
	strict bool
}

func (l Limits) start(input string) (parser, error) {
	if len(input) > l.Bytes {
		return parser{}, &Error{Offset: l.Bytes, Detail: fmt.Sprintf("too long: at most %d bytes are accepted", l.Bytes), Limit: true}
	}
	if !utf8.ValidString(input) {
		return parser{}, &Error{Detail: "not valid UTF-8"}
	}
	p := parser{lexer: lexer{input: input}, terms: l.Terms, depth: l.Depth, strict: l.Strict}
	return p, p.advance()
}

func (p *parser) advance() (err error) {
	p.token, err = p.lexer.next()
	return err
}

// fail is an error at the current token.
func (p *parser) fail(format string, args ...any) error {
	return &Error{Offset: p.token.offset, Detail: fmt.Sprintf(format, args...)}
}

// beyond is an error at the current token, which is beyond a limit.
func (p *parser) beyond(detail string) error {
	return &Error{Offset: p.token.offset, Detail: detail, Limit: true}
}

func (p *parser) end() error {
	if p.token.kind != tokenEnd {
		return p.fail("unexpected text after the end of the expression")
	}
	return nil
}

// keyword reports whether the current token is that word, in any letter case.
func (p *parser) keyword(word string) bool {
	return p.token.kind == tokenWord && strings.EqualFold(p.token.text, word)
}

// or = and *( "or" and )
func (p *parser) or() (Expr, error) {
	left, err := p.and()
	for err == nil && p.keyword("or") {
		var right Expr
		if err = p.advance(); err == nil {
			right, err = p.and()
		}
		left = Or{left, right}
	}
	return left, err
}

// and = term *( "and" term )
func (p *parser) and() (Expr, error) {
	left, err := p.term()
	for err == nil && p.keyword("and") {
		var right Expr
		if err = p.advance(); err == nil {
			right, err = p.term()
		}
		left = And{left, right}
	}
	return left, err
}

// term = [ "not" ] "(" or ")" / attrPath "[" or "]" / comparison
func (p *parser) term() (Expr, error) {
	if p.token.kind == tokenOpenParen {
		return p.enclosed(tokenCloseParen, ")")
	}
	if p.keyword("not") {
		return p.not()
	}
	path, err := p.attrPath()
	if err != nil {
		return nil, err
	}
	if p.token.kind == tokenOpenBracket && !p.token.spaced {
		return p.valuePath(path)
	}
	return p.comparison(path)
}

func (p *parser) not() (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.token.kind != tokenOpenParen {
		return nil, p.fail("\"not\" must be followed by an expression in parentheses")
	}
	e, err := p.enclosed(tokenCloseParen, ")")
	if err != nil {
		return nil, err
	}
	return Not{e}, nil
}

// enclosed reads an expression between the current opening token and closing.
func (p *parser) enclosed(closing tokenKind, sign string) (Expr, error) {
	if p.depth--; p.depth < 0 {
		return nil, p.beyond("nested too deep")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.token.kind != closing {
		return nil, p.fail("expected %q", sign)
	}
	p.depth++
	return e, p.advance()
}

// valuePath reads [filter] after path. A sub-attribute behind it that is
// compared is one more condition on the same entry.
func (p *parser) valuePath(path AttrPath) (Expr, error) {
	inner, sub, err := p.valueFilter(path)
	if err != nil || sub == "" {
		return ValuePath{path, inner}, err
	}
	if p.strict {
		return nil, p.fail("a sub-attribute cannot follow the brackets in a filter: write %s[… and %s …]", path, sub)
	}
	comparison, err := p.comparison(AttrPath{Name: sub})
	if err != nil {
		return nil, err
	}
	return ValuePath{path, And{inner, comparison}}, nil
}

// valueFilter reads [filter] after path, and the .sub that may follow.
func (p *parser) valueFilter(path AttrPath) (inner Expr, sub string, err error) {
	if path.Sub != "" {
		return nil, "", p.fail("a filter in brackets must follow an attribute, not a sub-attribute")
	}
	if inner, err = p.enclosed(tokenCloseBracket, "]"); err != nil {
		return nil, "", err
	}
	if p.token.kind != tokenWord || p.token.spaced {
		return inner, "", nil
	}
	sub, ok := strings.CutPrefix(p.token.text, ".")
	if !ok || !isName(sub) {
		return nil, "", p.fail("expected a sub-attribute such as \".value\" after \"]\"")
	}
	return inner, sub, p.advance()
}

// comparison = attrPath operator value / attrPath "pr"
func (p *parser) comparison(path AttrPath) (Expr, error) {
	if p.terms--; p.terms < 0 {
		return nil, p.beyond("too many comparisons")
	}
	op, ok := operatorOf(p.token.text)
	if p.token.kind != tokenWord || !ok {
		return nil, p.fail("expected an operator such as \"eq\" after %s", path)
	}
	if err := p.advance(); err != nil || op == Present {
		return Comparison{Path: path, Op: op}, err
	}
	value, err := p.value()
	if err != nil {
		return nil, err
	}
	return Comparison{Path: path, Op: op, Value: value}, p.advance()
}

// value reads the current token as a value, without moving on.
func (p *parser) value() (any, error) {
	word := p.token.text
	switch {
	case p.token.kind == tokenString:
		return word, nil
	case p.token.kind != tokenWord || isReserved(word):
		return nil, p.fail("expected a value in double quotes")
	case p.keyword("true"), p.keyword("false"):
		return p.keyword("true"), nil
	case p.keyword("null"):
		return nil, nil
	case json.Valid([]byte(word)):
		return json.Number(word), nil
	case p.strict:
		return nil, p.fail("expected a value in double quotes")
	default:
		return word, nil
	}
}

// attrPath reads a word as an attribute path: [URN ":"] name ["." sub].
func (p *parser) attrPath() (AttrPath, error) {
	word := p.token.text
	if p.token.kind != tokenWord {
		return AttrPath{}, p.fail("expected the name of an attribute")
	}
	var path AttrPath
	if colon := strings.LastIndexByte(word, ':'); colon >= 0 {
		path.URN, word = word[:colon], word[colon+1:]
	}
	name, sub, hasSub := strings.Cut(word, ".")
	path.Name, path.Sub = name, sub
	if !isName(name) || hasSub && !isName(sub) || len(word) < len(p.token.text) && path.URN == "" {
		return AttrPath{}, p.fail("expected the name of an attribute, such as userName or name.givenName")
	}
	return path, p.advance()
}

// isReserved reports whether a word is part of the language.
func isReserved(word string) bool {
	return strings.EqualFold(word, "and") || strings.EqualFold(word, "or") || strings.EqualFold(word, "not")
}

// isName reports whether s is an ATTRNAME (RFC 7643 section 2.1) or $ref, and
// no reserved word.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := 'a' <= c && c <= 'z' || s[i] == '$'
		if !letter && (i == 0 || !isDigit(s[i]) && s[i] != '-' && s[i] != '_') {
			return false
		}
	}
	return s != "" && !isReserved(s)
}

func isDigit(c byte) bool {
	return '0' <= c && c <= '9'
}
