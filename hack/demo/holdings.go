package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// followTimeout is how long the directories may take to follow a request.
const followTimeout = 30 * time.Second

// holdings are what Jira is expected to hold: an account by its username, as
// accountText writes it. An account that must be absent is "".
type holdings map[string]string

// accountText says in one line what matters about an account.
func accountText(active bool, displayName string, groups ...string) string {
	status := "inactive"
	if active {
		status = "active"
	}
	return strings.Join(append([]string{status, displayName}, groups...), ", ")
}

// await asks until nothing is lacking any more, for followTimeout.
func await(ctx context.Context, lacking func(context.Context) ([]string, error)) error {
	ctx, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		still, err := lacking(ctx)
		if err == nil && len(still) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("after %s %s", followTimeout, strings.Join(still, "; ")), err)
		case <-poll.C:
		}
	}
}

// lacks lists the parts of want that Jira does not hold.
func (j jiraView) lacks(ctx context.Context, want holdings) ([]string, error) {
	held, err := j.holdings(ctx)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if held[name] != want[name] {
			missing = append(missing, fmt.Sprintf("%s should be %q and is %q", name, want[name], held[name]))
		}
	}
	return missing, nil
}

// holdings are the accounts that Jira has, with the group of the story.
func (j jiraView) holdings(ctx context.Context) (holdings, error) {
	users, err := j.users(ctx)
	if err != nil {
		return nil, err
	}
	names, err := j.groups(ctx)
	if err != nil {
		return nil, err
	}
	var members []string
	if slices.Contains(names, groupName) {
		if members, err = j.members(ctx, groupName); err != nil {
			return nil, err
		}
	}
	held := holdings{}
	for _, user := range users {
		var groups []string
		if slices.Contains(members, user.Name) {
			groups = []string{groupName}
		}
		held[user.Name] = accountText(user.Active, user.DisplayName, groups...)
	}
	return held, nil
}
