package manager

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
)

const (
	// calmGCPercent is how much garbage may come together beside what is held,
	// in percent of it, while little happens. What is held is every user and
	// every account; by Go's default there would be as much garbage again.
	calmGCPercent = 20
	// busyGCPercent is for when much happens, as at the start. With little room,
	// the first look at everybody spends most of its time on collecting garbage.
	busyGCPercent = 50

	// watchInterval is how often the process looks how busy it is.
	watchInterval = 10 * time.Second
	// busyRate is from how many allocated bytes a second on it is busy.
	busyRate = 8 << 20
)

// thrift has the process keep little garbage while little happens, and gives
// back to the system what it needed while much did. It is a manager.Runnable
// of every replica.
type thrift struct {
	allocated uint64
	busy      bool
	// setPercent and release are debug.SetGCPercent and debug.FreeOSMemory.
	setPercent func(int) int
	release    func()
}

// addThrift has a manager be thrifty, from before its cache fills, unless the
// environment says when to collect garbage (GOGC).
func addThrift(mgr ctrl.Manager) error {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(busyGCPercent)
	return mgr.Add(&thrift{busy: true, setPercent: debug.SetGCPercent, release: debug.FreeOSMemory})
}

// Start implements manager.Runnable.
func (t *thrift) Start(ctx context.Context) error {
	watch := time.NewTicker(watchInterval)
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-watch.C:
			t.look(allocated())
		}
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: every replica
// holds all users.
func (*thrift) NeedLeaderElection() bool { return false }

// look compares what has been allocated since the process began with what had
// been an interval ago.
func (t *thrift) look(allocated uint64) {
	busy := allocated-t.allocated >= uint64(busyRate*watchInterval.Seconds())
	t.allocated = allocated
	if busy == t.busy {
		return
	}
	t.busy = busy
	if busy {
		t.setPercent(busyGCPercent)
		return
	}
	t.setPercent(calmGCPercent)
	t.release()
}

// allocated is how many bytes this process has allocated since it began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
