// Package directorytest holds an in-memory directory.Directory for tests and
// the contract suite that every directory client must pass.
package directorytest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/atlassync/atlassync/controllers/directory"
)

// DefaultPageSize is how many accounts a Fake lists per page unless told
// otherwise.
const DefaultPageSize = 50

// Fake is a directory in memory. Make one with NewFake. injection.go has the
// methods that make calls fail, seed.go those that change and show its
// content behind its back, calls.go those that show how it was called.
// It is safe for concurrent use.
type Fake struct {
	mu           sync.Mutex
	info         directory.Info
	capabilities directory.Capabilities
	pageSize     int
	users        map[string]directory.User // by id
	names        map[string]string         // folded username to id
	groups       map[string]*group         // by folded name
	created      int                       // accounts ever created, for their ids
	injected     injections
	calls        []Call
}

type group struct {
	name    string
	members map[string]bool // by id
}

var _ directory.Directory = (*Fake)(nil)

// NewFake makes an empty directory that can do nearly everything, and that atlassync
// signs in to as atlassync, a member of administrators.
func NewFake() *Fake {
	return &Fake{
		info: directory.Info{Version: "1.0.0", Self: "atlassync", SelfGroups: []string{"administrators"}},
		capabilities: directory.Capabilities{
			Deactivates: true, RenamesUsers: true, ReadsEmail: true, RequiresEmail: true, DeletesUsers: true,
			MembersPerRequest: 100,
		},
		pageSize: DefaultPageSize,
		users:    map[string]directory.User{},
		names:    map[string]string{},
		groups:   map[string]*group{},
		injected: injections{next: map[string][]directory.Error{}, pages: map[string]int{}, lost: map[string]int{}},
	}
}

// SetInfo sets what a probe finds out.
func (f *Fake) SetInfo(info directory.Info) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.info = info
}

// SetCapabilities sets what the directory can do; it refuses the rest.
func (f *Fake) SetCapabilities(capabilities directory.Capabilities) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.capabilities = capabilities
}

// SetPageSize sets how many accounts a page of a listing holds.
func (f *Fake) SetPageSize(accounts int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pageSize = accounts
}

// Probe returns the Info that was set.
func (f *Fake) Probe(ctx context.Context) (directory.Info, error) {
	return do(ctx, f, Call{Op: directory.OpProbe}, func() (directory.Info, error) {
		return f.info, nil
	})
}

// Capabilities returns the capabilities that were set.
func (f *Fake) Capabilities() directory.Capabilities {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.capabilities
}

// do is every call: hook, log, injected failure, then apply under the lock,
// then perhaps the loss of the answer.
func do[T any](ctx context.Context, f *Fake, call Call, apply func() (T, error)) (T, error) {
	var none T
	f.runHook(ctx, call)

	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	if err := ctx.Err(); err != nil {
		return none, &directory.Error{Kind: directory.KindUnavailable, Op: call.Op, Err: err}
	}
	if err := f.injected.failure(call); err != nil {
		return none, err
	}
	result, err := apply()
	if err == nil && f.injected.losesAnswer(call) {
		return none, failure(directory.KindAmbiguous, call.Op, "the answer was lost")
	}
	return result, err
}

// succeed is for verbs that return nothing but an error.
func succeed(ctx context.Context, f *Fake, call Call, apply func() error) error {
	_, err := do(ctx, f, call, func() (struct{}, error) { return struct{}{}, apply() })
	return err
}

func failure(kind directory.Kind, op, message string) error {
	return &directory.Error{Kind: kind, Op: op, Message: message}
}

// page is a part of a listing.
type page struct {
	users  []directory.User
	isLast bool
}

// pageAfter is the page of the accounts in ids that follows the id last, in
// the order of their ids.
func (f *Fake) pageAfter(last string, ids []string) page {
	slices.Sort(ids)
	start, found := slices.BinarySearch(ids, last)
	if found {
		start++
	}
	end := min(start+f.pageSize, len(ids))
	p := page{isLast: end == len(ids)}
	for _, id := range ids[start:end] {
		p.users = append(p.users, f.shown(f.users[id]))
	}
	return p
}

// shown is the account as the directory shows it.
func (f *Fake) shown(user directory.User) directory.User {
	if !f.capabilities.ReadsEmail {
		user.Email = ""
	}
	return user
}

func (f *Fake) allIDs() []string {
	return slices.Collect(maps.Keys(f.users))
}
