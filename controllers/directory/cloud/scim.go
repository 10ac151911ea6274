package cloud

import (
	"bytes"
	"encoding/json"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	schemaUser  = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaPatch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// user is ScimUser, as far as it matters here. An account that was linked to
// a managed Atlassian account has more attributes, which stay as they are.
type user struct {
	Schemas     []string     `json:"schemas,omitempty"`
	ID          string       `json:"id,omitempty"`
	UserName    string       `json:"userName"`
	DisplayName string       `json:"displayName,omitempty"`
	Emails      []email      `json:"emails,omitempty"`
	Active      *bool        `json:"active,omitempty"`
	Groups      *[]reference `json:"groups,omitempty"`
}

type email struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary"`
}

// reference is a member of a group, or a group of an account.
type reference struct {
	Value   string `json:"value"`
	Display string `json:"display,omitempty"`
	Type    string `json:"type,omitempty"`
}

// group is ScimGroup, as far as it matters here.
type group struct {
	Schemas     []string    `json:"schemas,omitempty"`
	ID          string      `json:"id,omitempty"`
	DisplayName string      `json:"displayName"`
	Members     []reference `json:"members,omitempty"`
}

// list is a page of resources.
type list[T any] struct {
	TotalResults *int `json:"totalResults"`
	Resources    []T  `json:"Resources"`
}

// patch is RequestPayloadToPatch. The vendor's schema spells "operations";
// its example and RFC 7644 spell "Operations".
type patch struct {
	Schemas    []string    `json:"schemas"`
	Operations []operation `json:"Operations"`
}

type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// complete reports whether the answer has what an account must have. Without
// active in it, nobody could tell who may sign in.
func (u user) complete() bool {
	return u.ID != "" && u.UserName != "" && u.Active != nil
}

func (u user) account() directory.User {
	return directory.User{
		ID: u.ID, Name: u.UserName, DisplayName: u.DisplayName, Email: u.primaryEmail(), Active: *u.Active,
	}
}

// primaryEmail is the address that is marked so, else the first.
func (u user) primaryEmail() string {
	for _, e := range u.Emails {
		if e.Primary {
			return e.Value
		}
	}
	if len(u.Emails) > 0 {
		return u.Emails[0].Value
	}
	return ""
}

// primary is the whole list of addresses of an account of ours.
func primary(address string) []email {
	if address == "" {
		return nil
	}
	return []email{{Value: address, Type: "work", Primary: true}}
}

// equals asks for the resources whose attribute has this value, the only
// filter that user provisioning has.
func equals(attribute, value string) url.Values {
	return url.Values{"filter": {attribute + " eq " + quote(value)}}
}

// quote writes a value as filters want it, which is JSON (RFC 7644, section
// 3.4.2.2), so that nothing in a name can end it.
func quote(value string) string {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a string can always be written
	return string(bytes.TrimSpace(quoted.Bytes()))
}
