package crowd

import (
	"context"
	"encoding/xml"
	"iter"
	"net/http"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// maxDump is how large a dump may be, in bytes: some million memberships.
const maxDump = 128 << 20

// memberships is Crowd's dump, which exists in XML only (CWD-3281).
type memberships struct {
	XMLName xml.Name `xml:"memberships"`
	Groups  []struct {
		Name  string `xml:"group,attr"`
		Users []struct {
			Name string `xml:"name,attr"`
		} `xml:"users>user"`
	} `xml:"membership"`
}

// EachMembership implements directory.MembershipDump with
// GET /group/membership. Groups as members are not told.
func (c *Client) EachMembership(ctx context.Context) iter.Seq2[directory.Membership, error] {
	return func(yield func(directory.Membership, error) bool) {
		dump, err := c.memberships(ctx)
		if err != nil {
			yield(directory.Membership{}, err)
			return
		}
		for _, g := range dump.Groups {
			names := make([]string, 0, len(g.Users))
			for _, u := range g.Users {
				names = append(names, u.Name)
			}
			if !yield(directory.Membership{Group: g.Name, Usernames: names}, nil) {
				return
			}
		}
	}
}

// memberships reads the dump as a whole: half of one is none.
func (c *Client) memberships(ctx context.Context) (memberships, error) {
	const op = directory.OpEachMembership
	var body []byte
	err := c.do(ctx, rest.Request{
		Op: op, Method: http.MethodGet, Path: "/group/membership", Accept: "application/xml", MaxBytes: maxDump,
	}, &body)
	if isStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusNotImplemented) {
		return memberships{}, reclassify(err, directory.KindUnsupported)
	}
	if err != nil {
		return memberships{}, err
	}
	var dump memberships
	if err := xml.Unmarshal(body, &dump); err != nil {
		return memberships{}, malformed(op, "no memberships in XML ("+err.Error()+")")
	}
	for _, g := range dump.Groups {
		for _, u := range g.Users {
			if u.Name == "" {
				return memberships{}, malformed(op, "a member without a name")
			}
		}
		if g.Name == "" {
			return memberships{}, malformed(op, "a group without a name")
		}
	}
	return dump, nil
}
