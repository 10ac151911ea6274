package openapi

import (
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// confluenceDefects are the known defects of Confluence's document. The last
// one moves all paths, so it comes last.
var confluenceDefects = []defect{
	{"GET", "/rest/api/user", "Person lacks all fields that tell one person from another", person},
	{"GET", "/rest/api/group", "Group has no fields at all", group},
	{"POST", "/rest/api/admin/user", "the errors of a ValidationResult are an object; Confluence sends a list", validationErrors},
	{"GET", "/rest/api/user/memberof", "says it returns groups, but the schema is a person", listOf("Group")},
	{"GET", "/rest/api/user/list", "a page may be without its results", listOf("Person")},
	{"GET", "/rest/api/group/{groupName}/member", "a page may be without its results", listOf("Person")},
	{"GET", "/rest/api/group/{groupName}/member", "the groupName is a Group instead of a name", textInPath},
	{"GET", "/rest/api/group/{groupName}/groupmember", "the groupName is a Group instead of a name", textInPath},
	{"PUT", "/rest/api/admin/user/{username}", "the 204 has a body", withoutBody(http.StatusNoContent)},

	{"GET", "/rest/api/user", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"GET", "/rest/api/user/current", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"GET", "/rest/api/user/memberof", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"GET", "/rest/api/user/memberof", "no 404, although the user may be absent", withError(http.StatusNotFound)},
	{"GET", "/rest/api/user/list", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"GET", "/rest/api/group", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"GET", "/rest/api/group/{groupName}", "no 401 and no 404, although the group may be absent", lookupErrors},
	{"GET", "/rest/api/group/{groupName}/member", "no 401 and no 404, although the group may be absent", lookupErrors},
	{"GET", "/rest/api/longtask/{id}", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"POST", "/rest/api/admin/group", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"DELETE", "/rest/api/admin/group/{groupName}", "no 401, which wrong credentials get everywhere", withError(http.StatusUnauthorized)},
	{"PUT", "/rest/api/admin/user/{username}", "no 404, although the user may be absent", withError(http.StatusNotFound)},
	{"PUT", "/rest/api/admin/user/{username}/disable", "no 400, which a read-only directory may get", withError(http.StatusBadRequest)},
	{"PUT", "/rest/api/admin/user/{username}/enable", "no 400, which a read-only directory may get", withError(http.StatusBadRequest)},
	{"DELETE", "/rest/api/admin/user/{username}", "no 400, which a read-only directory may get", withError(http.StatusBadRequest)},
	{"PUT", "/rest/api/user/{username}/group/{groupName}", "no failure at all", membershipErrors},
	{"DELETE", "/rest/api/user/{username}/group/{groupName}", "no failure at all", membershipErrors},

	{"GET", "/rest/api/server-information", "the paths include the root that other documents leave out", belowRest},
}

// person completes the schema of accounts in the whole document.
func person(doc *openapi3.T, _ *openapi3.Operation) {
	schema := doc.Components.Schemas["Person"].Value
	for _, name := range []string{"username", "userKey", "status"} {
		schema.WithProperty(name, openapi3.NewStringSchema())
	}
	schema.Required = []string{"type"}
}

// group completes the schema of groups in the whole document.
func group(doc *openapi3.T, _ *openapi3.Operation) {
	schema := doc.Components.Schemas["Group"].Value
	schema.Type = &openapi3.Types{openapi3.TypeObject}
	schema.WithProperty("type", openapi3.NewStringSchema()).WithProperty("name", openapi3.NewStringSchema())
	schema.Required = []string{"name"}
}

func validationErrors(doc *openapi3.T, _ *openapi3.Operation) {
	schema := doc.Components.Schemas["ValidationResult"].Value
	schema.WithProperty("errors", openapi3.NewArraySchema().WithItems(openapi3.NewObjectSchema()))
}

// listOf makes the results of a page those of the schema, and obligatory.
func listOf(name string) repair {
	return func(doc *openapi3.T, op *openapi3.Operation) {
		page := *op.Responses.Status(http.StatusOK).Value.Content.Get("application/json").Schema.Value
		page.Properties = withProperty(page.Properties, "results", arrayOf(name)(doc))
		page.Required = []string{"results", "start", "limit", "size", "_links"}
		op.Responses.Status(http.StatusOK).Value.Content = openapi3.NewContentWithJSONSchema(&page)
	}
}

// textInPath makes all parts of the path plain text.
func textInPath(_ *openapi3.T, op *openapi3.Operation) {
	for _, parameter := range op.Parameters {
		if parameter.Value.In == openapi3.ParameterInPath {
			parameter.Value.Schema = openapi3.NewStringSchema().NewRef()
		}
	}
}

func withoutBody(status int) repair {
	return func(_ *openapi3.T, op *openapi3.Operation) {
		op.Responses.Status(status).Value.Content = nil
	}
}

// withError adds failures with Confluence's body for them.
func withError(statuses ...int) repair {
	return func(doc *openapi3.T, op *openapi3.Operation) {
		for _, status := range statuses {
			body := openapi3.NewContentWithJSONSchemaRef(doc.Components.Schemas["RestError"])
			op.AddResponse(status, openapi3.NewResponse().WithDescription(http.StatusText(status)).WithContent(body))
		}
	}
}

var (
	lookupErrors     = withError(http.StatusUnauthorized, http.StatusNotFound)
	membershipErrors = withError(http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired,
		http.StatusForbidden, http.StatusNotFound)
)

// belowRest takes the root of all paths away, where the checker looks for it.
func belowRest(doc *openapi3.T, _ *openapi3.Operation) {
	paths := openapi3.NewPaths()
	for path, item := range doc.Paths.Map() {
		paths.Set(strings.TrimPrefix(path, restRoot), item)
	}
	doc.Paths = paths
}
