package plan

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxPatternBytes   = 512
	maxUsernameLength = 255
)

// Username turns a source userName into a directory username.
type Username struct {
	pattern     *regexp.Regexp // nil: the name stays as it is
	replacement []replacementPart
	lower       bool
}

// replacementPart is a literal text, or, when group is not negative, a group.
type replacementPart struct {
	literal string
	group   int
}

// CompileUsername prepares a transformation. The pattern is RE2 syntax; the
// replacement is read as java.util.regex.Matcher reads it: $1 is group 1
// whatever follows, ${1} and ${name} name a group, a backslash makes the next
// character literal. One thing differs from Java: nothing is replaced a
// second time where a match of nothing directly follows a match, so that
// (.*) with $1-x gives demo-x and not demo-x-x.
func CompileUsername(pattern, replacement string, lower bool) (Username, error) {
	if pattern == "" {
		return Username{lower: lower}, nil
	}
	if len(pattern) > maxPatternBytes {
		return Username{}, fmt.Errorf("the regex has %d bytes: at most %d are allowed", len(pattern), maxPatternBytes)
	}
	compiled, err := compilePattern(pattern)
	if err != nil {
		return Username{}, err
	}
	parts, err := parseReplacement(replacement, compiled)
	if err != nil {
		return Username{}, &replacementError{err}
	}
	return Username{pattern: compiled, replacement: parts, lower: lower}, nil
}

// replacementError says that the replacement is wrong, and not the regex.
type replacementError struct{ error }

// wrongPart is the field that an error of CompileUsername is about.
func wrongPart(err error) string {
	if _, ok := errors.AsType[*replacementError](err); ok {
		return "replacement"
	}
	return "regex"
}

// lookAround finds what RE2 leaves out of Perl's syntax: (?= (?! (?<= (?<!
var lookAround = regexp.MustCompile(`^\(\?<?[=!]`)

// compilePattern compiles RE2 syntax and explains what RE2 leaves out.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	compiled, err := regexp.Compile(pattern)
	if err == nil {
		return compiled, nil
	}
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		switch {
		case lookAround.MatchString(e.Expr):
			return nil, fmt.Errorf("%q is not supported in a regex (RE2 has no look-around): write the pattern with groups and use them in the replacement", e.Expr)
		case e.Code == syntax.ErrInvalidEscape && len(e.Expr) == 2 && unicode.IsDigit(rune(e.Expr[1])):
			return nil, fmt.Errorf("the back-reference %q is not supported in a regex (RE2); in the replacement write $%c", e.Expr, e.Expr[1])
		}
		return nil, fmt.Errorf("the regex cannot be read: %s: %q", e.Code, e.Expr)
	}
	return nil, fmt.Errorf("the regex cannot be read: %w", err)
}

// Apply gives the directory username of a source userName. It does not judge
// the result; CheckUsername does.
func (u Username) Apply(userName string) string {
	name := u.replaceAll(userName)
	if u.lower {
		name = strings.ToLower(name)
	}
	return name
}

func (u Username) replaceAll(userName string) string {
	if u.pattern == nil {
		return userName
	}
	var out strings.Builder
	end := 0
	for _, match := range u.pattern.FindAllStringSubmatchIndex(userName, -1) {
		out.WriteString(userName[end:match[0]])
		for _, part := range u.replacement {
			switch {
			case part.group < 0:
				out.WriteString(part.literal)
			case match[2*part.group] >= 0:
				out.WriteString(userName[match[2*part.group]:match[2*part.group+1]])
			}
		}
		end = match[1]
	}
	out.WriteString(userName[end:])
	return out.String()
}

// CheckUsername says why a computed username cannot be used, or nothing.
// Forbidden holds the characters that the product refuses.
func CheckUsername(name, forbidden string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "the username is empty after the regex: check spec.username of the SyncConfig"
	case strings.TrimSpace(name) != name:
		return fmt.Sprintf("the username %q begins or ends with a space", name)
	case !utf8.ValidString(name):
		return fmt.Sprintf("the username %q is not valid UTF-8", name)
	case utf8.RuneCountInString(name) > maxUsernameLength:
		return fmt.Sprintf("the username has %d characters: at most %d are allowed", utf8.RuneCountInString(name), maxUsernameLength)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Sprintf("the username %q contains a control character", name)
	case strings.ContainsAny(name, forbidden):
		return fmt.Sprintf("the username %q contains one of the characters %q, which the product refuses", name, forbidden)
	}
	return ""
}

// parseReplacement reads a Java replacement string for a pattern.
func parseReplacement(text string, pattern *regexp.Regexp) ([]replacementPart, error) {
	var parts []replacementPart
	var literal strings.Builder
	group := func(n int) {
		if literal.Len() > 0 {
			parts = append(parts, replacementPart{literal: literal.String(), group: -1})
			literal.Reset()
		}
		parts = append(parts, replacementPart{group: n})
	}
	for i := 0; i < len(text); {
		switch text[i] {
		case '\\':
			if i+1 == len(text) {
				return nil, errors.New(`the replacement ends with a backslash: write \\ for a backslash`)
			}
			_, size := utf8.DecodeRuneInString(text[i+1:])
			literal.WriteString(text[i+1 : i+1+size])
			i += 1 + size
		case '$':
			n, length, err := groupReference(text[i:], pattern)
			if err != nil {
				return nil, err
			}
			group(n)
			i += length
		default:
			literal.WriteByte(text[i])
			i++
		}
	}
	if literal.Len() > 0 {
		parts = append(parts, replacementPart{literal: literal.String(), group: -1})
	}
	return parts, nil
}

// groupReference reads the reference at the start of text, which begins with
// a dollar, and says how long it is.
func groupReference(text string, pattern *regexp.Regexp) (group, length int, err error) {
	if strings.HasPrefix(text, "${") {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return 0, 0, fmt.Errorf("the replacement has %q without a closing brace", text)
		}
		group, err = groupNamed(text[2:end], pattern)
		return group, end + 1, err
	}
	digits := 1
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits == 1 {
		return 0, 0, errors.New(`the replacement has a $ that names no group: write \$ for a dollar sign`)
	}
	// Like Java: as many digits as still name an existing group.
	for length = digits; length >= 2; length-- {
		if n, err := strconv.Atoi(text[1:length]); err == nil && n <= pattern.NumSubexp() {
			return n, length, nil
		}
	}
	return 0, 0, missingGroup(text[:2], pattern)
}

func groupNamed(name string, pattern *regexp.Regexp) (int, error) {
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n <= pattern.NumSubexp() {
		return n, nil
	}
	if n := pattern.SubexpIndex(name); n > 0 {
		return n, nil
	}
	return 0, missingGroup("${"+name+"}", pattern)
}

func missingGroup(reference string, pattern *regexp.Regexp) error {
	return fmt.Errorf("the replacement names group %s, which the regex does not have: it has %d", reference, pattern.NumSubexp())
}
