package directorytest

import (
	"slices"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Call is one call of a Fake, or one page of a listing.
type Call struct {
	// Op is the operation, such as directory.OpCreateUser.
	Op string
	// User is the account's name, or its id where the verb takes an id; of
	// several accounts the names with spaces between.
	User string
	// Group is the group's name.
	Group string
	// Page counts the pages of a listing from 0.
	Page int
}

// Calls are all calls so far, in order, failed ones included.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// Count is how often an operation was called.
func (f *Fake) Count(op string) int {
	return f.count(func(call Call) bool { return call.Op == op })
}

// Reads is how many calls could not change anything.
func (f *Fake) Reads() int {
	return f.count(func(call Call) bool { return !directory.IsWrite(call.Op) })
}

// Writes is how many calls could change something.
func (f *Fake) Writes() int {
	return f.count(func(call Call) bool { return directory.IsWrite(call.Op) })
}

// ResetCalls empties the log of calls.
func (f *Fake) ResetCalls() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = nil
}

func (f *Fake) count(wanted func(Call) bool) int {
	n := 0
	for _, call := range f.Calls() {
		if wanted(call) {
			n++
		}
	}
	return n
}
