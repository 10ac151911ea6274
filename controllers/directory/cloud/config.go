package cloud

import (
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// whereToLook says where an administrator finds what the Config needs.
const whereToLook = "admin.atlassian.com shows it once, when user provisioning is set up, " +
	"as SCIM base URL https://api.atlassian.com/scim/directory/<directoryID>"

// checked gives a Config that is complete, or says what is missing. It knows
// the ways in which the SCIM base URL is put into the wrong field.
func checked(config directory.Config) (directory.Config, error) {
	config.DirectoryID = strings.TrimSpace(config.DirectoryID)
	base, err := url.Parse(config.URL)
	switch {
	case err == nil && strings.Contains(base.Path, "/scim/directory"):
		return config, invalid("the URL goes on after the host name; " +
			"write https://api.atlassian.com as url, and what follows /scim/directory/ as directoryID")
	case config.DirectoryID == "":
		return config, invalid("there is no directoryID; " + whereToLook)
	case strings.ContainsAny(config.DirectoryID, "/?#"):
		return config, invalid("directoryID is more than an id; " + whereToLook)
	case strings.TrimSpace(config.Token) == "":
		return config, invalid("there is no token; Atlassian Cloud takes the API key of the directory as token, " +
			"and no username and password")
	}
	return config, nil
}

func invalid(message string) error {
	return &directory.Error{Kind: directory.KindInvalid, Op: directory.OpConnect, Message: message}
}
