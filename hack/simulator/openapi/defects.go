package openapi

import (
	"fmt"
	"maps"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// defect is a place where a vendor's document contradicts itself or what it
// says in words, and how the check allows for it.
type defect struct {
	method, path string
	reason       string
	mend         func(doc *openapi3.T, op *openapi3.Operation)
}

// jiraDefects are the known defects of Jira's document.
var jiraDefects = []defect{
	{"GET", "/api/2/user/search", "says it returns a list, but the schema is one user", answers(arrayOf("UserBean"))},
	{"GET", "/api/2/user/list", "the values of a page have no type; they are users", answers(pageOf("StreamPageBean", "UserBean"))},
	{"GET", "/api/2/group/member", "groupname is declared as part of a path that has none", inQuery("groupname")},
	{"GET", "/api/2/group/member", "says it returns a page, but the schema is one user", answers(memberPage)},
	{"GET", "/api/2/applicationrole", "says it returns all roles, but the schema is one role", answers(arrayOf("ApplicationRoleBean"))},
	{"GET", "/api/2/user/duplicated/count", "the schema is a user; the vendor's page shows a count", answers(duplicateCount)},
	{"GET", "/api/2/user/duplicated/list", "the schema is an avatar; the vendor's page shows accounts by username", answers(duplicateList)},
	{"GET", "/api/2/myself", "expand is described for the whole document and declared for no operation", withQuery("expand")},
	{"GET", "/api/2/user", "expand is described for the whole document and declared for no operation", withQuery("expand")},
	{"GET", "/api/2/serverInfo", "no 401, which wrong credentials get everywhere", withStatus(http.StatusUnauthorized)},
	{"GET", "/api/2/groups/picker", "no 401, which wrong credentials get everywhere", withStatus(http.StatusUnauthorized)},
}

// mend applies the defects to the loaded document.
func mend(doc *openapi3.T, defects []defect) error {
	for _, d := range defects {
		item := doc.Paths.Value(d.path)
		if item == nil || item.GetOperation(d.method) == nil {
			return fmt.Errorf("%s %s is in the table of defects (%s) but not in the document", d.method, d.path, d.reason)
		}
		d.mend(doc, item.GetOperation(d.method))
	}
	return nil
}

type repair = func(*openapi3.T, *openapi3.Operation)

// answers replaces the schema of the body of a 200.
func answers(schema func(*openapi3.T) *openapi3.Schema) repair {
	return func(doc *openapi3.T, op *openapi3.Operation) {
		content := openapi3.NewContentWithJSONSchema(schema(doc))
		op.Responses.Status(http.StatusOK).Value.Content = content
	}
}

func arrayOf(bean string) func(*openapi3.T) *openapi3.Schema {
	return func(doc *openapi3.T) *openapi3.Schema {
		array := openapi3.NewArraySchema()
		array.Items = doc.Components.Schemas[bean]
		return array
	}
}

func pageOf(page, bean string) func(*openapi3.T) *openapi3.Schema {
	return func(doc *openapi3.T) *openapi3.Schema {
		schema := *doc.Components.Schemas[page].Value
		schema.Properties = withProperty(schema.Properties, "values", arrayOf(bean)(doc))
		schema.Required = []string{"isLast", "values"}
		return &schema
	}
}

func withProperty(properties openapi3.Schemas, name string, schema *openapi3.Schema) openapi3.Schemas {
	changed := openapi3.Schemas{}
	maps.Copy(changed, properties)
	changed[name] = openapi3.NewSchemaRef("", schema)
	return changed
}

func memberPage(doc *openapi3.T) *openapi3.Schema {
	return openapi3.NewObjectSchema().WithProperties(map[string]*openapi3.Schema{
		"self":       openapi3.NewStringSchema(),
		"nextPage":   openapi3.NewStringSchema(),
		"maxResults": openapi3.NewInt32Schema(),
		"startAt":    openapi3.NewInt64Schema(),
		"total":      openapi3.NewInt64Schema(),
		"isLast":     openapi3.NewBoolSchema(),
		"values":     arrayOf("UserJsonBean")(doc),
	}).WithRequired([]string{"maxResults", "startAt", "total", "isLast", "values"})
}

func duplicateCount(*openapi3.T) *openapi3.Schema {
	return openapi3.NewObjectSchema().WithProperty("count", openapi3.NewIntegerSchema()).WithRequired([]string{"count"})
}

func duplicateList(*openapi3.T) *openapi3.Schema {
	account := openapi3.NewObjectSchema().WithProperties(map[string]*openapi3.Schema{
		"directoryId":   openapi3.NewInt64Schema(),
		"directoryName": openapi3.NewStringSchema(),
		"userActive":    openapi3.NewBoolSchema(),
	}).WithRequired([]string{"directoryId", "directoryName", "userActive"})
	return openapi3.NewObjectSchema().WithAdditionalProperties(openapi3.NewArraySchema().WithItems(account))
}

// inQuery makes a parameter that is declared elsewhere one of the query.
func inQuery(name string) repair {
	return func(_ *openapi3.T, op *openapi3.Operation) {
		for _, parameter := range op.Parameters {
			if parameter.Value.Name == name {
				parameter.Value.In = openapi3.ParameterInQuery
			}
		}
	}
}

func withQuery(name string) repair {
	return func(_ *openapi3.T, op *openapi3.Operation) {
		op.AddParameter(openapi3.NewQueryParameter(name).WithSchema(openapi3.NewStringSchema()))
	}
}

func withStatus(status int) repair {
	return func(_ *openapi3.T, op *openapi3.Operation) {
		op.AddResponse(status, openapi3.NewResponse().WithDescription(http.StatusText(status)))
	}
}
