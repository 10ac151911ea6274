package controllers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// inspected is what a look at one directory found out.
type inspected struct {
	status v1alpha1.DirectoryStatus
	// err is why the directory cannot be used; nil when it can.
	err error
	// settling says that its first reading is waited for.
	settling bool
	// sweep is how the last reading ended; nil if there was none.
	sweep *sweepOutcome
	// conflict says what of the spec cannot be done there; empty if all can.
	conflict string
}

// inspect connects to a directory as the spec and Secrets say, and probes it
// when that is due. The error is one of the API server; what is wrong with the
// directory itself is part of the result.
func (r *SyncConfigReconciler) inspect(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) (inspected, error) {
	result := inspected{status: v1alpha1.DirectoryStatus{Name: dir.Name, Product: dir.Product}}
	settings, err := settingsReader{r.live, r.userAgent}.settings(ctx, config.Namespace, dir)
	if missing, ok := errors.AsType[*secretError](err); ok {
		if connection, ok := r.directories.Get(string(config.UID), dir.Name); ok {
			connection.Close(missing)
		}
		return result.failed(v1alpha1.DirectoryInvalid, missing), nil
	}
	if err != nil {
		return inspected{}, err
	}
	connection, err := r.directories.Ensure(string(config.UID), dir.Name, settings)
	if err != nil {
		return result.failed(v1alpha1.DirectoryInvalid, err), nil
	}
	if r.probeDue(config, dir, connection) {
		r.probe(ctx, config, dir, connection)
	}
	gate := connection.Gate()
	result = result.described(connection, gate)
	result.sweep = r.sweeps.last(probeKey{config.UID, dir.Name})
	result.status.LastSweep = result.sweep.status(dir.Name, lastSweepIn(config, dir.Name))
	if !gate.Open {
		return result.failed(stateOfGate(gate), gate.Reason), nil
	}
	open := asOpened(config, dir, connection, gate)
	r.sweep(ctx, config, open)
	result.conflict = open.refusedDefaults()
	result.settling = r.settling(config, connection, gate)
	result.status.State = v1alpha1.DirectoryReady
	result.status.Message = fmt.Sprintf("Signed in as %s", gate.Info.Self)
	return result, nil
}

// asOpened is a directory whose gate is open, as users and groups find it. Of a
// spec that cannot be used, which they do not follow, nothing is known.
func asOpened(config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, connection *directory.Connection, gate directory.Gate) *openDirectory {
	policies, _ := plan.Compile(&config.Spec)
	return &openDirectory{
		Directory: connection, connection: connection, spec: dir,
		policy: policies.For(dir.Name).Within(connection.Capabilities()).Protect(gate.Info),
	}
}

// settling reports whether the first reading of a directory is waited for.
// After a while it is not: whoever waits goes on without it.
func (r *SyncConfigReconciler) settling(config *v1alpha1.SyncConfig, connection *directory.Connection, gate directory.Gate) bool {
	if !connection.Settling() {
		return false
	}
	if r.clock.Since(gate.Since) < firstSweepPatience {
		return true
	}
	connection.Settle()
	r.admit(client.ObjectKeyFromObject(config))
	return false
}

// lastSweepIn is what the status tells of the last reading, which a process
// before this one may have made.
func lastSweepIn(config *v1alpha1.SyncConfig, name string) *v1alpha1.SweepStatus {
	for _, d := range config.Status.Directories {
		if d.Name == name {
			return d.LastSweep
		}
	}
	return nil
}

// described shows what is known of a directory apart from its state.
func (i inspected) described(connection *directory.Connection, gate directory.Gate) inspected {
	i.status.Version = gate.Info.Version
	i.status.Capabilities = connection.Capabilities().Words()
	i.status.DirectoryVerified, i.status.DirectoryVerifiedMessage = v1alpha1.DirectoryIsUnverified, gate.Info.Directory.Detail
	switch {
	case directory.KindOf(gate.Reason) == directory.KindWrongDirectory:
		i.status.DirectoryVerified, i.status.DirectoryVerifiedMessage = v1alpha1.DirectoryIsWrong, truncate(gate.Reason.Error())
	case gate.Info.Directory.Verified:
		i.status.DirectoryVerified = v1alpha1.DirectoryIsRight
	}
	return i
}

func (i inspected) failed(state v1alpha1.DirectoryState, err error) inspected {
	i.status.State, i.status.Message, i.err = state, truncate(err.Error()), err
	return i
}

func stateOfGate(gate directory.Gate) v1alpha1.DirectoryState {
	if errors.Is(gate.Reason, directory.ErrNotProbed) {
		return v1alpha1.DirectoryUnknown
	}
	switch directory.KindOf(gate.Reason) {
	case directory.KindUnauthorized, directory.KindForbidden:
		return v1alpha1.DirectoryRejected
	case directory.KindUnsupported, directory.KindInvalid, directory.KindWrongDirectory:
		return v1alpha1.DirectoryInvalid
	default:
		return v1alpha1.DirectoryUnreachable
	}
}

// probe looks at a directory and opens or closes its gate accordingly.
func (r *SyncConfigReconciler) probe(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, connection *directory.Connection) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	info, err := connection.Probe(ctx)
	r.mu.Lock()
	r.probed[probeKey{config.UID, dir.Name}] = r.clock.Now()
	r.mu.Unlock()
	r.metrics.setUp(client.ObjectKeyFromObject(config).String(), dir.Name, err == nil)
	if directory.KindOf(err) == directory.KindRateLimited && connection.Gate().Open {
		return // busy is not down
	}
	if err != nil {
		connection.Close(err)
		return
	}
	if !connection.Open(info) {
		return
	}
	r.sweeps.again(probeKey{config.UID, dir.Name}) // nobody knows what happened meanwhile
	if !connection.Settling() {
		r.admit(client.ObjectKeyFromObject(config))
	}
}

// probeDue reports whether a directory is to be looked at now: at once when
// its gate has just been made or closed, else at its interval.
func (r *SyncConfigReconciler) probeDue(config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, connection *directory.Connection) bool {
	gate := connection.Gate()
	if errors.Is(gate.Reason, directory.ErrNotProbed) {
		return true
	}
	interval := probeInterval
	if !gate.Open {
		interval = reprobeInterval
	}
	r.mu.Lock()
	last, probed := r.probed[probeKey{config.UID, dir.Name}]
	r.mu.Unlock()
	return !probed || r.clock.Since(last) >= interval-time.Second
}
