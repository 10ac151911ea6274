package crowd

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// maxAttribute is how long a value of an attribute may be.
const maxAttribute = 255

type attribute struct {
	Name   string   `json:"name"   xml:"name,attr"`
	Values []string `json:"values" xml:"values>value"`
}

type attributeList struct {
	XMLName    xml.Name    `json:"-"              xml:"attributes"`
	Link       *linkEntity `json:"link,omitempty" xml:"link"`
	Attributes []attribute `json:"attributes"     xml:"attribute"`
}

// attributeList shows a user's attributes, which are listed only if the
// caller asks to expand them.
func (s *Server) attributeList(c *call, u *userbase.Account) attributeList {
	self := s.link(c, "self", "user/attribute", "username", s.shown(u.Name))
	list := attributeList{Link: &self, Attributes: []attribute{}}
	if c.query.Get("expand") == "attributes" {
		list.Attributes = attributesOf(u)
	}
	return list
}

func attributesOf(u *userbase.Account) []attribute {
	list := []attribute{}
	for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
		if name != FirstName && name != LastName {
			list = append(list, attribute{name, u.Attributes[name]})
		}
	}
	return list
}

// getAttributes is GET user/attribute.
func (s *Server) getAttributes(c *call) (answer, error) {
	u, err := s.namedUser(c)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, &attributeList{Attributes: attributesOf(u)}}, nil
}

// setAttributes is POST user/attribute: it replaces those that are named.
func (s *Server) setAttributes(c *call) (answer, error) {
	u, err := s.writableUser(c, "update")
	if err != nil {
		return answer{}, err
	}
	var list attributeList
	if err := c.decode(&list); err != nil {
		return answer{}, err
	}
	for _, a := range list.Attributes {
		for _, value := range a.Values {
			if len([]rune(value)) > maxAttribute {
				return answer{}, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT",
					"The value of attribute %s is longer than %d characters", a.Name, maxAttribute)
			}
		}
	}
	for _, a := range list.Attributes {
		set(u, a.Name, a.Values...)
	}
	return answer{status: http.StatusNoContent}, nil
}

// deleteAttribute is DELETE user/attribute.
func (s *Server) deleteAttribute(c *call) (answer, error) {
	u, err := s.writableUser(c, "update")
	if err != nil {
		return answer{}, err
	}
	if name := c.query.Get("attributename"); name != FirstName && name != LastName {
		delete(u.Attributes, name)
	}
	return answer{status: http.StatusNoContent}, nil
}

func set(u *userbase.Account, name string, values ...string) {
	if u.Attributes == nil {
		u.Attributes = map[string][]string{}
	}
	u.Attributes[name] = values
}
