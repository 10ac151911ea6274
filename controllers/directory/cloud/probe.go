package cloud

import (
	"context"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Probe reads one user, which only the directory's own API key may. There is
// no version to tell and no account that signs in.
func (c *Client) Probe(ctx context.Context) (directory.Info, error) {
	if err := c.checkDirectory(ctx, directory.OpProbe); err != nil {
		return directory.Info{}, err
	}
	return directory.Info{
		Version:   "cloud",
		Self:      "directory " + c.id,
		Directory: directory.Verification{Verified: true, Detail: "the URL names directory " + c.id},
	}, nil
}
