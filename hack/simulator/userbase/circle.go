package userbase

import (
	"iter"
	"maps"
)

// Circle is a group in one directory. It refers to its members by identity,
// so that they stay members when they are renamed. A nil one has no members.
type Circle struct {
	Name string

	users     map[*Account]bool
	subgroups map[*Circle]bool
	listings  *listings
}

// Has reports whether u itself is a member.
func (g *Circle) Has(u *Account) bool { return g != nil && g.users[u] }

// Size is how many members it has itself.
func (g *Circle) Size() int {
	if g == nil {
		return 0
	}
	return len(g.users)
}

// Add makes u a member.
func (g *Circle) Add(u *Account) {
	g.users[u] = true
	g.listings.membersChanged()
}

// Drop ends the membership of u.
func (g *Circle) Drop(u *Account) {
	if g != nil {
		delete(g.users, u)
		g.listings.membersChanged()
	}
}

// Subgroups goes through the groups in it, in no order.
func (g *Circle) Subgroups() iter.Seq[*Circle] { return maps.Keys(g.subgroups) }

// AddGroup puts a group of the same directory into it.
func (g *Circle) AddGroup(sub *Circle) {
	g.subgroups[sub] = true
	g.listings.membersChanged()
}

// DropGroup takes a group out of it.
func (g *Circle) DropGroup(sub *Circle) {
	delete(g.subgroups, sub)
	g.listings.membersChanged()
}

// collect adds the members of g and, each once, of the groups below it.
func (g *Circle) collect(into map[*Account]bool, seen map[*Circle]bool) {
	if seen[g] {
		return
	}
	seen[g] = true
	maps.Copy(into, g.users)
	for sub := range g.subgroups {
		sub.collect(into, seen)
	}
}

// contains looks for u in g and, once in each, in the groups below it.
func (g *Circle) contains(u *Account, seen map[*Circle]bool) bool {
	if g.users[u] {
		return true
	}
	seen[g] = true
	for sub := range g.subgroups {
		if !seen[sub] && sub.contains(u, seen) {
			return true
		}
	}
	return false
}
