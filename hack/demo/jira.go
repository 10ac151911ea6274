package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// jiraView reads what Jira holds by its own REST API, so that what the demo
// shows does not depend on the code that it shows.
type jiraView struct {
	url, user, password string
}

// jiraUser is an account as user/search gives it.
type jiraUser struct {
	Name        string `json:"name"`
	Key         string `json:"key"`
	DisplayName string `json:"displayName"`
	Email       string `json:"emailAddress"`
	Active      bool   `json:"active"`
}

// users are all accounts, inactive ones too. "." matches everybody, as all
// have it in their e-mail address.
func (j jiraView) users(ctx context.Context) ([]jiraUser, error) {
	var all []jiraUser
	err := j.get(ctx, "user/search", url.Values{
		"username": {"."}, "includeInactive": {"true"}, "maxResults": {"1000"},
	}, &all)
	return all, err
}

// groups are the names of all groups.
func (j jiraView) groups(ctx context.Context) ([]string, error) {
	var found struct {
		Groups []struct{ Name string } `json:"groups"`
	}
	if err := j.get(ctx, "groups/picker", url.Values{"query": {""}, "maxResults": {"1000"}}, &found); err != nil {
		return nil, err
	}
	var names []string
	for _, group := range found.Groups {
		names = append(names, group.Name)
	}
	return names, nil
}

// members are the usernames in a group, inactive ones too.
func (j jiraView) members(ctx context.Context, group string) ([]string, error) {
	var names []string
	for {
		var page struct {
			IsLast bool
			Values []jiraUser
		}
		if err := j.get(ctx, "group/member", url.Values{
			"groupname": {group}, "includeInactiveUsers": {"true"}, "startAt": {strconv.Itoa(len(names))},
		}, &page); err != nil {
			return nil, err
		}
		for _, user := range page.Values {
			names = append(names, user.Name)
		}
		if page.IsLast || len(page.Values) == 0 {
			return names, nil
		}
	}
}

func (j jiraView) get(ctx context.Context, resource string, query url.Values, out any) error {
	address := j.url + "/rest/api/2/" + resource + "?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(j.user, j.password)
	client := &http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("ask Jira for %s: %s", resource, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("ask Jira for %s: %w", resource, err)
	}
	return nil
}

// show prints the accounts and the groups that have members.
func (j jiraView) show(ctx context.Context) error {
	users, err := j.users(ctx)
	if err != nil {
		return err
	}
	accounts := [][]string{{"USERNAME", "KEY", "DISPLAY NAME", "E-MAIL", "ACTIVE"}}
	for _, u := range users {
		accounts = append(accounts, []string{u.Name, u.Key, u.DisplayName, u.Email, strconv.FormatBool(u.Active)})
	}
	names, err := j.groups(ctx)
	if err != nil {
		return err
	}
	groups := [][]string{{"GROUP", "MEMBERS"}}
	for _, name := range names {
		members, err := j.members(ctx, name)
		if err != nil {
			return err
		}
		if len(members) > 0 {
			groups = append(groups, []string{name, strings.Join(members, ", ")})
		}
	}
	printTable(accounts)
	printTable(groups)
	return nil
}
