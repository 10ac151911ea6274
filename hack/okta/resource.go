package okta

import (
	"context"
	"fmt"
	"net/http"
)

// The schema URNs of RFC 7643 and RFC 7644.
const (
	userSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// importPage is how many resources Okta asks for at a time.
const importPage = 100

// Resource is a SCIM resource as the server sent it: Okta keeps what it does
// not know and sends it back.
type Resource map[string]any

// ID is the resource's SCIM id.
func (r Resource) ID() string {
	return r.text("id")
}

// UserName is a user's login name.
func (r Resource) UserName() string {
	return r.text("userName")
}

// DisplayName is the name for people.
func (r Resource) DisplayName() string {
	return r.text("displayName")
}

// Active says whether a user may sign in.
func (r Resource) Active() bool {
	active, _ := r["active"].(bool)
	return active
}

// MemberIDs are the ids of a group's members.
func (r Resource) MemberIDs() []string {
	members, _ := r["members"].([]any)
	var ids []string
	for _, m := range members {
		if member, ok := m.(map[string]any); ok {
			ids = append(ids, Resource(member).text("value"))
		}
	}
	return ids
}

func (r Resource) text(attribute string) string {
	value, _ := r[attribute].(string)
	return value
}

// listResponse is RFC 7644 section 3.4.2.
type listResponse struct {
	TotalResults int        `json:"totalResults"`
	Resources    []Resource `json:"Resources"`
}

// operation is one change of a PATCH (RFC 7644 section 3.5.2).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

// patch sends operations; the answer may be the resource or nothing.
func (c *Client) patch(ctx context.Context, path string, operations ...operation) error {
	body := map[string]any{"schemas": []string{patchSchema}, "Operations": operations}
	return c.do(ctx, http.MethodPatch, path, body, nil)
}

// find searches by one attribute and gives the first match, or ErrNoMatch.
func (c *Client) find(ctx context.Context, collection, attribute, value string) (Resource, error) {
	path, err := lookup(collection, attribute, value)
	if err != nil {
		return nil, err
	}
	var found listResponse
	if err := c.do(ctx, http.MethodGet, path, nil, &found); err != nil {
		return nil, err
	}
	if len(found.Resources) == 0 {
		return nil, fmt.Errorf("%s with %s %q: %w", collection, attribute, value, ErrNoMatch)
	}
	return found.Resources[0], nil
}

// get reads one resource.
func (c *Client) get(ctx context.Context, path string) (Resource, error) {
	var resource Resource
	err := c.do(ctx, http.MethodGet, path, nil, &resource)
	return resource, err
}

// Import is the scheduled import: every user and every group, page by page.
func (c *Client) Import(ctx context.Context) (users, groups []Resource, err error) {
	if users, err = c.importAll(ctx, "/Users"); err != nil {
		return nil, nil, err
	}
	if groups, err = c.importAll(ctx, "/Groups"); err != nil {
		return nil, nil, err
	}
	return users, groups, nil
}

// importAll advances by the page size that it asked for and not by what it
// got, as Okta does: a server that gives shorter pages loses resources.
func (c *Client) importAll(ctx context.Context, collection string) ([]Resource, error) {
	var all []Resource
	for start := 1; ; start += importPage {
		var page listResponse
		path := fmt.Sprintf("%s?startIndex=%d&count=%d", collection, start, importPage)
		if err := c.do(ctx, http.MethodGet, path, nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Resources...)
		if start+importPage > page.TotalResults {
			return all, nil
		}
	}
}
