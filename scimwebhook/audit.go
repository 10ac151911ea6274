package scimwebhook

import (
	"net/http"
)

// audit writes the one line that says who changed what, and with which
// result. It names attributes, never their values.
func (e endpoint[T]) audit(r *http.Request, operation, id string, attributes []string, err error) {
	result, detail := "done", ""
	switch {
	case err != nil:
		f := failureOf(err)
		result, detail = http.StatusText(f.status), f.scimType
	case operation != "delete" && len(attributes) == 0:
		result = "unchanged"
	}
	c := callOf(r.Context())
	c.log.WithName("audit").Info("SCIM change", append(c.names(),
		"operation", operation, "resource", e.resource.Name, "id", id, "attributes", attributes,
		"result", result, "scimType", detail,
		"token", c.token, "remoteAddress", c.address.String())...)
}
