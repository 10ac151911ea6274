package confluence

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	// forbiddenInGroupName cannot be sent as part of a path: Confluence's
	// Tomcat refuses both, escaped or not (CONFSERVER-54066).
	forbiddenInGroupName = `/\`
	// forbiddenInUsername adds what Confluence documents for new accounts.
	forbiddenInUsername = forbiddenInGroupName + `,+<>'"` + " \t\r\n"
)

// userPath is the resource of an account for administrators.
func userPath(op, username string) (string, error) {
	segment, err := segment(op, "user", username)
	return "/admin/user/" + segment, err
}

// groupPath is the resource of a group below root.
func groupPath(op, root, group string) (string, error) {
	segment, err := segment(op, "group", group)
	return root + "/" + segment, err
}

// membershipPath is the resource of one membership.
func membershipPath(op, username, group string) (string, error) {
	user, err := segment(op, "user", username)
	if err != nil {
		return "", err
	}
	return groupPath(op, "/user/"+user+"/group", group)
}

// segment escapes a name as one segment of a path. What would reach
// Confluence as another path, and so perhaps as another account or group, is
// refused before any request.
func segment(op, what, name string) (string, error) {
	switch {
	case name == "":
		return "", unusable(op, fmt.Sprintf("a %s without a name", what))
	case name == "." || name == "..":
		return "", unusable(op, fmt.Sprintf("the %s name %q cannot be used: as part of an address it would mean another one; "+
			"choose another name", what, name))
	case strings.ContainsAny(name, forbiddenInGroupName):
		return "", unusable(op, fmt.Sprintf("the %s name %q has a / or a \\ in it, which Confluence's REST API cannot handle "+
			"(CONFSERVER-54066); choose a name without them", what, name))
	}
	return url.PathEscape(name), nil
}

func checkNewUsername(op, name string) error {
	if at := strings.IndexAny(name, forbiddenInUsername); at >= 0 {
		return unusable(op, fmt.Sprintf("the user name %q has %q in it, which Confluence does not allow; choose a name without %s and spaces",
			name, name[at], forbiddenInGroupName+`,+<>'"`))
	}
	_, err := segment(op, "user", name)
	return err
}

func unusable(op, reason string) error {
	return &directory.Error{Kind: directory.KindInvalid, Op: op, Message: reason}
}
