package bitbucket

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// userDirectory is Bitbucket's RestUserDirectory. Active is called so in the
// vendor's document, and isActive in what instances answer.
type userDirectory struct {
	Name     string `json:"name"`
	Active   *bool  `json:"active"`
	IsActive *bool  `json:"isActive"`
}

// inactive is what Bitbucket says; it lists few directories that it does not use.
func (d userDirectory) inactive() bool {
	return d.Active != nil && !*d.Active || d.IsActive != nil && !*d.IsActive
}

// userDirectories is a list, which the vendor's document says in words, or
// one directory, which it says in the schema.
type userDirectories []userDirectory

// UnmarshalJSON implements json.Unmarshaler.
func (d *userDirectories) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return json.Unmarshal(data, (*[]userDirectory)(d))
	}
	var one struct {
		userDirectory
		Values []userDirectory `json:"values"`
	}
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*d = one.Values
	if one.Name != "" {
		*d = append(*d, one.userDirectory)
	}
	return nil
}

// verify reads the user directories (GET /admin/user-directories) and
// compares them with the configured one. That is also the check for
// administrators' rights, for nobody else may read them.
func (c *Client) verify(ctx context.Context) (directory.Verification, error) {
	const op = directory.OpProbe
	var all userDirectories
	err := c.get(ctx, op, "/admin/user-directories", url.Values{"includeInactive": {"true"}}, &all)
	switch {
	case isAbsentResource(err):
		c.only.Store(nil)
		return directory.Verification{Detail: "this version of Bitbucket does not tell its user directories"}, nil
	case err != nil:
		return directory.Verification{}, err
	}
	var active []string
	for _, d := range all {
		if d.Name != "" && !d.inactive() {
			active = append(active, d.Name)
		}
	}
	if len(active) == 0 {
		return directory.Verification{}, malformed(op, "no active user directory")
	}
	if err := c.configured(all, active); err != nil {
		return directory.Verification{}, err
	}
	return c.judge(active), nil
}

// configured is the error of a configured directory that is not among those
// that Bitbucket uses.
func (c *Client) configured(all userDirectories, active []string) error {
	if c.directoryName == "" {
		return nil
	}
	what := "does not exist"
	for _, d := range all {
		switch {
		case !directory.SameName(d.Name, c.directoryName):
		case !d.inactive():
			return nil
		default:
			what = "is not active"
		}
	}
	return &directory.Error{Kind: directory.KindWrongDirectory, Op: directory.OpProbe, Message: fmt.Sprintf(
		"user directory %q %s in Bitbucket; active are: %s; correct directoryName, or Bitbucket's user directories",
		c.directoryName, what, quoted(active))}
}

// judge says what is known of the directory that new accounts go into.
func (c *Client) judge(active []string) directory.Verification {
	if len(active) == 1 {
		c.only.Store(&active[0])
		return directory.Verification{Verified: true, Detail: fmt.Sprintf("%q is Bitbucket's only active user directory", active[0])}
	}
	c.only.Store(nil)
	return directory.Verification{Detail: fmt.Sprintf("Bitbucket has several active user directories (%s) and does not tell "+
		"which of them new accounts go into; each account tells its own", quoted(active))}
}

func quoted(names []string) string {
	return `"` + strings.Join(names, `", "`) + `"`
}
