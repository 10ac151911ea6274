package scimwebhook

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// backend is one kind of resource in the store, as SCIM documents.
type backend[T object] interface {
	// create makes a resource of a normalised document.
	create(ctx context.Context, s store.Scope, doc map[string]any) (T, error)
	get(ctx context.Context, s store.Scope, id string) (T, error)
	list(ctx context.Context, s store.Scope, offset, limit int) (page []T, total int, err error)
	after(ctx context.Context, s store.Scope, from store.Position) iter.Seq2[T, error]
	// finders are the look-ups that an index answers, beside the one by id.
	finders() finders[T]
	// update applies a change and names the attributes that it changed.
	update(ctx context.Context, s store.Scope, id string, c change) (obj T, changed []string, err error)
	remove(ctx context.Context, s store.Scope, id string) error
	render(ctx context.Context, s store.Scope, obj T, v view) (map[string]any, error)
}

// endpoint serves /Users or /Groups (RFC 7644 section 3.2).
type endpoint[T object] struct {
	server   *Server
	resource *schema.Resource
	backend  backend[T]
	// quietPatch answers a PATCH with 204 unless attributes are asked for.
	quietPatch bool
}

func (e endpoint[T]) register(mux *http.ServeMux) {
	mux.Handle(scopePattern+e.resource.Endpoint, methods{
		http.MethodGet:  e.server.query(e.searchable()),
		http.MethodPost: e.create,
	})
	mux.Handle(scopePattern+e.resource.Endpoint+"/.search", methods{
		http.MethodPost: e.server.searchByBody(e.searchable()),
	})
	mux.Handle(scopePattern+e.resource.Endpoint+"/{id}", methods{
		http.MethodGet:    e.read,
		http.MethodPut:    e.replace,
		http.MethodPatch:  e.patch,
		http.MethodDelete: e.remove,
	})
}

func (e endpoint[T]) searchable() searchable { return collection[T]{e.resource, e.backend} }

// read gives one resource (RFC 7644 section 3.4.1).
func (e endpoint[T]) read(w http.ResponseWriter, r *http.Request) error {
	obj, err := e.backend.get(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	switch c := conditionsOf(r.Header); {
	case !c.match(store.Version(obj)):
		return failf(http.StatusPreconditionFailed, "", "the %s is at another version than If-Match names", strings.ToLower(e.resource.Name))
	case c.unchanged(store.Version(obj)):
		w.Header().Set("ETag", etag(obj))
		w.WriteHeader(http.StatusNotModified)
		return nil
	default:
		return e.show(w, r, http.StatusOK, obj)
	}
}

// create makes a resource (RFC 7644 section 3.3).
func (e endpoint[T]) create(w http.ResponseWriter, r *http.Request) error {
	doc, _, err := e.document(r)
	if err != nil {
		return err
	}
	names := differing(nil, doc)
	obj, err := e.backend.create(r.Context(), scope(r), doc)
	if err != nil {
		e.audit(r, "create", "", names, err)
		return err
	}
	e.audit(r, "create", obj.SCIMID(), names, nil)
	w.Header().Set("Location", e.server.viewOf(r, e.resource).location(e.resource, obj.SCIMID()))
	return e.show(w, r, http.StatusCreated, obj)
}

// replace puts a document in the place of a resource (RFC 7644 section 3.5.1).
// What the document leaves out is cleared, except two things whose loss would
// give or take access that nobody decided on: "active", and the members of a
// group if the attribute is not there at all. The RFC leaves both to us.
func (e endpoint[T]) replace(w http.ResponseWriter, r *http.Request) error {
	doc, sent, err := e.document(r)
	if err != nil {
		return err
	}
	c := change{document: func(current map[string]any) error {
		clear(current)
		for name, value := range doc {
			current[name] = deepCopy(value)
		}
		return nil
	}}
	members := takeMembers(doc)
	if slices.ContainsFunc(sent, func(name string) bool { return strings.EqualFold(name, schema.MembersName) }) {
		c.members = &patch.MemberChange{Reset: true, Add: members}
	}
	obj, err := e.update(r, "replace", c)
	if err != nil {
		return err
	}
	return e.show(w, r, http.StatusOK, obj)
}

// patchMessage is the body of a PATCH (RFC 7644 section 3.5.2).
type patchMessage struct {
	Schemas    any               `json:"schemas"`
	Operations []patch.Operation `json:"Operations"`
}

// check refuses what is no PatchOp message. Only a strict one says so itself.
func (m *patchMessage) check(strict bool) error {
	schemas, _ := m.Schemas.([]any)
	switch {
	case strict && !slices.Contains(schemas, any(schema.URNPatchOp)):
		return malformed("schemas must name %s", schema.URNPatchOp)
	case m.Operations == nil:
		return malformed("the body has no Operations: a PATCH needs a list of them")
	default:
		return nil
	}
}

// patch carries out operations on a resource (RFC 7644 section 3.5.2).
func (e endpoint[T]) patch(w http.ResponseWriter, r *http.Request) error {
	var message patchMessage
	if err := decode(r, &message); err != nil {
		return err
	}
	if err := message.check(callOf(r.Context()).strict); err != nil {
		return err
	}
	program, err := callOf(r.Context()).patches().Parse(message.Operations, e.resource)
	if err != nil {
		return err
	}
	e.logDropped(r, program.Dropped)
	c := change{members: &program.Members}
	if !program.OnlyMembers() {
		c.document = func(doc map[string]any) error {
			_, err := program.Apply(doc)
			return err
		}
	}
	obj, err := e.update(r, "patch", c)
	if err != nil {
		return err
	}
	if e.quietPatch && !r.URL.Query().Has("attributes") {
		w.Header().Set("ETag", etag(obj))
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return e.show(w, r, http.StatusOK, obj)
}

// remove deletes a resource (RFC 7644 section 3.6).
func (e endpoint[T]) remove(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	err := e.backend.remove(conditional(r), scope(r), id)
	e.audit(r, "delete", id, nil, err)
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (e endpoint[T]) update(r *http.Request, operation string, c change) (T, error) {
	id := r.PathValue("id")
	obj, changed, err := e.backend.update(conditional(r), scope(r), id, c)
	e.audit(r, operation, id, changed, err)
	return obj, err
}

func (e endpoint[T]) show(w http.ResponseWriter, r *http.Request, status int, obj T) error {
	doc, err := e.backend.render(r.Context(), scope(r), obj, e.server.viewOf(r, e.resource))
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(obj))
	respond(w, status, doc)
	return nil
}

// document reads the body of a POST or PUT: the normalised document, and the
// names of the attributes as they were sent.
func (e endpoint[T]) document(r *http.Request) (doc map[string]any, sent []string, err error) {
	var body map[string]any
	if err := decode(r, &body); err != nil {
		return nil, nil, err
	}
	doc, dropped, err := callOf(r.Context()).documents().Normalize(e.resource, body)
	if err != nil {
		return nil, nil, err
	}
	e.logDropped(r, dropped)
	for name := range body {
		sent = append(sent, name)
	}
	return doc, sent, nil
}

// logDropped tells whoever looks for an attribute why it is not there.
func (e endpoint[T]) logDropped(r *http.Request, dropped []schema.Dropped) {
	if len(dropped) > 0 {
		c := callOf(r.Context())
		c.log.V(1).Info("Unknown attributes ignored", append(c.names(), "resource", e.resource.Name, "attributes", dropped)...)
	}
}

func scope(r *http.Request) store.Scope { return callOf(r.Context()).scope }
