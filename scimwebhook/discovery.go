package scimwebhook

import (
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// discovery serves what the server says of itself (RFC 7644 section 4).
func (s *Server) discovery(mux *http.ServeMux) {
	get := func(pattern string, h handler) {
		mux.Handle(scopePattern+pattern, methods{http.MethodGet: h})
	}
	get("/ServiceProviderConfig", s.serviceProviderConfig)
	get("/ResourceTypes", s.resourceTypes)
	get("/ResourceTypes/{id}", s.resourceType)
	get("/Schemas", s.schemas)
	get("/Schemas/{id}", s.schema)
}

func resources() []*schema.Resource { return []*schema.Resource{schema.User, schema.Group} }

// serviceProviderConfig says what works (RFC 7643 section 5). Clients change
// what they send by it, so it must be true to the letter.
func (s *Server) serviceProviderConfig(w http.ResponseWriter, r *http.Request) error {
	supported := func(yes bool) map[string]any { return map[string]any{"supported": yes} }
	respond(w, http.StatusOK, map[string]any{
		"schemas": []string{schema.URNServiceProviderConfig},
		"patch":   supported(true),
		"bulk": map[string]any{
			"supported": true, "maxOperations": s.options.Limits.Operations, "maxPayloadSize": s.options.Limits.BodyBytes,
		},
		"filter": map[string]any{"supported": true, "maxResults": maxCount},
		"pagination": map[string]any{ // RFC 9865
			"cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": defaultCount, "maxPageSize": maxCount,
		},
		"changePassword": supported(false),
		"sort":           supported(true),
		"etag":           supported(true),
		"authenticationSchemes": []any{map[string]any{
			"type":        "oauthbearertoken",
			"name":        "Bearer token",
			"description": "A token from the SyncConfig's Secret in the Authorization header",
			"specUri":     "https://www.rfc-editor.org/info/rfc6750",
			"primary":     true,
		}},
		"meta": map[string]any{
			"resourceType": "ServiceProviderConfig",
			"location":     s.baseURL(r) + "/ServiceProviderConfig",
		},
	})
	return nil
}

func (s *Server) resourceTypes(w http.ResponseWriter, r *http.Request) error {
	var types []map[string]any
	for _, resource := range resources() {
		types = append(types, s.describe(r, resource))
	}
	return listAll(w, r, types)
}

func (s *Server) resourceType(w http.ResponseWriter, r *http.Request) error {
	for _, resource := range resources() {
		if resource.Name == r.PathValue("id") {
			respond(w, http.StatusOK, s.describe(r, resource))
			return nil
		}
	}
	return failf(http.StatusNotFound, "", "there is no resource type of this name, only User and Group")
}

// describe is a resource type (RFC 7643 section 6).
func (s *Server) describe(r *http.Request, resource *schema.Resource) map[string]any {
	extensions := []any{}
	for _, extension := range resource.Extensions {
		extensions = append(extensions, map[string]any{"schema": extension.ID, "required": false})
	}
	return map[string]any{
		"schemas":          []string{schema.URNResourceType},
		"id":               resource.Name,
		"name":             resource.Name,
		"endpoint":         resource.Endpoint,
		"description":      resource.Description,
		"schema":           resource.Core.ID,
		"schemaExtensions": extensions,
		"meta":             map[string]any{"resourceType": "ResourceType", "location": s.baseURL(r) + "/ResourceTypes/" + resource.Name},
	}
}

func (s *Server) schemas(w http.ResponseWriter, r *http.Request) error {
	var all []map[string]any
	for _, definition := range definitions() {
		all = append(all, s.define(r, definition))
	}
	return listAll(w, r, all)
}

func (s *Server) schema(w http.ResponseWriter, r *http.Request) error {
	for _, definition := range definitions() {
		if strings.EqualFold(definition.ID, r.PathValue("id")) {
			respond(w, http.StatusOK, s.define(r, definition))
			return nil
		}
	}
	return failf(http.StatusNotFound, "", "there is no schema with this URN: /Schemas lists all")
}

func definitions() []*schema.Schema {
	var all []*schema.Schema
	for _, resource := range resources() {
		all = append(append(all, resource.Core), resource.Extensions...)
	}
	return all
}

// define is a schema (RFC 7643 section 7).
func (s *Server) define(r *http.Request, definition *schema.Schema) map[string]any {
	return map[string]any{
		"schemas":     definition.Schemas,
		"id":          definition.ID,
		"name":        definition.Name,
		"description": definition.Description,
		"attributes":  definition.Attributes,
		"meta":        map[string]any{"resourceType": "Schema", "location": s.baseURL(r) + "/Schemas/" + definition.ID},
	}
}

// listAll lists what the server says of itself. A filter is refused, so that
// nobody takes the answer for filtered (RFC 7644 section 4).
func listAll(w http.ResponseWriter, r *http.Request, all []map[string]any) error {
	if r.URL.Query().Has("filter") {
		return failf(http.StatusForbidden, "", "filters are not possible here")
	}
	respond(w, http.StatusOK, newList(all, len(all), 1))
	return nil
}
