package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/manager"
)

const capabilitiesHead = `# What each product can do

Generated from the code by ` + "`make generate`" + `: it is what the clients state and
what decisions are based on. The status of a SyncConfig shows the same for each
of its directories. What follows from a "no" is on the product's page:
[Jira](../directories/jira.md), [Confluence](../directories/confluence.md),
[Bitbucket](../directories/bitbucket.md), [Crowd](../directories/crowd.md),
[Cloud](../directories/cloud.md). Crowd tells which user directory is written to
if its Secret has an administrator's credentials besides.

`

// capabilitiesPage is a table with a column for each product.
func capabilitiesPage() (string, error) {
	connectors := manager.Connectors()
	products := slices.Sorted(maps.Keys(connectors))
	stated := map[string]directory.Capabilities{}
	for _, product := range products {
		d, err := connectTo(connectors[product], product)
		if err != nil {
			return "", fmt.Errorf("make a client of %s: %w", product, err)
		}
		stated[product] = d.Capabilities()
	}
	var page strings.Builder
	page.WriteString(capabilitiesHead)
	fmt.Fprintf(&page, "| | %s |\n|---|%s\n", strings.Join(products, " | "), strings.Repeat("---|", len(products)))
	for _, row := range capabilityRows {
		fmt.Fprintf(&page, "| %s |", row.title)
		for _, product := range products {
			fmt.Fprintf(&page, " %s |", row.cell(stated[product]))
		}
		page.WriteString("\n")
	}
	return page.String(), nil
}

// connectTo makes a client that nobody uses: with a token, or where the
// product takes none, with a name and a password.
func connectTo(connect directory.Connector, product string) (directory.Directory, error) {
	config := directory.Config{Product: product, URL: "https://example.com", DirectoryID: "example", Token: "example"}
	d, err := connect(config)
	if err == nil {
		return d, nil
	}
	config.Token, config.Username, config.Password = "", "example", "example"
	config.AdminUsername, config.AdminPassword = "example", "example"
	return connect(config)
}

var capabilityRows = []struct {
	title string
	cell  func(directory.Capabilities) string
}{
	{"deactivate an account", yes(func(c directory.Capabilities) bool { return c.Deactivates })},
	{"delete an account", yes(func(c directory.Capabilities) bool { return c.DeletesUsers })},
	{"rename an account", yes(func(c directory.Capabilities) bool { return c.RenamesUsers })},
	{"show the e-mail address", yes(func(c directory.Capabilities) bool { return c.ReadsEmail })},
	{"account without e-mail address", yes(func(c directory.Capabilities) bool { return !c.RequiresEmail })},
	{"usernames in capitals", yes(func(c directory.Capabilities) bool { return !c.LowerCaseNames })},
	{"groups in groups", yes(func(c directory.Capabilities) bool { return c.NestedGroups })},
	{"tell which user directory is written to", yes(func(c directory.Capabilities) bool { return c.VerifiesDirectory })},
	{"members changed by one request", func(c directory.Capabilities) string { return fmt.Sprint(c.MembersPerRequest) }},
	{"refused in usernames", func(c directory.Capabilities) string { return characters(c.ForbiddenInUsername) }},
	{"refused in group names", func(c directory.Capabilities) string { return characters(c.ForbiddenInGroupName) }},
}

func yes(has func(directory.Capabilities) bool) func(directory.Capabilities) string {
	return func(c directory.Capabilities) string {
		if has(c) {
			return "yes"
		}
		return "**no**"
	}
}

// characters shows each character, white space by name.
func characters(set string) string {
	var shown []string
	for _, r := range set {
		switch r {
		case ' ':
			shown = append(shown, "space")
		case '\t':
			shown = append(shown, "tab")
		case '\n', '\r', '\v', '\f':
			if !slices.Contains(shown, "line end") {
				shown = append(shown, "line end")
			}
		case '|', '`':
			shown = append(shown, "`` "+string(r)+" ``")
		default:
			shown = append(shown, "`"+string(r)+"`")
		}
	}
	return strings.ReplaceAll(strings.Join(shown, " "), "`` | ``", "`` \\| ``")
}
