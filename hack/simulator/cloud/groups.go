package cloud

import (
	"net/http"
	"slices"
	"strings"
)

// groupWrite is what a request says of a group.
type groupWrite struct {
	DisplayName string    `json:"displayName"`
	ExternalID  string    `json:"externalId"`
	Members     *[]member `json:"members"`
}

type member struct {
	Value string `json:"value"`
}

// listGroups answers GET /Groups.
func (s *Server) listGroups(c *call) (int, any, error) {
	groups := slices.Clone(s.state.groups)
	_, value, filtered, err := c.filter("displayName")
	switch {
	case err != nil:
		return 0, nil, err
	case filtered:
		groups = slices.DeleteFunc(groups, func(g *group) bool { return !s.same(g.name, value) })
	}
	resources, first := page(c, groups, s.options.Page)
	shown := make([]bean, 0, len(resources))
	for _, g := range resources {
		shown = append(shown, s.groupBean(g))
	}
	return http.StatusOK, listBean(len(groups), first, shown), nil
}

// getGroup answers GET /Groups/{id}, with all members at once.
func (s *Server) getGroup(c *call) (int, any, error) {
	g, err := s.found(c.id)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.groupBean(g), nil
}

func (s *Server) found(id string) (*group, error) {
	g := s.state.group(id)
	if g == nil {
		return nil, absent("GROUP", id)
	}
	return g, nil
}

// createGroup answers POST /Groups. A name that the organisation uses for
// another group is a conflict.
func (s *Server) createGroup(c *call) (int, any, error) {
	var given groupWrite
	if err := c.decode(&given); err != nil {
		return 0, nil, err
	}
	switch {
	case strings.TrimSpace(given.DisplayName) == "":
		return 0, nil, refuse(http.StatusBadRequest, "invalidValue", "Attribute [displayName] is required.")
	case s.groupNamed(given.DisplayName) != nil, containsFold(s.options.OtherGroups, given.DisplayName):
		return 0, nil, taken("GROUP", "displayName", given.DisplayName)
	}
	now := s.options.Clock().UTC()
	g := &group{id: newID(), name: given.DisplayName, externalID: given.ExternalID, created: now, modified: now}
	if given.Members != nil {
		if err := s.replaceMembers(g, *given.Members, http.StatusBadRequest); err != nil {
			return 0, nil, err
		}
	}
	s.state.groups = append(s.state.groups, g)
	return http.StatusCreated, s.groupBean(g), nil
}

// putGroup answers PUT /Groups/{id}. The name stays.
func (s *Server) putGroup(c *call) (int, any, error) {
	g, err := s.found(c.id)
	if err != nil {
		return 0, nil, err
	}
	var given groupWrite
	if err := c.decode(&given); err != nil {
		return 0, nil, err
	}
	if given.DisplayName != g.name {
		return 0, nil, immutableName()
	}
	if given.Members == nil && !s.options.Unconfirmed.PutKeepsMembers {
		given.Members = &[]member{}
	}
	if given.Members != nil {
		if err := s.replaceMembers(g, *given.Members, http.StatusBadRequest); err != nil {
			return 0, nil, err
		}
	}
	g.externalID, g.modified = given.ExternalID, s.options.Clock().UTC()
	return http.StatusOK, s.groupBean(g), nil
}

func immutableName() *refusal {
	return refuse(http.StatusBadRequest, "mutability", "Attribute [displayName] is immutable.")
}

// deleteGroup answers DELETE /Groups/{id}.
func (s *Server) deleteGroup(c *call) (int, any, error) {
	g, err := s.found(c.id)
	if err != nil {
		return 0, nil, err
	}
	s.state.groups = slices.DeleteFunc(s.state.groups, func(other *group) bool { return other == g })
	return http.StatusNoContent, nil, nil
}

// replaceMembers makes these the members, or refuses all of them.
func (s *Server) replaceMembers(g *group, members []member, unknown int) error {
	changed := &group{}
	if err := s.addMembers(changed, members, unknown); err != nil {
		return err
	}
	g.members = changed.members
	return nil
}

func (s *Server) addMembers(g *group, members []member, unknown int) error {
	for _, m := range members {
		a := s.state.user(m.Value)
		if a == nil || a.deleted {
			return refuse(unknown, "", "Resource [USER]: with id[%s] not found.", m.Value)
		}
		g.add(a)
	}
	if most := s.options.MaxMembers; most > 0 && len(g.members) > most {
		return refuse(s.options.Unconfirmed.LimitStatus, "", "The group has reached its limit of %d members.", most)
	}
	return nil
}
