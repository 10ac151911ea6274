package directory

import (
	"errors"
	"sync"
	"time"
)

// ErrNotProbed is the reason of a gate that no probe has opened yet.
var ErrNotProbed = errors.New("the directory has not been probed yet")

// Gate says whether a directory may be used.
type Gate struct {
	// Open says that the last probe succeeded and nothing has failed since.
	Open bool
	// Info is what the last successful probe found out; it outlives a closing.
	Info Info
	// Reason says why the gate is closed; nil while it is open.
	Reason error
	// Since is when the gate last opened or closed.
	Since time.Time
}

// Connection is a Directory behind a gate. While a directory is down or
// refuses the credentials its gate is closed, so that nobody tries object by
// object: whoever sees such an error (IsDown) calls Close, and everybody
// waits until the owner's probe calls Open. A new Connection is closed.
//
// Behind the gate is a Mirror. When the gate first opens, nobody is let in
// before the mirror has been filled or Settle gives that up: decisions then
// cost no reads.
type Connection struct {
	*Mirror

	place   Place
	now     func() time.Time
	onClose func()

	mu       sync.Mutex
	gate     Gate
	opened   bool // once at least
	settling bool
}

func newConnection(d Directory, place Place, onClose func()) *Connection {
	return &Connection{
		Mirror:  NewMirror(d),
		place:   place,
		now:     time.Now,
		onClose: onClose,
		gate:    Gate{Reason: ErrNotProbed, Since: time.Now()},
	}
}

// LeadsTo reports whether it is this place that the connection leads to. Who
// knows a newer or older configuration than the connection was made from must
// not use it: what it shows is of another directory.
func (c *Connection) LeadsTo(place Place) bool { return c.place == place }

// Settling reports whether the gate is open and the first reading of the
// directory is still waited for.
func (c *Connection) Settling() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gate.Open && c.settling
}

// Settle ends the waiting for the first reading, and reports whether there
// was any, that is, whether work may be waiting.
func (c *Connection) Settle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.settling
	c.settling = false
	return was
}

// Gate is the state of the gate now.
func (c *Connection) Gate() Gate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gate
}

// Open records a successful probe and reports whether the gate was closed
// until now, that is, whether work may be waiting.
func (c *Connection) Open(info Info) bool {
	loaded := c.Loaded()
	c.mu.Lock()
	defer c.mu.Unlock()
	wasClosed := !c.gate.Open
	if wasClosed {
		c.gate.Since = c.now()
		c.settling = !loaded && !c.opened
		c.opened = true
	}
	c.gate.Open, c.gate.Info, c.gate.Reason = true, info, nil
	return wasClosed
}

// Close records why the directory cannot be used. The owner is told if the
// gate was open until now, once however many callers see the failure.
func (c *Connection) Close(reason error) {
	c.mu.Lock()
	wasOpen := c.gate.Open
	if wasOpen {
		c.gate.Since = c.now()
	}
	c.gate.Open, c.gate.Reason = false, reason
	c.mu.Unlock()

	if wasOpen {
		c.onClose()
	}
}
