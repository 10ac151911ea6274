package scimwebhook

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// view is how a client wants to see resources: under which address, and
// which attributes of them (RFC 7644 section 3.9).
type view struct {
	// base is the SCIM base URL, with the SyncConfig and without a slash at the end.
	base string
	// only are the attributes asked for; nil asks for all.
	only []schema.Ref
	// without are the attributes that are not wanted.
	without []schema.Ref
}

// viewOf reads what the URL of a request asks for.
func (s *Server) viewOf(r *http.Request, resource *schema.Resource) view {
	parameters := r.URL.Query()
	return newView(s.baseURL(r), resource, names(parameters, "attributes"), names(parameters, "excludedAttributes"))
}

// newView is a view of a kind of resource. Attributes that do not exist are
// ignored, as asking for something absent gives nothing.
func newView(base string, resource *schema.Resource, attributes, excluded []string) view {
	return view{base: base, only: refs(resource, attributes), without: refs(resource, excluded)}
}

// refs are the attributes that paths name; nil for no paths at all.
func refs(resource *schema.Resource, paths []string) []schema.Ref {
	if len(paths) == 0 {
		return nil
	}
	known := []schema.Ref{}
	for _, path := range paths {
		if ref, ok := resource.Resolve(strings.TrimSpace(path)); ok {
			known = append(known, ref)
		}
	}
	return known
}

// baseURL is where the client reaches the SyncConfig that it is asking about.
func (s *Server) baseURL(r *http.Request) string {
	prefix := strings.TrimSuffix(s.options.BaseURL, "/")
	if prefix == "" {
		scheme := "http"
		if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
			scheme = "https"
		}
		prefix = scheme + "://" + r.Host
	}
	scope := callOf(r.Context()).scope
	return prefix + basePath + scope.Namespace + "/" + scope.SyncConfig
}

// location is the address of a resource.
func (v view) location(resource *schema.Resource, id string) string {
	return v.base + resource.Endpoint + "/" + url.PathEscape(id)
}

// shows reports whether any part of a core attribute is wanted, so that what
// is costly to find is not looked for in vain.
func (v view) shows(attribute string) bool {
	named := func(ref schema.Ref) bool { return ref.Extension == "" && ref.Attr.Name == attribute }
	whole := func(ref schema.Ref) bool { return named(ref) && ref.Sub == nil }
	return !slices.ContainsFunc(v.without, whole) && (v.only == nil || slices.ContainsFunc(v.only, named))
}

// object is the part of a custom resource that meta is made of.
type object interface {
	metav1.Object
	SCIMID() string
}

// finish adds the common attributes to a document and leaves out what the
// client does not want; schemas and id are always shown (RFC 7643 section 7).
func (v view) finish(resource *schema.Resource, obj object, doc map[string]any) map[string]any {
	schemas := schemasOf(resource.Core.ID, doc)
	doc["meta"] = map[string]any{
		"resourceType": resource.Name,
		"created":      obj.GetCreationTimestamp().UTC().Format(time.RFC3339),
		"lastModified": store.LastModified(obj).Format(time.RFC3339),
		"location":     v.location(resource, obj.SCIMID()),
		"version":      etag(obj),
	}
	if v.only != nil {
		doc = pick(doc, v.only)
	}
	for _, ref := range v.without {
		drop(doc, ref)
	}
	doc["schemas"] = schemas
	doc["id"] = obj.SCIMID()
	return doc
}

// pick makes a document of the wanted attributes alone.
func pick(doc map[string]any, wanted []schema.Ref) map[string]any {
	picked := map[string]any{}
	for _, ref := range wanted {
		from, into := doc, picked
		if ref.Extension != "" {
			from, _ = doc[ref.Extension].(map[string]any)
			if from == nil {
				continue
			}
			if ref.Attr == nil {
				picked[ref.Extension] = from
				continue
			}
			into = child(picked, ref.Extension)
		}
		if value, ok := from[ref.Attr.Name]; ok {
			into[ref.Attr.Name] = merge(into[ref.Attr.Name], value, ref.Sub)
		}
	}
	for name, value := range picked {
		if value = compact(value); value == nil {
			delete(picked, name)
			continue
		}
		picked[name] = value
	}
	return picked
}

// compact leaves out objects of which nothing was wanted; nil if nothing is left.
func compact(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if object, ok := inner.(map[string]any); ok && len(object) == 0 {
				delete(value, name)
			}
		}
		if len(value) == 0 {
			return nil
		}
	case []any:
		kept := slices.DeleteFunc(slices.Clone(value), func(entry any) bool {
			object, ok := entry.(map[string]any)
			return ok && len(object) == 0
		})
		if len(kept) == 0 && len(value) > 0 {
			return nil
		}
		return kept
	}
	return value
}

// merge adds to what is picked already the sub-attribute of value, or all of it.
func merge(picked, value any, sub *schema.Attribute) any {
	if sub == nil {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		into, ok := picked.(map[string]any)
		if !ok {
			into = map[string]any{}
		}
		if v, ok := value[sub.Name]; ok {
			into[sub.Name] = v
		}
		return into
	case []any:
		into, ok := picked.([]any)
		if !ok {
			into = make([]any, len(value))
		}
		for i := range value {
			into[i] = merge(into[i], value[i], sub)
		}
		return into
	default:
		return value
	}
}

func child(doc map[string]any, name string) map[string]any {
	inner, ok := doc[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		doc[name] = inner
	}
	return inner
}

// drop removes an attribute that is not wanted.
func drop(doc map[string]any, ref schema.Ref) {
	if ref.Extension != "" {
		if ref.Attr == nil {
			delete(doc, ref.Extension)
			return
		}
		doc, _ = doc[ref.Extension].(map[string]any)
	}
	if ref.Sub == nil {
		delete(doc, ref.Attr.Name)
		return
	}
	dropSub(doc[ref.Attr.Name], ref.Sub.Name)
}

func dropSub(value any, name string) {
	switch value := value.(type) {
	case map[string]any:
		delete(value, name)
	case []any:
		for _, entry := range value {
			dropSub(entry, name)
		}
	}
}
