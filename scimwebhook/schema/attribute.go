package schema

import "strings"

// Type is the data type of an attribute (RFC 7643 section 2.3).
type Type string

// The data types in use.
const (
	TypeString    Type = "string"
	TypeBoolean   Type = "boolean"
	TypeDateTime  Type = "dateTime"
	TypeBinary    Type = "binary"
	TypeReference Type = "reference"
	TypeComplex   Type = "complex"
)

// Attribute describes one attribute. Marshalled, it is an element of
// "attributes" or "subAttributes" in RFC 7643 section 7.
type Attribute struct {
	Name            string     `json:"name"`
	Type            Type       `json:"type"`
	SubAttributes   Attributes `json:"subAttributes,omitempty"`
	MultiValued     bool       `json:"multiValued"`
	Description     string     `json:"description"`
	Required        bool       `json:"required"`
	CanonicalValues []string   `json:"canonicalValues,omitempty"`
	CaseExact       bool       `json:"caseExact"`
	// Mutability is readOnly, readWrite, immutable or writeOnly.
	Mutability string `json:"mutability"`
	// Returned is always, never, default or request.
	Returned string `json:"returned"`
	// Uniqueness is none, server or global.
	Uniqueness     string   `json:"uniqueness"`
	ReferenceTypes []string `json:"referenceTypes,omitempty"`
}

// Writable reports whether a client's value of the attribute is kept: it is
// neither read-only nor, like a password, only good for being forgotten.
func (a *Attribute) Writable() bool {
	return a.Mutability == readWrite || a.Mutability == immutable
}

// ReadOnly reports whether a client cannot change the attribute.
func (a *Attribute) ReadOnly() bool {
	return a.Mutability == readOnly
}

// Absent is what it means that the attribute has no value: false for
// "primary" (RFC 7643 section 2.4), which therefore is never kept as false,
// and nil for all others.
func (a *Attribute) Absent() any {
	if a.Name == primaryName {
		return false
	}
	return nil
}

// Attributes is a list of attributes.
type Attributes []Attribute

// Find returns the attribute of that name in any letter case, or nil.
func (list Attributes) Find(name string) *Attribute {
	for i := range list {
		if strings.EqualFold(list[i].Name, name) {
			return &list[i]
		}
	}
	return nil
}

// Schema is a schema definition (RFC 7643 section 7), ready to be marshalled.
type Schema struct {
	Schemas     []string   `json:"schemas"`
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Attributes  Attributes `json:"attributes"`
}

const (
	readOnly  = "readOnly"
	readWrite = "readWrite"
	immutable = "immutable"
	writeOnly = "writeOnly"
)

// The functions below keep the attribute tables readable: each gives an
// attribute with the defaults of RFC 7643 section 2.2.

func attribute(name string, kind Type, description string) Attribute {
	return Attribute{Name: name, Type: kind, Description: description,
		Mutability: readWrite, Returned: "default", Uniqueness: "none"}
}

func text(name, description string) Attribute {
	return attribute(name, TypeString, description)
}

func complexOf(name, description string, subs ...Attribute) Attribute {
	a := attribute(name, TypeComplex, description)
	a.SubAttributes = subs
	return a
}

func listOf(name, description string, subs ...Attribute) Attribute {
	a := complexOf(name, description, subs...)
	a.MultiValued = true
	return a
}

func reference(name, description string, types ...string) Attribute {
	a := attribute(name, TypeReference, description)
	a.ReferenceTypes = types
	a.CaseExact = true
	return a
}

func (a Attribute) required() Attribute {
	a.Required = true
	return a
}

func (a Attribute) exact() Attribute {
	a.CaseExact = true
	return a
}

func (a Attribute) unique() Attribute {
	a.Uniqueness = "server"
	return a
}

func (a Attribute) canonical(values ...string) Attribute {
	a.CanonicalValues = values
	return a
}

func (a Attribute) mutability(m string) Attribute {
	a.Mutability = m
	for i := range a.SubAttributes {
		a.SubAttributes[i].Mutability = m
	}
	return a
}

func (a Attribute) returned(when string) Attribute {
	a.Returned = when
	return a
}
