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

// followTimeout is how long the directories may take after the last request.
const followTimeout = 30 * time.Second

// ending is what Jira must hold when the story is over: account by username,
// "inactive" or the groups that it is in.
var ending = map[string]string{
	"ada.lovelace": "inactive Ada Lovelace: ",
	"grace.murray": "active Grace Murray: " + groupName,
	"alan.turing":  "active Alan Mathison Turing: " + groupName,
}

// awaitEnding waits until Jira holds the ending and nobody under an old name.
// What the demo shows is therefore true, or the demo fails.
func (j jiraView) awaitEnding(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		missing, err := j.missing(ctx)
		if err == nil && len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("within %s Jira did not get to: %s", followTimeout, strings.Join(missing, "; ")), err)
		case <-poll.C:
		}
	}
}

// missing lists the parts of the ending that Jira does not hold.
func (j jiraView) missing(ctx context.Context) ([]string, error) {
	users, err := j.users(ctx)
	if err != nil {
		return nil, err
	}
	var members []string
	names, err := j.groups(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(names, groupName) {
		if members, err = j.members(ctx, groupName); err != nil {
			return nil, err
		}
	}
	held := map[string]string{}
	for _, user := range users {
		held[user.Name] = state(user, slices.Contains(members, user.Name))
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(ending)) {
		if held[name] != ending[name] {
			missing = append(missing, fmt.Sprintf("%s %s (now %q)", name, ending[name], held[name]))
		}
	}
	return missing, nil
}

func state(user jiraUser, member bool) string {
	status, groups := "inactive", ""
	if user.Active {
		status = "active"
	}
	if member {
		groups = groupName
	}
	return status + " " + user.DisplayName + ": " + groups
}
