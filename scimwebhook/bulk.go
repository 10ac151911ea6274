package scimwebhook

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// bulkRequest is the body of a POST to /Bulk (RFC 7644 section 3.7).
type bulkRequest struct {
	// FailOnErrors is after how many errors the rest is left undone; 0 means never.
	FailOnErrors int             `json:"failOnErrors"`
	Operations   []bulkOperation `json:"Operations"`
}

// bulkOperation is one request among many.
type bulkOperation struct {
	Method string `json:"method"`
	// BulkID is the name that other operations know a new resource by.
	BulkID string `json:"bulkId"`
	// Version is what If-Match says in a request of its own.
	Version string          `json:"version"`
	Path    string          `json:"path"`
	Data    json.RawMessage `json:"data"`
}

// bulkResponse is the answer to a bulkRequest.
type bulkResponse struct {
	Schemas    []string     `json:"schemas"`
	Operations []bulkResult `json:"Operations"`
}

// bulkResult is the answer to one operation. Response is an error.
type bulkResult struct {
	Location string          `json:"location,omitempty"`
	Method   string          `json:"method"`
	BulkID   string          `json:"bulkId,omitempty"`
	Version  string          `json:"version,omitempty"`
	Status   string          `json:"status"`
	Response json.RawMessage `json:"response,omitempty"`
}

// bulk serves /Bulk: every operation goes through the routes as the request
// that it stands for, so that it is checked and written down like any other.
func (s *Server) bulk(mux *http.ServeMux) {
	routes := recovered(mux)
	mux.Handle(scopePattern+"/Bulk", methods{http.MethodPost: func(w http.ResponseWriter, r *http.Request) error {
		var request bulkRequest
		if err := decode(r, &request); err != nil {
			return err
		}
		if request.Operations == nil {
			return malformed("the body has no Operations: a bulk request needs a list of them")
		}
		if most := callOf(r.Context()).limits.Operations; len(request.Operations) > most {
			return failf(http.StatusRequestEntityTooLarge, "", "%d operations were sent; at most %d are accepted in one request (maxOperations)",
				len(request.Operations), most).because(rejectedTooMany)
		}
		respond(w, http.StatusOK, bulkResponse{
			Schemas:    []string{schema.URNBulkResponse},
			Operations: newBulkJob(request, bulkServer{routes, r}).run(s.baseURL(r)),
		})
		return nil
	}})
}

// bulkServer answers single operations.
type bulkServer struct {
	routes http.Handler
	// request is the one that all operations came in.
	request *http.Request
}

// refuse answers an operation that cannot be carried out.
func (s bulkServer) refuse(err error) *recorder {
	answer := newRecorder()
	fail(answer, s.request, err)
	return answer
}

// serve carries out an operation as a request of its own.
func (s bulkServer) serve(o bulkOperation) *recorder {
	target, err := bulkTarget(o)
	if err != nil {
		return s.refuse(err)
	}
	one := *s.request
	scope := scope(s.request)
	one.Method = o.Method
	one.URL = &url.URL{Path: basePath + scope.Namespace + "/" + scope.SyncConfig + target.Path, RawQuery: target.RawQuery}
	one.Header = http.Header{"Content-Type": {mediaType}}
	one.Header["X-Forwarded-Proto"] = s.request.Header["X-Forwarded-Proto"] // for the addresses in the answer
	if o.Version != "" {
		one.Header.Set("If-Match", o.Version)
	}
	one.Body, one.ContentLength = io.NopCloser(bytes.NewReader(o.Data)), int64(len(o.Data))
	answer := newRecorder()
	s.routes.ServeHTTP(answer, &one)
	return answer
}

// bulkTarget checks what an operation does to what.
func bulkTarget(o bulkOperation) (*url.URL, error) {
	target, err := url.Parse(o.Path)
	if err != nil || target.Host != "" {
		return nil, noBulkPath()
	}
	target.Path = path.Clean("/" + target.Path)
	segments := strings.Split(target.Path[1:], "/")
	known := slices.ContainsFunc(resources(), func(resource *schema.Resource) bool { return resource.Endpoint == "/"+segments[0] })
	switch o.Method {
	case http.MethodPost:
		known = known && len(segments) == 1
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		known = known && len(segments) == 2
	default:
		return nil, failf(http.StatusBadRequest, schema.InvalidSyntax, "method must be POST, PUT, PATCH or DELETE")
	}
	if !known {
		return nil, noBulkPath()
	}
	return target, nil
}

func noBulkPath() *failure {
	return failf(http.StatusBadRequest, schema.InvalidValue, "path must be /Users or /Groups for a POST, and /Users/{id} or /Groups/{id} for anything else")
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}, status: http.StatusOK} }

// Header implements http.ResponseWriter.
func (a *recorder) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *recorder) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *recorder) Write(p []byte) (int, error) { return a.body.Write(p) }

// failed reports whether the answer is an error.
func (a *recorder) failed() bool { return a.status >= http.StatusBadRequest }

// result is the answer in the form that it has among others.
func (a *recorder) result(base string, o bulkOperation) bulkResult {
	result := bulkResult{
		Method: o.Method, BulkID: o.BulkID, Status: strconv.Itoa(a.status),
		Location: a.header.Get("Location"), Version: a.header.Get("ETag"),
	}
	if target, _, _ := strings.Cut(o.Path, "?"); o.Method != http.MethodPost {
		result.Location = base + target
	}
	if a.failed() {
		result.Response = a.body.Bytes()
	}
	return result
}
