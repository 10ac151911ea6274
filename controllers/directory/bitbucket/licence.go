package bitbucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/atlassync/atlassync/controllers/directory"
)

// licence is Bitbucket's RestBitbucketLicense, as far as it matters here.
type licence struct {
	MaximumNumberOfUsers   int  `json:"maximumNumberOfUsers"`
	UnlimitedNumberOfUsers bool `json:"unlimitedNumberOfUsers"`
	Status                 struct {
		CurrentNumberOfUsers int `json:"currentNumberOfUsers"`
	} `json:"status"`
}

// licenceOr finds out why Bitbucket refused more users with a 403: there are
// too few licences for them (GET /admin/license), or atlassync's account
// ranks too low. If it cannot be told, the refusal stays as it is. That of a
// missing permission is a 401.
func (c *Client) licenceOr(ctx context.Context, op string, more int, refusal error) error {
	if failure, ok := errors.AsType[*directory.Error](refusal); !ok || failure.Status != http.StatusForbidden {
		return refusal
	}
	var held licence
	if err := c.get(ctx, op, "/admin/license", nil, &held); err != nil {
		return refusal
	}
	if held.UnlimitedNumberOfUsers || held.MaximumNumberOfUsers <= 0 ||
		held.Status.CurrentNumberOfUsers+more <= held.MaximumNumberOfUsers {
		return refusal
	}
	return reclassify(refusal, directory.KindLicenceExceeded, fmt.Sprintf(
		"%d of %d licensed users are taken", held.Status.CurrentNumberOfUsers, held.MaximumNumberOfUsers))
}
