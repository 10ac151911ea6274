package store

import (
	"context"
	"sync"
)

// turns makes the writers to one resource on this replica go one after the
// other, in the order in which they came. Between replicas optimistic
// concurrency decides; within one, it would make most of many writers try in
// vain. The zero value is ready for use.
type turns struct {
	mu    sync.Mutex
	queue map[turn]*line
}

// turn names the resource.
type turn struct {
	scope Scope
	id    string
}

// line is a token that one writer holds, and how many hold it or want it.
type line struct {
	token   chan struct{}
	writers int
}

// take waits for the turn. The caller calls done when it has written. It
// fails when ctx ends first.
func (t *turns) take(ctx context.Context, key turn) (done func(), err error) {
	l := t.join(key)
	select {
	case l.token <- struct{}{}:
		return func() { <-l.token; t.leave(key, l) }, nil
	case <-ctx.Done():
		t.leave(key, l)
		return nil, ctx.Err()
	}
}

func (t *turns) join(key turn) *line {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queue == nil {
		t.queue = map[turn]*line{}
	}
	l, ok := t.queue[key]
	if !ok {
		l = &line{token: make(chan struct{}, 1)}
		t.queue[key] = l
	}
	l.writers++
	return l
}

func (t *turns) leave(key turn, l *line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l.writers--
	if l.writers == 0 {
		delete(t.queue, key)
	}
}
