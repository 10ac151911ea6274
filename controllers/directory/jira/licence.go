package jira

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/atlassync/atlassync/controllers/directory"
)

// role is Jira's ApplicationRoleBean, as far as it matters here: an
// application, the groups that give access to it, and its licence.
type role struct {
	Name              string   `json:"name"`
	Groups            []string `json:"groups"`
	SelectedByDefault bool     `json:"selectedByDefault"`
	NumberOfSeats     int      `json:"numberOfSeats"`
	RemainingSeats    *int     `json:"remainingSeats"`
	HasUnlimitedSeats bool     `json:"hasUnlimitedSeats"`
}

// full reports whether no seat is left. Unlimited seats count as -1.
func (r role) full() bool {
	return !r.HasUnlimitedSeats && r.NumberOfSeats > 0 && r.RemainingSeats != nil && *r.RemainingSeats <= 0
}

// What takes a seat: a new account those of the applications that Jira gives
// everybody, a member those of the group, an enabled account any.
func (r role) isDefault() bool { return r.SelectedByDefault }

func (r role) isAny() bool { return true }

func givenBy(group string) func(role) bool {
	return func(r role) bool {
		return slices.ContainsFunc(r.Groups, func(name string) bool { return directory.SameName(name, group) })
	}
}

// seatless finds out, with GET /applicationrole, whether a refusal of what
// would take a seat is due to the licence. No document says how Jira answers
// then; like everything it refuses, probably with 400.
func (c *Client) seatless(ctx context.Context, op string, refusal error, takes func(role) bool) error {
	if directory.KindOf(refusal) != directory.KindInvalid {
		return refusal
	}
	var roles []role
	if c.get(ctx, op, "/applicationrole", nil, &roles) != nil {
		return refusal
	}
	at := slices.IndexFunc(roles, func(r role) bool { return r.full() && takes(r) })
	if at < 0 {
		return refusal
	}
	exceeded := reclassify(refusal, directory.KindLicenceExceeded)
	if failure, ok := errors.AsType[*directory.Error](exceeded); ok {
		failure.Message += fmt.Sprintf("; all %d seats of %s are taken: free one, or extend the licence",
			roles[at].NumberOfSeats, roles[at].Name)
	}
	return exceeded
}
