package directorytest

import (
	"context"

	"github.com/atlassync/atlassync/controllers/directory"
)

// injections are the failures that wait to happen.
type injections struct {
	hook  func(context.Context, Call)
	down  *directory.Error
	next  map[string][]directory.Error // by operation, in order
	pages map[string]int               // by listing: the page that fails
	lost  map[string]int               // by operation: how many answers get lost
}

// Before has hook run before every call, without any lock held, so that it
// may block, cancel contexts, or use the fake itself. nil takes it away.
func (f *Fake) Before(hook func(ctx context.Context, call Call)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.injected.hook = hook
}

// SetDown makes every call fail with this error until SetUp; nothing is changed.
func (f *Fake) SetDown(failure directory.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.injected.down = &failure
}

// SetUp ends SetDown.
func (f *Fake) SetUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.injected.down = nil
}

// FailNext makes the next call of an operation fail with this error; nothing
// is changed. Several failures of one operation happen in their order.
func (f *Fake) FailNext(op string, failure directory.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.injected.next[op] = append(f.injected.next[op], failure)
}

// FailPage makes the given page, counted from 0, of the next listing that
// reaches it fail as unavailable. op is OpEachUser or OpEachMember.
func (f *Fake) FailPage(op string, page int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.injected.pages[op] = page
}

// LoseAnswer makes the next call of a write take effect and then fail with
// KindAmbiguous, as when the connection breaks before the answer arrives.
func (f *Fake) LoseAnswer(op string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.injected.lost[op]++
}

func (f *Fake) runHook(ctx context.Context, call Call) {
	f.mu.Lock()
	hook := f.injected.hook
	f.mu.Unlock()
	if hook != nil {
		hook(ctx, call)
	}
}

func (i *injections) failure(call Call) error {
	if i.down != nil {
		return named(*i.down, call.Op)
	}
	if waiting := i.next[call.Op]; len(waiting) > 0 {
		i.next[call.Op] = waiting[1:]
		return named(waiting[0], call.Op)
	}
	if page, ok := i.pages[call.Op]; ok && page == call.Page {
		delete(i.pages, call.Op)
		return failure(directory.KindUnavailable, call.Op, "the page could not be read")
	}
	return nil
}

func (i *injections) losesAnswer(call Call) bool {
	if i.lost[call.Op] == 0 {
		return false
	}
	i.lost[call.Op]--
	return true
}

func named(err directory.Error, op string) error {
	err.Op = op
	return &err
}
