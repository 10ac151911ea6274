// Package openapi checks HTTP traffic against a vendor's OpenAPI document.
//
// The documents are the vendors' and are not part of this repository: they
// are read from ../shared/specs beside it. They have defects; the known ones
// are in one table, in defects.go.
package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Reporter takes the violations; *testing.T is one.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// Checker knows a vendor's document. It is safe for concurrent use.
type Checker struct {
	router routers.Router
	prefix string
}

// restRoot is where the documents' paths begin.
const restRoot = "/rest"

func newChecker(doc *openapi3.T, prefix string) (*Checker, error) {
	doc.Servers = openapi3.Servers{{URL: restRoot}}
	refuseUnknownProperties(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("preparing the routes of the OpenAPI document: %w", err)
	}
	return &Checker{router: router, prefix: restRoot + prefix}, nil
}

// refuseUnknownProperties closes the schemas of request bodies: a property
// that the vendor does not know would be lost in silence.
func refuseUnknownProperties(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			for _, media := range op.RequestBody.Value.Content {
				if media.Schema != nil && len(media.Schema.Value.Properties) > 0 {
					closed := *media.Schema.Value
					closed.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
					media.Schema = openapi3.NewSchemaRef("", &closed)
				}
			}
		}
	}
}

var filterOptions = &openapi3filter.Options{
	IncludeResponseStatus:             true,
	RejectWhenRequestBodyNotSpecified: true,
	SkipSettingDefaults:               true,
	MultiError:                        true,
	AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
}

// Wrap passes requests on to next and reports to t what in the request or in
// the answer is not as the document says: the operation, its parameters, the
// bodies, the status. Requests to addresses that the document does not cover
// pass unchecked.
//
// Put it below whatever disturbs the traffic on purpose.
func (c *Checker) Wrap(t Reporter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, covered := c.documented(r.URL.Path)
		if !covered {
			next.ServeHTTP(w, r)
			return
		}
		t.Helper()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s: reading the request: %v", r.Method, r.URL, err)
			return
		}
		input, err := c.checkRequest(r, path, body)
		if err != nil {
			t.Errorf("%s %s: the request is not as the vendor documents it: %v", r.Method, r.URL, err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if input != nil {
			if err := checkAnswer(r, input, answer); err != nil {
				t.Errorf("%s %s: the answer %d is not as the vendor documents it: %v", r.Method, r.URL, answer.Code, err)
			}
		}
		send(w, answer)
	})
}

// documented is the path as the document knows it, without the context path.
func (c *Checker) documented(path string) (string, bool) {
	at := strings.Index(path, c.prefix)
	if at < 0 {
		return "", false
	}
	return path[at:], true
}

// checkRequest finds the operation and checks the request against it. The
// input is nil if there is no such operation.
func (c *Checker) checkRequest(r *http.Request, path string, body []byte) (*openapi3filter.RequestValidationInput, error) {
	copied := r.Clone(r.Context())
	copied.URL = &url.URL{Scheme: "http", Host: r.Host, Path: path, RawQuery: r.URL.RawQuery}
	copied.Body = io.NopCloser(bytes.NewReader(body))
	route, variables, err := c.router.FindRoute(copied)
	if err != nil {
		return nil, fmt.Errorf("the document has no such operation: %w", err)
	}
	input := &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: variables, Route: route, Options: filterOptions,
	}
	return input, errors.Join(
		undeclared(route.Operation, copied.URL.Query()),
		openapi3filter.ValidateRequest(r.Context(), input),
	)
}

// undeclared says which query parameters the operation does not have; a
// server would ignore them.
func undeclared(op *openapi3.Operation, query url.Values) error {
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("undocumented query parameters: %s", strings.Join(unknown, ", "))
	}
	return nil
}

func checkAnswer(r *http.Request, input *openapi3filter.RequestValidationInput, answer *httptest.ResponseRecorder) error {
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 answer.Code,
		Header:                 answer.Header(),
		Body:                   io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
		Options:                filterOptions,
	})
}

func send(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
