package main

import (
	"context"
	"net/url"
)

// The sizes of pages are larger than anything in the story.

type jiraReader struct{ restAPI }

type jiraUser struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Active      bool   `json:"active"`
}

// accounts asks for ".", which matches everybody: all have it in their e-mail
// address.
func (j jiraReader) accounts(ctx context.Context) ([]account, error) {
	var users []jiraUser
	query := url.Values{"username": {"."}, "includeInactive": {"true"}, "maxResults": {"1000"}}
	err := j.get(ctx, "/rest/api/2/user/search", query, &users)
	accounts := make([]account, 0, len(users))
	for _, u := range users {
		accounts = append(accounts, account{u.Name, u.DisplayName, u.Active})
	}
	return accounts, err
}

func (j jiraReader) members(ctx context.Context, group string) ([]string, error) {
	var page struct{ Values []jiraUser }
	query := url.Values{"groupname": {group}, "includeInactiveUsers": {"true"}}
	err := j.get(ctx, "/rest/api/2/group/member", query, &page)
	var names []string
	for _, u := range page.Values {
		names = append(names, u.Name)
	}
	return names, unlessAbsent(err)
}

type confluenceReader struct{ restAPI }

type confluencePage struct {
	Results []struct {
		Username    string `json:"username"`
		DisplayName string `json:"displayName"`
		Status      string `json:"status"`
	}
}

func (c confluenceReader) accounts(ctx context.Context) ([]account, error) {
	var page confluencePage
	err := c.get(ctx, "/rest/api/user/list", url.Values{"expand": {"status"}, "limit": {"200"}}, &page)
	accounts := make([]account, 0, len(page.Results))
	for _, u := range page.Results {
		accounts = append(accounts, account{u.Username, u.DisplayName, u.Status == "current"})
	}
	return accounts, err
}

func (c confluenceReader) members(ctx context.Context, group string) ([]string, error) {
	var page confluencePage
	err := c.get(ctx, "/rest/api/group/"+url.PathEscape(group)+"/member", url.Values{"limit": {"200"}}, &page)
	var names []string
	for _, u := range page.Results {
		names = append(names, u.Username)
	}
	return names, unlessAbsent(err)
}

type bitbucketReader struct{ restAPI }

type bitbucketPage struct {
	Values []struct {
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
		Active      bool   `json:"active"`
	}
}

func (b bitbucketReader) accounts(ctx context.Context) ([]account, error) {
	var page bitbucketPage
	err := b.get(ctx, "/rest/api/latest/admin/users", url.Values{"limit": {"1000"}}, &page)
	accounts := make([]account, 0, len(page.Values))
	for _, u := range page.Values {
		accounts = append(accounts, account{u.Name, u.DisplayName, u.Active})
	}
	return accounts, err
}

func (b bitbucketReader) members(ctx context.Context, group string) ([]string, error) {
	var page bitbucketPage
	err := b.get(ctx, "/rest/api/latest/admin/groups/more-members", url.Values{"context": {group}, "limit": {"1000"}}, &page)
	var names []string
	for _, u := range page.Values {
		names = append(names, u.Name)
	}
	return names, unlessAbsent(err)
}

type crowdReader struct{ restAPI }

type crowdList struct {
	Users []struct {
		Name        string `json:"name"`
		DisplayName string `json:"display-name"`
		Active      bool   `json:"active"`
	}
}

func (c crowdReader) accounts(ctx context.Context) ([]account, error) {
	var list crowdList
	query := url.Values{"entity-type": {"user"}, "expand": {"user"}, "max-results": {"1000"}}
	err := c.get(ctx, "/rest/usermanagement/1/search", query, &list)
	accounts := make([]account, 0, len(list.Users))
	for _, u := range list.Users {
		accounts = append(accounts, account{u.Name, u.DisplayName, u.Active})
	}
	return accounts, err
}

func (c crowdReader) members(ctx context.Context, group string) ([]string, error) {
	var list crowdList
	query := url.Values{"groupname": {group}, "max-results": {"1000"}}
	err := c.get(ctx, "/rest/usermanagement/1/group/user/direct", query, &list)
	var names []string
	for _, u := range list.Users {
		names = append(names, u.Name)
	}
	return names, unlessAbsent(err)
}

type cloudReader struct{ restAPI }

type cloudList struct {
	Resources []struct {
		ID          string                   `json:"id"`
		UserName    string                   `json:"userName"`
		DisplayName string                   `json:"displayName"`
		Active      bool                     `json:"active"`
		Members     []struct{ Value string } `json:"members"`
	}
}

func (c cloudReader) list(ctx context.Context, resources string, query url.Values) (cloudList, error) {
	var list cloudList
	err := c.get(ctx, "/scim/directory/"+c.DirectoryID+"/"+resources, query, &list)
	return list, err
}

func (c cloudReader) accounts(ctx context.Context) ([]account, error) {
	list, err := c.list(ctx, "Users", url.Values{"count": {"100"}})
	accounts := make([]account, 0, len(list.Resources))
	for _, u := range list.Resources {
		accounts = append(accounts, account{u.UserName, u.DisplayName, u.Active})
	}
	return accounts, err
}

// members are listed by their ids.
func (c cloudReader) members(ctx context.Context, group string) ([]string, error) {
	users, err := c.list(ctx, "Users", url.Values{"count": {"100"}})
	if err != nil {
		return nil, err
	}
	userNames := map[string]string{}
	for _, u := range users.Resources {
		userNames[u.ID] = u.UserName
	}
	groups, err := c.list(ctx, "Groups", url.Values{"filter": {`displayName eq "` + group + `"`}})
	var names []string
	for _, g := range groups.Resources {
		for _, member := range g.Members {
			names = append(names, userNames[member.Value])
		}
	}
	return names, err
}
