package openapi

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// bitbucketDefects are the known defects of Bitbucket's document.
var bitbucketDefects = []defect{
	{"GET", "/api/latest/admin/users", "the context of an error is null where it concerns no field", nullable("RestErrorMessage", "context")},
	{"GET", "/api/latest/admin/users", "nextPageStart is null on the last page", answers(bitbucketPage("RestDetailedUser"))},
	{"GET", "/api/latest/admin/groups", "nextPageStart is null on the last page", answers(bitbucketPage("RestDetailedGroup"))},
	{"GET", "/api/latest/admin/groups/more-members", "nextPageStart is null on the last page", answers(bitbucketPage("RestDetailedUser"))},
	{"GET", "/api/latest/admin/users/more-members", "named and summed up as the groups of a user, but the schema and the description are of users", answers(bitbucketPage("RestDetailedGroup"))},
	{"GET", "/api/latest/users", "says it returns a page of users, but the schema is one user", answers(bitbucketPage("RestApplicationUser"))},
	{"GET", "/api/latest/admin/user-directories", "says it returns a list, but the schema is one directory", answers(arrayOf("RestUserDirectory"))},
	{"POST", "/api/latest/admin/groups/add-users", "a media type without a schema; there is no body", withoutBody(http.StatusOK)},
	{"POST", "/api/latest/admin/groups/remove-user", "a media type without a schema; there is no body", withoutBody(http.StatusOK)},
	{"POST", "/api/latest/admin/users/remove-group", "a media type without a schema; there is no body", withoutBody(http.StatusOK)},
	{"GET", "/api/latest/application-properties", "no 401, which wrong credentials get everywhere", withStatus(http.StatusUnauthorized)},
}

// nullable lets a property of a bean be null.
func nullable(bean, property string) repair {
	return func(doc *openapi3.T, _ *openapi3.Operation) {
		doc.Components.Schemas[bean].Value.Properties[property].Value.Nullable = true
	}
}

// bitbucketPage is a page of beans, in the envelope that all lists have.
func bitbucketPage(bean string) func(*openapi3.T) *openapi3.Schema {
	return func(doc *openapi3.T) *openapi3.Schema {
		next := openapi3.NewInt32Schema()
		next.Nullable = true
		return openapi3.NewObjectSchema().WithProperties(map[string]*openapi3.Schema{
			"size":          openapi3.NewIntegerSchema(),
			"limit":         openapi3.NewIntegerSchema(),
			"start":         openapi3.NewInt32Schema(),
			"isLastPage":    openapi3.NewBoolSchema(),
			"nextPageStart": next,
			"values":        arrayOf(bean)(doc),
		}).WithRequired([]string{"size", "limit", "start", "isLastPage", "values"})
	}
}
