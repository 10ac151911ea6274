// Package userbase is what the simulated Data Center products keep of users
// and groups: several user directories in an order, as the Crowd that is
// built into each of them does.
//
// Names compare without letter case. The account that counts is the one in the
// first directory that has the name; it shadows those below. New users and
// groups go to the first directory that takes them.
//
// https://confluence.atlassian.com/adminjiraserver0917/managing-multiple-directories-1431246040.html
package userbase

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Options describes a user directory.
type Options struct {
	// Name is the directory's name.
	Name string
	// ReadOnly refuses every change of users, groups and memberships.
	ReadOnly bool
	// NoCreate refuses new users and groups but allows changing what is there.
	NoCreate bool
}

// Account is a user in one directory.
type Account struct {
	Name, DisplayName, Email, Password string
	Active                             bool
	// Attributes are what a product keeps besides.
	Attributes map[string][]string
	// Directory is where it is.
	Directory *Directory

	folded string // name, folded
}

// Directory holds users and groups by folded name. They come and go by its
// methods and those of Base.
type Directory struct {
	Options
	ID     int
	Users  map[string]*Account
	Groups map[string]*Circle

	listings *listings
}

// Identity is what a product knows of a username whatever directory holds it.
type Identity struct {
	// Number counts the identities.
	Number int
	// Key is the product's stable id, which survives a rename.
	Key string

	name string // folded
}

// Base is all that an instance remembers of users and groups. Only what
// backdoor.go has locks by itself: whatever answers a request holds the lock
// from its beginning to its end.
type Base struct {
	sync.Mutex

	Directories []*Directory

	newKey     func(number int, name string) string
	identities map[string]*Identity // by folded name
	keys       map[string]*Identity
	nextNumber int
	listings   *listings
}

// New makes empty directories in their order. NewKey makes the stable id of a
// user who is seen for the first time.
func New(options []Options, firstNumber int, newKey func(number int, name string) string) *Base {
	b := &Base{
		newKey: newKey, identities: map[string]*Identity{}, keys: map[string]*Identity{}, nextNumber: firstNumber,
		listings: newListings(),
	}
	for i, o := range options {
		b.Directories = append(b.Directories, &Directory{
			Options:  o,
			ID:       max(1, i*10000),
			Users:    map[string]*Account{},
			Groups:   map[string]*Circle{},
			listings: b.listings,
		})
	}
	return b
}

// Fold makes names that count as the same equal.
func Fold(name string) string { return strings.ToLower(name) }

// Account finds the account that counts; nil if there is none.
func (b *Base) Account(name string) *Account { return b.counting(Fold(name)) }

// counting is Account for a name that is folded already.
func (b *Base) counting(folded string) *Account {
	for _, d := range b.Directories {
		if u := d.Users[folded]; u != nil {
			return u
		}
	}
	return nil
}

// AccountByKey finds the account that counts by its key, which is case-sensitive.
func (b *Base) AccountByKey(key string) *Account {
	if id := b.keys[key]; id != nil {
		return b.Account(id.name)
	}
	return nil
}

// Accounts lists the accounts that count, by name. The list is not to be changed.
func (b *Base) Accounts() []*Account {
	return b.Listing("by name", func() []*Account { return sortedAccounts(b.EachAccount()) })
}

// EachAccount goes through the accounts that count, in no order.
func (b *Base) EachAccount() iter.Seq[*Account] {
	return func(yield func(*Account) bool) {
		for i, d := range b.Directories {
			for folded, u := range d.Users {
				counts := i == 0 || b.counting(folded) == u
				if counts && !yield(u) {
					return
				}
			}
		}
	}
}

func sortedAccounts(accounts func(func(*Account) bool)) []*Account {
	return slices.SortedFunc(accounts, func(a, b *Account) int {
		return cmp.Compare(a.folded, b.folded)
	})
}

// Creating is the first directory that takes new users and groups; nil if
// none does.
func (b *Base) Creating() *Directory {
	for _, d := range b.Directories {
		if !d.ReadOnly && !d.NoCreate {
			return d
		}
	}
	return nil
}

// Home is the first directory that can be written, else the first.
func (b *Base) Home() *Directory {
	return cmp.Or(b.Creating(), b.Directories[0])
}

// Insert puts an account into the directory under its name.
func (d *Directory) Insert(u *Account) {
	u.Directory, u.folded = d, Fold(u.Name)
	d.Users[u.folded] = u
	d.listings.changed()
}

// Rename gives u another name; its identity and memberships go along.
func (b *Base) Rename(u *Account, name string) {
	id := b.Identity(u.Name)
	delete(b.identities, id.name)
	delete(u.Directory.Users, u.folded)
	id.name = Fold(name)
	b.identities[id.name] = id
	u.Name = name
	u.Directory.Insert(u)
}

// Remove deletes u. The identity stays if a lower directory has the name.
func (b *Base) Remove(u *Account) {
	delete(u.Directory.Users, u.folded)
	for _, g := range u.Directory.Groups {
		delete(g.users, u)
	}
	b.listings.changed()
	if b.Account(u.Name) == nil {
		delete(b.keys, b.Identity(u.Name).Key)
		delete(b.identities, Fold(u.Name))
	}
}
