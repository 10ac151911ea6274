package cloud

import (
	"maps"
	"time"
)

const (
	schemaUser     = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup    = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaList     = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	schemaExternal = "urn:scim:schemas:extension:atlassian-external:1.0"
)

// bean is a resource as it is sent.
type bean map[string]any

// reference is a member of a group, or a group of a user.
type reference struct {
	Type    string `json:"type"`
	Value   string `json:"value"`
	Display string `json:"display"`
	Ref     string `json:"$ref"`
}

func (s *Server) userBean(a *account) bean {
	b := bean{}
	maps.Copy(b, a.profile)
	b["schemas"] = []string{schemaUser, schemaExternal}
	b["id"] = a.id
	b["active"] = a.active
	b["meta"] = s.meta("User", "Users", a.id, a.created, a.modified)
	b[schemaExternal] = bean{"atlassianAccountId": a.linked}
	if !s.options.Unconfirmed.HidesGroups {
		groups := []reference{}
		for _, g := range s.state.groups {
			if g.has(a) {
				groups = append(groups, reference{"Group", g.id, g.name, s.location("Groups", g.id)})
			}
		}
		s.list(b, "groups", groups)
	}
	return b
}

// groupBean shows a group. As in the vendor's example, display is the members'
// e-mail address, which need not be their user name.
func (s *Server) groupBean(g *group) bean {
	members := make([]reference, 0, len(g.members))
	for _, a := range g.members {
		members = append(members, reference{"User", a.id, a.email, s.location("Users", a.id)})
	}
	b := bean{
		"schemas":     []string{schemaGroup},
		"id":          g.id,
		"displayName": g.name,
		"meta":        s.meta("Group", "Groups", g.id, g.created, g.modified),
	}
	if g.externalID != "" {
		b["externalId"] = g.externalID
	}
	s.list(b, "members", members)
	return b
}

// list sets an attribute with several values.
func (s *Server) list(b bean, name string, values []reference) {
	if len(values) > 0 || !s.options.Unconfirmed.OmitsEmpty {
		b[name] = values
	}
}

func (s *Server) meta(resourceType, collection, id string, created, modified time.Time) bean {
	return bean{
		"resourceType": resourceType,
		"location":     s.location(collection, id),
		"created":      created.Format(time.RFC3339Nano),
		"lastModified": modified.Format(time.RFC3339Nano),
	}
}

func listBean[T any](total, first int, resources []T) bean {
	return bean{
		"schemas": []string{schemaList}, "totalResults": total, "startIndex": first,
		"itemsPerPage": len(resources), "Resources": resources,
	}
}
