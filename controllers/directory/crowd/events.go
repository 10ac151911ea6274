package crowd

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// events is Crowd's EventEntityList. What an event looks like in JSON is not
// published: each is read for the names that it has.
//
// https://docs.atlassian.com/atlassian-crowd/7.1.0/com/atlassian/crowd/integration/rest/entity/EventEntityList.html
type events struct {
	Token     string            `json:"newEventToken"`
	Available *flag             `json:"incrementalSynchronisationAvailable"`
	Events    []json.RawMessage `json:"events"`
}

// Now implements directory.ChangeFeed with GET /event.
func (c *Client) Now(ctx context.Context) (string, error) {
	var now events
	err := c.get(ctx, directory.OpChanges, "/event", nil, &now)
	switch {
	case isTrouble(err):
		return "", err
	case err != nil:
		return "", reclassify(err, directory.KindUnsupported)
	case now.Token == "" || now.Available == nil || !bool(*now.Available):
		return "", &directory.Error{Kind: directory.KindUnsupported, Op: directory.OpChanges,
			Message: "Crowd does not offer incremental synchronisation"}
	}
	return now.Token, nil
}

// Since implements directory.ChangeFeed with GET /event/{token}. Whatever is
// not understood in full counts as a token that is too old: everything is
// then to be listed again. Of a renamed account Crowd may tell the new name
// only.
func (c *Client) Since(ctx context.Context, cursor string) (directory.Changes, error) {
	var since events
	err := c.get(ctx, directory.OpChanges, "/event/"+url.PathEscape(cursor), nil, &since)
	switch {
	case isTrouble(err):
		return directory.Changes{}, err
	case err != nil:
		return directory.Changes{}, reclassify(err, directory.KindNotFound)
	case since.Token == "" || since.Available != nil && !bool(*since.Available):
		return directory.Changes{}, listAgain("Crowd does not offer incremental synchronisation any more")
	}
	found := changes{users: names{}, groups: names{}}
	for _, raw := range since.Events {
		if !found.add(raw) {
			return directory.Changes{}, listAgain("Crowd tells of a change in a way that is not known")
		}
	}
	return found.since(since.Token), nil
}

// isTrouble reports whether err is about the connection, the credentials or
// the load, and not about the feed.
func isTrouble(err error) bool {
	switch directory.KindOf(err) {
	case directory.KindUnauthorized, directory.KindRateLimited, directory.KindUntrusted:
		return true
	case directory.KindUnavailable:
		return isStatus(err, 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout)
	default:
		return false
	}
}

func listAgain(why string) error {
	return &directory.Error{Kind: directory.KindNotFound, Op: directory.OpChanges, Message: why}
}
