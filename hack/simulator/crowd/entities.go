package crowd

import (
	"encoding/xml"
	"net/url"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// What Crowd keeps of a user besides, among the attributes of its account.
const (
	FirstName = "first-name"
	LastName  = "last-name"
)

type linkEntity struct {
	Rel  string `json:"rel"  xml:"rel,attr"`
	Href string `json:"href" xml:"href,attr"`
}

type passwordEntity struct {
	Link  *linkEntity `json:"link,omitempty"  xml:"link"`
	Value string      `json:"value,omitempty" xml:"value,omitempty"`
}

// profile is what a user has besides its name; lists leave it out unless
// they are expanded.
type profile struct {
	FirstName   string         `json:"first-name"             xml:"first-name"`
	LastName    string         `json:"last-name"              xml:"last-name"`
	DisplayName string         `json:"display-name"           xml:"display-name"`
	Email       string         `json:"email"                  xml:"email"`
	Active      bool           `json:"active"                 xml:"active"`
	Key         string         `json:"key,omitempty"          xml:"key,omitempty"`
	Created     int64          `json:"created-date,omitempty" xml:"created-date,omitempty"`
	Updated     int64          `json:"updated-date,omitempty" xml:"updated-date,omitempty"`
	Password    passwordEntity `json:"password"               xml:"password"`
	Attributes  attributeList  `json:"attributes"             xml:"attributes"`
}

type userEntity struct {
	XMLName xml.Name   `json:"-"                xml:"user"`
	Expand  string     `json:"expand,omitempty" xml:"expand,attr,omitempty"`
	Link    linkEntity `json:"link"             xml:"link"`
	Name    string     `json:"name"             xml:"name,attr"`
	*profile
}

type userList struct {
	XMLName xml.Name      `json:"-"      xml:"users"`
	Expand  string        `json:"expand" xml:"expand,attr"`
	Users   []*userEntity `json:"users"  xml:"user"`
}

// details are what a group has besides its name.
type details struct {
	Description string        `json:"description" xml:"description"`
	Type        string        `json:"type"        xml:"type"`
	Active      bool          `json:"active"      xml:"active"`
	Attributes  attributeList `json:"attributes"  xml:"attributes"`
}

type groupEntity struct {
	XMLName xml.Name   `json:"-"                xml:"group"`
	Expand  string     `json:"expand,omitempty" xml:"expand,attr,omitempty"`
	Link    linkEntity `json:"link"             xml:"link"`
	Name    string     `json:"name"             xml:"name,attr"`
	*details
}

type groupList struct {
	XMLName xml.Name       `json:"-"      xml:"groups"`
	Expand  string         `json:"expand" xml:"expand,attr"`
	Groups  []*groupEntity `json:"groups" xml:"group"`
}

type cookieEntity struct {
	XMLName xml.Name `json:"-"      xml:"cookie-config"`
	Domain  string   `json:"domain" xml:"domain"`
	Name    string   `json:"name"   xml:"name"`
	Secure  bool     `json:"secure" xml:"secure"`
}

func (s *Server) link(c *call, rel, resource, parameter, name string) linkEntity {
	scheme := "http://"
	if c.TLS != nil {
		scheme = "https://"
	}
	return linkEntity{rel, scheme + c.Host + s.options.ContextPath + userManagement + "1/" + resource + "?" +
		url.Values{parameter: {name}}.Encode()}
}

// shown is a name as the application gets it.
func (s *Server) shown(name string) string {
	if s.options.LowerCaseOutput {
		return userbase.Fold(name)
	}
	return name
}

// userName is a user as lists show it that are not expanded.
func (s *Server) userName(c *call, u *userbase.Account) *userEntity {
	name := s.shown(u.Name)
	return &userEntity{Link: s.link(c, "self", "user", "username", name), Name: name}
}

// userEntity is a user in full.
func (s *Server) userEntity(c *call, u *userbase.Account) *userEntity {
	entity := s.userName(c, u)
	edit := s.link(c, "edit", "user/password", "username", entity.Name)
	entity.Expand = "attributes"
	entity.profile = &profile{
		FirstName: first(u.Attributes[FirstName]), LastName: first(u.Attributes[LastName]),
		DisplayName: u.DisplayName, Email: u.Email, Active: u.Active,
		Password:   passwordEntity{Link: &edit},
		Attributes: s.attributeList(c, u),
	}
	if !s.options.WithoutKeys {
		entity.Key = s.Identity(u.Name).Key
	}
	if s.options.Unconfirmed.NumericDates {
		entity.Created, entity.Updated = s.options.Clock().UnixMilli(), s.options.Clock().UnixMilli()
	}
	return entity
}

// groupEntity is a group, in full unless it is one of a list.
func (s *Server) groupEntity(c *call, name string, full bool) *groupEntity {
	name = s.shown(name)
	entity := &groupEntity{Link: s.link(c, "self", "group", "groupname", name), Name: name}
	if full {
		self := s.link(c, "self", "group/attribute", "groupname", name)
		entity.Expand = "attributes"
		entity.details = &details{
			Description: s.descriptions[userbase.Fold(name)], Type: "GROUP", Active: true,
			Attributes: attributeList{Link: &self, Attributes: []attribute{}},
		}
	}
	return entity
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
