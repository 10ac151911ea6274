package scimwebhook

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// bulkIDPrefix comes before the name of a resource that another operation of
// the same request makes (RFC 7644 section 3.7.2).
const bulkIDPrefix = "bulkId:"

// bulkJob carries out the operations of a bulk request one after the other:
// in their order, but one that others refer to before those.
type bulkJob struct {
	request bulkRequest
	server  bulkServer
	// makers are the operations that make a resource, by its bulkId.
	makers map[string]int
	// begun are the operations that are done or waiting for one they refer to.
	begun   []bool
	answers []*recorder
	// ids are the ids of what has been made, by bulkId.
	ids    map[string]string
	errors int
}

func newBulkJob(request bulkRequest, server bulkServer) *bulkJob {
	n := len(request.Operations)
	j := &bulkJob{
		request: request, server: server,
		makers: map[string]int{}, ids: map[string]string{},
		begun: make([]bool, n), answers: make([]*recorder, n),
	}
	for i := range request.Operations {
		o := &request.Operations[i]
		o.Method = strings.ToUpper(o.Method)
		if _, taken := j.makers[o.BulkID]; o.Method == http.MethodPost && !taken {
			j.makers[o.BulkID] = i
		}
	}
	return j
}

// run gives the results of all operations that were carried out, in the order
// of the request.
func (j *bulkJob) run(base string) []bulkResult {
	for i := range j.request.Operations {
		j.do(i)
	}
	results := []bulkResult{}
	for i, answer := range j.answers {
		if answer != nil {
			results = append(results, answer.result(base, j.request.Operations[i]))
		}
	}
	return results
}

// over reports whether there were as many errors as the client bears.
func (j *bulkJob) over() bool {
	return j.request.FailOnErrors > 0 && j.errors >= j.request.FailOnErrors
}

// do carries out an operation, and before it those that it refers to.
func (j *bulkJob) do(i int) {
	if j.begun[i] || j.over() {
		return
	}
	j.begun[i] = true
	o := &j.request.Operations[i]
	err := j.prepare(i, o)
	if j.over() {
		return
	}
	if err != nil {
		j.note(i, j.server.refuse(err))
		return
	}
	j.note(i, j.server.serve(*o))
}

// note keeps an answer, and what others need of it.
func (j *bulkJob) note(i int, answer *recorder) {
	j.answers[i] = answer
	o := j.request.Operations[i]
	switch {
	case answer.failed():
		j.errors++
	case o.Method == http.MethodPost:
		j.ids[o.BulkID] = path.Base(answer.header.Get("Location"))
	}
}

// prepare puts ids in the place of references.
func (j *bulkJob) prepare(i int, o *bulkOperation) *failure {
	if o.Method == http.MethodPost && (o.BulkID == "" || j.makers[o.BulkID] != i) {
		return failf(http.StatusBadRequest, schema.InvalidValue, "a POST needs a bulkId that no other operation has")
	}
	if i := strings.LastIndex(o.Path, "/"+bulkIDPrefix); i >= 0 {
		id, err := j.resolve(o.Path[i+1:])
		if err != nil {
			return err
		}
		o.Path = o.Path[:i+1] + id
	}
	if !bytes.Contains(o.Data, []byte(bulkIDPrefix)) {
		return nil
	}
	var data any
	decoder := json.NewDecoder(bytes.NewReader(o.Data))
	decoder.UseNumber()
	if err := decoder.Decode(&data); err != nil {
		return malformed("data is not valid JSON: %v", err)
	}
	data, err := j.replace(data)
	o.Data, _ = json.Marshal(data) // it was JSON before
	return err
}

// replace resolves all references in a JSON value, in place.
func (j *bulkJob) replace(value any) (any, *failure) {
	var err *failure
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(value, bulkIDPrefix) {
			return j.resolve(value)
		}
	case []any:
		for i := range value {
			if value[i], err = j.replace(value[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range value {
			if value[key], err = j.replace(value[key]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// resolve gives the id of what a reference names, made now if need be.
func (j *bulkJob) resolve(reference string) (string, *failure) {
	name := strings.TrimPrefix(reference, bulkIDPrefix)
	maker, known := j.makers[name]
	if !known {
		return "", failf(http.StatusBadRequest, schema.InvalidValue, "no POST of this request has the bulkId %q", name)
	}
	waiting := j.begun[maker] && j.answers[maker] == nil
	j.do(maker)
	id, made := j.ids[name]
	switch {
	case made:
		return id, nil
	case waiting:
		return "", failf(http.StatusConflict, "", "the operations refer to each other in a circle through the bulkId %q: create one without the reference and add it with a PATCH", name)
	default:
		return "", failf(http.StatusConflict, "", "the resource with the bulkId %q could not be created", name)
	}
}
