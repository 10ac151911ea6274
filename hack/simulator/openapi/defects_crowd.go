package openapi

import (
	"fmt"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// crowdDefects are the known defects of Crowd's document, besides all that it
// leaves out.
var crowdDefects = []defect{
	{"GET", "/usermanagement/1/search", "an empty restriction is everything", mayBeEmpty("restriction")},
}

// omission is what the document leaves out of an operation that it has.
type omission struct {
	method, path string
	statuses     []int
	queries      []string
}

// Wrong credentials are 401 everywhere, and an application or an address that
// may not is 403.
const (
	badRequest   = http.StatusBadRequest
	unauthorised = http.StatusUnauthorized
	forbidden    = http.StatusForbidden
	notFound     = http.StatusNotFound
)

// crowdOmissions are after the vendor's page; the 500 is how old versions
// refuse a name that is taken (CWD-4819).
var crowdOmissions = []omission{
	{"GET", "/usermanagement/1/user", []int{badRequest, unauthorised, forbidden}, nil},
	{"POST", "/usermanagement/1/user", []int{unauthorised}, nil},
	{"PUT", "/usermanagement/1/user", []int{unauthorised}, nil},
	{"DELETE", "/usermanagement/1/user", []int{unauthorised}, nil},
	{"POST", "/usermanagement/1/user/rename", []int{unauthorised, notFound, http.StatusInternalServerError}, nil},
	{"GET", "/usermanagement/1/group", []int{badRequest, unauthorised, forbidden}, nil},
	{"POST", "/usermanagement/1/group", []int{unauthorised}, nil},
	{"DELETE", "/usermanagement/1/group", []int{unauthorised, forbidden}, nil},
	{"POST", "/usermanagement/1/group/user/direct", []int{unauthorised, forbidden}, nil},
	{"DELETE", "/usermanagement/1/group/user/direct", []int{unauthorised, forbidden}, nil},
	{"GET", "/usermanagement/1/search", []int{badRequest, unauthorised, forbidden}, []string{"start-index", "max-results", "expand"}},
}

// gap is an operation that Crowd has and its document does not.
type gap struct {
	method, path string
	source       string
	operation    func(doc *openapi3.T) *openapi3.Operation
}

// crowdGaps are the operations that the simulator answers beyond the document.
var crowdGaps = []gap{
	{"GET", "/usermanagement/1/group/user/direct", "vendor's page, independent clients",
		operation(either(list("CwdUserList", "users"), "CwdUser"), "groupname", "username", "start-index", "max-results", "expand")},
	{"GET", "/usermanagement/1/user/group/direct", "vendor's page, independent clients",
		operation(either(list("CwdGroupList", "groups"), "CwdGroup"), "username", "groupname", "start-index", "max-results", "expand")},
	{"GET", "/usermanagement/1/group/membership", "CWD-2450: XML only, which is not checked", operation(unchecked)},
	{"GET", "/usermanagement/1/group/child-group/direct", "vendor's page",
		operation(list("CwdGroupList", "groups"), "groupname", "start-index", "max-results", "expand")},
	{"GET", "/usermanagement/1/event", "vendor's class EventEntityList", operation(eventList)},
	{"GET", "/usermanagement/1/event/{token}", "vendor's class EventEntityList", inPath("token", operation(eventList))},
	{"GET", "/usermanagement/1/config/cookie", "vendor's test data", operation(func(*openapi3.T) openapi3.Content {
		return openapi3.NewContentWithJSONSchema(openapi3.NewObjectSchema().WithRequired([]string{"domain", "name", "secure"}))
	})},
}

// supplement adds what was left out of operations.
func supplement(doc *openapi3.T, omissions []omission) error {
	for _, o := range omissions {
		item := doc.Paths.Value(o.path)
		if item == nil || item.GetOperation(o.method) == nil {
			return fmt.Errorf("%s %s is in the table of omissions but not in the document", o.method, o.path)
		}
		op := item.GetOperation(o.method)
		for _, status := range o.statuses {
			if op.Responses.Status(status) != nil {
				return fmt.Errorf("%s %s: status %d is in the table of omissions and in the document", o.method, o.path, status)
			}
			withStatus(status)(doc, op)
		}
		for _, name := range o.queries {
			if op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) != nil {
				return fmt.Errorf("%s %s: parameter %s is in the table of omissions and in the document", o.method, o.path, name)
			}
			withQuery(name)(doc, op)
		}
	}
	return nil
}

// fill adds the gaps to the loaded document.
func fill(doc *openapi3.T, gaps []gap) error {
	for _, g := range gaps {
		item := doc.Paths.Value(g.path)
		if item == nil {
			item = &openapi3.PathItem{}
			doc.Paths.Set(g.path, item)
		}
		if item.GetOperation(g.method) != nil {
			return fmt.Errorf("%s %s is in the table of gaps (%s) and in the document", g.method, g.path, g.source)
		}
		item.SetOperation(g.method, g.operation(doc))
	}
	return nil
}

// operation is one that answers 200 with this content, or a refusal.
func operation(content func(*openapi3.T) openapi3.Content, query ...string) func(*openapi3.T) *openapi3.Operation {
	return func(doc *openapi3.T) *openapi3.Operation {
		op := openapi3.NewOperation()
		op.AddResponse(http.StatusOK, openapi3.NewResponse().WithDescription("OK").WithContent(content(doc)))
		for _, status := range []int{badRequest, unauthorised, forbidden, notFound} {
			withStatus(status)(doc, op)
		}
		for _, name := range query {
			withQuery(name)(doc, op)
		}
		return op
	}
}

func inPath(name string, base func(*openapi3.T) *openapi3.Operation) func(*openapi3.T) *openapi3.Operation {
	return func(doc *openapi3.T) *openapi3.Operation {
		op := base(doc)
		op.AddParameter(openapi3.NewPathParameter(name).WithSchema(openapi3.NewStringSchema()))
		return op
	}
}

func unchecked(*openapi3.T) openapi3.Content { return nil }

// list is a list of the document, which must have its entries.
func list(bean, entries string) func(*openapi3.T) openapi3.Content {
	return func(doc *openapi3.T) openapi3.Content {
		schema := *doc.Components.Schemas[bean].Value
		schema.Required = []string{entries}
		return openapi3.NewContentWithJSONSchema(&schema)
	}
}

// either is a list, or the one entry that was asked for by name.
func either(list func(*openapi3.T) openapi3.Content, bean string) func(*openapi3.T) openapi3.Content {
	return func(doc *openapi3.T) openapi3.Content {
		one := *doc.Components.Schemas[bean].Value
		one.Required = []string{"name"}
		many := list(doc).Get("application/json").Schema.Value
		return openapi3.NewContentWithJSONSchema(openapi3.NewAnyOfSchema(many, &one))
	}
}

// eventList leaves open what an event looks like: no document says it.
func eventList(*openapi3.T) openapi3.Content {
	return openapi3.NewContentWithJSONSchema(openapi3.NewObjectSchema().WithProperties(map[string]*openapi3.Schema{
		"newEventToken":                       openapi3.NewStringSchema(),
		"incrementalSynchronisationAvailable": openapi3.NewBoolSchema(),
		"events":                              openapi3.NewArraySchema().WithItems(openapi3.NewObjectSchema()),
	}).WithRequired([]string{"newEventToken", "incrementalSynchronisationAvailable"}))
}

func mayBeEmpty(name string) repair {
	return func(_ *openapi3.T, op *openapi3.Operation) {
		op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name).AllowEmptyValue = true
	}
}
