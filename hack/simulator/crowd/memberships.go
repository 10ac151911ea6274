package crowd

import (
	"encoding/xml"
	"net/http"
)

// membershipsEntity is the dump of all memberships, which is XML whatever the
// caller asks for (CWD-3281).
type membershipsEntity struct {
	XMLName     xml.Name           `xml:"memberships"`
	Memberships []membershipEntity `xml:"membership"`
}

type membershipEntity struct {
	Group  string        `xml:"group,attr"`
	Users  []namedEntity `xml:"users>user"`
	Groups []namedEntity `xml:"groups>group"`
}

type namedEntity struct {
	Name string `xml:"name,attr"`
}

// dumpMemberships is GET group/membership.
func (s *Server) dumpMemberships(c *call) (answer, error) {
	if c.Header.Get("Accept") == "application/json" {
		return answer{}, &apiError{status: http.StatusNotAcceptable, Message: "Not acceptable"}
	}
	dump := &membershipsEntity{}
	for _, name := range s.GroupNames() {
		membership := membershipEntity{Group: s.shown(name)}
		for _, u := range s.DirectMembers(name) {
			membership.Users = append(membership.Users, namedEntity{s.shown(u.Name)})
		}
		for _, child := range s.childGroups(name) {
			membership.Groups = append(membership.Groups, namedEntity{s.shown(child)})
		}
		dump.Memberships = append(dump.Memberships, membership)
	}
	return answer{http.StatusOK, dump}, nil
}
