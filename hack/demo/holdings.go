package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
)

// followTimeout is how long the directories may take to follow a request.
const followTimeout = 30 * time.Second

// holding is an account as a directory is expected to hold it, or holds it.
type holding struct {
	account
	// member says that it is in the group of the story.
	member bool
	// absent says that there must be no such account.
	absent bool
}

func (h holding) String() string {
	words := []string{"inactive", h.displayName}
	switch {
	case h.absent:
		return "absent"
	case h.active:
		words[0] = "active"
	}
	if h.member {
		words = append(words, "in "+groupName)
	}
	return strings.Join(words, ", ")
}

// quirks turn what is wanted into what a product can have.
var quirks = map[v1alpha1.Product]func(holding) holding{
	// Confluence cannot rename: Grace keeps her name there.
	v1alpha1.ProductConfluence: func(h holding) holding {
		if h.username == "grace.hopper" || h.username == "grace.murray" {
			h.username, h.displayName, h.active, h.absent = "grace.hopper", "Grace Hopper", true, false
		}
		return h
	},
	// Bitbucket cannot deactivate: who is inactive is in no group.
	v1alpha1.ProductBitbucket: func(h holding) holding {
		h.member = h.member && h.active
		h.active = true
		return h
	},
	// Cloud is given the whole e-mail address; config/samples says so.
	v1alpha1.ProductCloud: func(h holding) holding {
		h.username += "@example.com"
		return h
	},
}

// directory is one of the directories that follow.
type directory struct {
	*localenv.Product
	reader
}

func directories(products []*localenv.Product) []directory {
	var all []directory
	for _, product := range products {
		all = append(all, directory{product, readers[product.Name](restAPI{product})})
	}
	return all
}

// holdings are the accounts that a directory has, without the one that
// atlassync signs in with.
func (d directory) holdings(ctx context.Context) ([]holding, error) {
	accounts, err := d.accounts(ctx)
	if err != nil {
		return nil, err
	}
	members, err := d.members(ctx, groupName)
	if err != nil {
		return nil, err
	}
	var held []holding
	for _, a := range accounts {
		if a.username != d.User {
			held = append(held, holding{account: a, member: slices.Contains(members, a.username)})
		}
	}
	return held, nil
}

// lacks lists the parts of want that a directory does not hold.
func (d directory) lacks(ctx context.Context, want []holding) ([]string, error) {
	held, err := d.holdings(ctx)
	if err != nil {
		return nil, err
	}
	var lacking []string
	for _, expected := range want {
		if as := quirks[d.Name]; as != nil {
			expected = as(expected)
		}
		found := holding{account: account{username: expected.username}, absent: true}
		for _, h := range held {
			if h.username == expected.username {
				found = h
			}
		}
		if found.String() != expected.String() {
			lacking = append(lacking, fmt.Sprintf("%s in %s should be %q and is %q", expected.username, d.Name, expected, found))
		}
	}
	return lacking, nil
}

// await asks until nothing is lacking any more, for followTimeout.
func await(ctx context.Context, lacking func(context.Context) ([]string, error)) error {
	ctx, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		still, err := lacking(ctx)
		switch {
		case err != nil:
			still = []string{err.Error()}
		case len(still) == 0:
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("after %s %s", followTimeout, strings.Join(still, "; "))
		case <-poll.C:
		}
	}
}

// awaitAll waits until every directory holds what is wanted.
func awaitAll(ctx context.Context, all []directory, want []holding) error {
	for _, d := range all {
		if err := await(ctx, func(ctx context.Context) ([]string, error) { return d.lacks(ctx, want) }); err != nil {
			return fmt.Errorf("%s did not follow: %w", d.Name, err)
		}
	}
	return nil
}

// showHoldings prints the accounts of all directories.
func showHoldings(ctx context.Context, all []directory) error {
	rows := [][]string{{"DIRECTORY", "USERNAME", "DISPLAY NAME", "GROUP", "ACTIVE"}}
	for _, d := range all {
		held, err := d.holdings(ctx)
		if err != nil {
			return err
		}
		slices.SortFunc(held, func(a, b holding) int { return strings.Compare(a.username, b.username) })
		for _, h := range held {
			group := ""
			if h.member {
				group = groupName
			}
			rows = append(rows, []string{string(d.Name), h.username, h.displayName, group, fmt.Sprint(h.active)})
		}
	}
	printTable(rows)
	return nil
}
