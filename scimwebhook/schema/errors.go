package schema

// The values of scimType (RFC 7644 section 3.12, table 9).
const (
	InvalidFilter = "invalidFilter"
	InvalidPath   = "invalidPath"
	InvalidSyntax = "invalidSyntax"
	InvalidValue  = "invalidValue"
	Mutability    = "mutability"
	NoTarget      = "noTarget"
	TooMany       = "tooMany"
	Uniqueness    = "uniqueness"
)

// InvalidCursor is the value of scimType for a cursor that cannot be used
// (RFC 9865).
const InvalidCursor = "invalidCursor"

// Error says why a client's document or operation is refused. Its text is
// written for the administrator who reads it in the identity provider, and
// never holds a value that was sent.
type Error struct {
	// ScimType is one of the values of RFC 7644 section 3.12, table 9.
	ScimType string
	// Path is the attribute concerned, such as name.givenName; it may be empty.
	Path string
	// Detail says what is wrong and what is expected.
	Detail string
	// Err is the cause, if another package found it.
	Err error
}

// Error is the detail.
func (e *Error) Error() string {
	return e.Detail
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
