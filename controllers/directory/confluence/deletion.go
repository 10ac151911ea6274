package confluence

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/atlassync/atlassync/controllers/directory"
)

// pace is how often a task is looked at and for how long.
type pace struct{ first, longest, total time.Duration }

// usualPace sees most deletions end at once and lets go of those that rewrite
// much content, so that no worker is held up for long.
var usualPace = pace{first: 200 * time.Millisecond, longest: 5 * time.Second, total: 2 * time.Minute}

// task is Confluence's LongTaskStatus. Its document has no finished; other
// editions of Confluence send it.
type task struct {
	Percentage int    `json:"percentageComplete"`
	Finished   bool   `json:"finished"`
	Successful *bool  `json:"successful"`
	Messages   []text `json:"messages"`
}

func (t task) ended() bool { return t.Finished || t.Percentage >= 100 }

func (t task) failure() error {
	parts := make([]string, 0, len(t.Messages))
	for _, message := range t.Messages {
		parts = append(parts, message.String())
	}
	return &directory.Error{Kind: directory.KindUnavailable, Op: directory.OpDeleteUser, Status: http.StatusOK,
		Message: "Confluence could not delete the user: " + strings.Join(append(parts, "see its log"), "; ")}
}

// DeleteUser implements directory.Users with DELETE /admin/user/{username},
// which starts a task in the background, and GET /longtask/{id} until that
// has ended. KindAmbiguous if its end is not seen, because ctx ends, because
// it takes longer than two minutes, or because Confluence does not answer.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	const op = directory.OpDeleteUser
	account, err := c.keyed(ctx, op, id)
	if err != nil {
		return unlessGone(err)
	}
	path, err := userPath(op, account.Name)
	if err != nil {
		return err
	}
	var submitted struct {
		ID string `json:"id"`
	}
	if err := c.delete(ctx, op, path, &submitted); err != nil {
		return unlessGone(err)
	}
	return c.follow(ctx, id, submitted.ID)
}

// unlessGone turns "there is none" into success.
func unlessGone(err error) error {
	if directory.IsNotFound(err) {
		return nil
	}
	return err
}

// follow watches a task until it has ended.
func (c *Client) follow(ctx context.Context, userKey, id string) error {
	ctx, cancel := context.WithTimeout(ctx, c.pace.total)
	defer cancel()
	for wait := c.pace.first; ; wait = min(2*wait, c.pace.longest) {
		ended, err := c.look(ctx, userKey, id)
		if ended || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return unseen(id, ctx.Err())
		case <-time.After(wait):
		}
	}
}

// look reports whether a task has ended, and if so, how.
func (c *Client) look(ctx context.Context, userKey, id string) (ended bool, err error) {
	if id == "" {
		return true, c.forgotten(ctx, userKey, id)
	}
	var now task
	err = c.get(ctx, directory.OpDeleteUser, "/longtask/"+url.PathEscape(id), nil, &now)
	switch {
	case directory.IsNotFound(err):
		return true, c.forgotten(ctx, userKey, id)
	case err != nil:
		return true, unseen(id, err)
	case !now.ended():
		return false, nil
	case now.Successful == nil:
		return true, c.forgotten(ctx, userKey, id)
	case !*now.Successful:
		return true, now.failure()
	}
	return true, nil
}

// forgotten looks at the account, because the task does not tell how it
// ended: Confluence forgets tasks some time after their end.
func (c *Client) forgotten(ctx context.Context, userKey, id string) error {
	_, err := c.keyed(ctx, directory.OpDeleteUser, userKey)
	if directory.IsNotFound(err) {
		return nil
	}
	return unseen(id, err)
}

// unseen says that a deletion was accepted and that its end is not known.
func unseen(id string, cause error) error {
	failure := &directory.Error{Kind: directory.KindAmbiguous, Op: directory.OpDeleteUser, Err: cause,
		Message: fmt.Sprintf("Confluence has begun to delete the user (task %q), and the end of it was not seen", id)}
	if cause != nil {
		failure.Message += ": " + cause.Error()
	}
	return failure
}
