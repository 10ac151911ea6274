package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// work is one reconcile of one user or group: the same steps around what
// differs between the two.
type work interface {
	// object is the user or group, changed as the work goes on.
	object() client.Object
	// statuses are the status as it was read and as it is now, each in an
	// object that has nothing else, since the rest need not be compared.
	statuses() (before, now client.Object)
	// summarise brings the status up to date and reports whether it changed.
	summarise(now time.Time) bool
	// leaveNothingBehind has a deleted object wait for what would stay in
	// directories that its SyncConfig does not name any more.
	leaveNothingBehind()
	// givenUp is what nobody looks after any more, in words.
	givenUp() []string
	// traces are the removals that count although the object goes.
	traces() traces
	// answered is where the last request that was handled is remembered.
	answered() *string
	// progressed is what has been found out.
	progressed() *progress
}

// progress is what a reconcile found out about an object.
type progress struct {
	config   *syncConfig
	verdicts []verdict
	// held is set when no directory was looked at.
	held *verdict
	// request is what somebody asked for; nil if nobody did.
	request *request
	// entered ends the work on the SyncConfig; nil if it was not begun.
	entered func()
}

// leave says that the work is over.
func (p *progress) leave() {
	if p.entered != nil {
		p.entered()
	}
}

func (p *progress) progressed() *progress { return p }

// hold records that no directory was looked at, and why.
func (p *progress) hold(reason, format string, args ...any) {
	p.held = &verdict{reason: reason, message: fmt.Sprintf(format, args...), outlook: retrying, waiting: true}
}

// all are the verdicts, or what stands for them when nothing was looked at.
func (p *progress) all() []verdict {
	if p.held != nil {
		return []verdict{*p.held}
	}
	return p.verdicts
}

// every reports whether all verdicts are of a sort.
func (p *progress) every(is func(verdict) bool) bool {
	return !slices.ContainsFunc(p.all(), func(v verdict) bool { return !is(v) })
}

// silent reports whether the status stays as it is although the object is not
// settled. One that merely waits keeps the status that its spec has already:
// an outage writes nothing for those in sync. One that no status was written
// for yet gets none while the SyncConfig is paused, which says so for all: a
// mass import then costs one write a user.
func (p *progress) silent(observed, generation int64, deleted bool) bool {
	if p.every(func(v verdict) bool { return v.unchanged }) {
		return true
	}
	paused := p.config != nil && p.config.Spec.Mode == v1alpha1.ModePaused
	quiet := observed == generation || paused && observed <= 0
	return quiet && !deleted && p.every(func(v verdict) bool { return v.waiting })
}

// conditions sets the object's conditions.
func (p *progress) conditions(set conditionSet) {
	if p.held != nil {
		set.held(*p.held)
		return
	}
	set.summarise(p.verdicts)
}

// openDirectory is a directory whose gate is open, and what is decided for it.
type openDirectory struct {
	// Directory is the connection; in a dry run it refuses to be written to.
	directory.Directory
	connection *directory.Connection
	spec       *v1alpha1.DirectorySpec
	policy     plan.Policy
	// dryRun says that plans are shown and not carried out.
	dryRun bool
}

// failure is the verdict on an operation that failed. If the directory as a
// whole is down, nobody else need try.
func (o *openDirectory) failure(err error) verdict {
	if directory.IsDown(err) {
		o.connection.Close(err)
	}
	return failure(o.spec.Name, err)
}

// begin does what comes before any directory is looked at, and reports
// whether they are to be looked at, and whether the reconcile is over.
func (b *base) begin(ctx context.Context, w work, configName string) (proceed, over bool, err error) {
	object, p := w.object(), w.progressed()
	deleted := !object.GetDeletionTimestamp().IsZero()
	if deleted && !controllerutil.ContainsFinalizer(object, v1alpha1.Finalizer) {
		return false, true, nil
	}
	p.request = requestOn(object, *w.answered())
	ours, invalid, err := b.enter(ctx, p, types.NamespacedName{Namespace: object.GetNamespace(), Name: configName})
	if err != nil || !ours {
		return false, true, err
	}
	if deleted {
		why, err := b.releaseReason(ctx, object, p.config)
		if err != nil {
			return false, true, err
		}
		if why != "" {
			return false, true, b.releaseWork(ctx, w, why)
		}
	}
	if p.holdBack(configName, invalid) {
		return false, false, nil
	}
	return true, false, b.ensureFinalizer(ctx, object)
}

// enter reads the SyncConfig of an object and begins work on it, unless that
// is another manager's; invalid says why the SyncConfig cannot be used.
func (b *base) enter(ctx context.Context, p *progress, key types.NamespacedName) (ours bool, invalid *plan.InvalidError, err error) {
	p.config, err = b.configOf(ctx, key.Namespace, key.Name)
	if errors.Is(err, errElsewhere) {
		return false, nil, nil
	}
	invalid, isInvalid := errors.AsType[*plan.InvalidError](err)
	if err != nil && !isInvalid {
		return false, nil, err
	}
	if p.config == nil {
		return true, nil, nil
	}
	p.entered = b.holdings.enter(p.config.SyncConfig)
	return p.entered != nil, invalid, nil // if nil, looked at when the SyncConfig is taken up
}

// holdBack holds the work when the SyncConfig lets no directory be looked at.
func (p *progress) holdBack(configName string, invalid *plan.InvalidError) bool {
	switch {
	case p.config == nil:
		p.hold(v1alpha1.ReasonDirectoryNotReady, "SyncConfig %s does not exist in this namespace: nothing keeps the accounts as they should be", configName)
		p.held.waiting = false
	case p.config.Spec.Mode == v1alpha1.ModePaused:
		p.hold(v1alpha1.ReasonPaused, "SyncConfig %s is paused: changes wait", configName)
	case invalid != nil:
		p.hold(v1alpha1.ReasonDirectoryNotReady, "SyncConfig %s cannot be used: %v", configName, invalid)
	default:
		return false
	}
	return true
}

// finish writes the status, if it changed, and lets a deleted object go once
// every directory has followed.
func (b *base) finish(ctx context.Context, w work) (reconcile.Result, error) {
	object, p := w.object(), w.progressed()
	deleted := !object.GetDeletionTimestamp().IsZero()
	if deleted && p.held == nil {
		w.leaveNothingBehind()
	}
	if deleted && p.every(func(v verdict) bool { return v.outlook == settled }) {
		if err := b.removals.keepTraces(ctx, p.config.SyncConfig, w.traces()); err != nil {
			return reconcile.Result{}, err
		}
		return reconcile.Result{}, b.dropFinalizer(ctx, object)
	}
	answer := answerTo(w)
	if !w.summarise(b.clock.Now()) {
		return resultOf(ctx, p.verdicts)
	}
	if err := b.writeStatus(ctx, w); client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, err
	}
	b.tellGivenUp(w)
	b.tellAnswer(object, answer)
	return resultOf(ctx, p.verdicts)
}

// writeStatus patches the status. It does so whatever became of the spec
// meanwhile: what was done in a directory must be remembered, and nobody else
// writes the status.
func (b *base) writeStatus(ctx context.Context, w work) error {
	before, now := w.statuses()
	patch := client.MergeFrom(before)
	if w.progressed().config == nil {
		// Every manager may tell that there is no SyncConfig: who comes late
		// must not write over what is known since there is one.
		patch = client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	}
	data, err := patch.Data(now)
	if err == nil {
		err = b.client.Status().Patch(ctx, w.object(), client.RawPatch(patch.Type(), data))
	}
	if err != nil {
		return fmt.Errorf("write status of %s: %w", client.ObjectKeyFromObject(w.object()), err)
	}
	return nil
}

// bare is what a write needs to know of an object.
func bare(object client.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: object.GetNamespace(), Name: object.GetName(), ResourceVersion: object.GetResourceVersion()}
}

// lookUp gives the way to a directory when its gate is open; otherwise the
// object waits until it opens.
func (b *base) lookUp(room *waitingRoom, p *progress, object types.NamespacedName, dir *v1alpha1.DirectorySpec) (*openDirectory, *verdict) {
	who := waiter{object, dir.Name}
	room.enter(p.config.key(), who)
	connection, gate := b.connection(p.config, dir)
	if !gate.Open {
		return nil, &verdict{
			directory: dir.Name, reason: v1alpha1.ReasonDirectoryUnavailable, outlook: retrying, waiting: true,
			message:   "waits for the directory: " + gate.Reason.Error(),
			unchanged: errors.Is(gate.Reason, errFirstReading), // it is over soon, and not worth a write for each
		}
	}
	room.leave(p.config.key(), who)
	policy := p.config.policies.For(dir.Name).Within(connection.Capabilities()).Protect(gate.Info)
	open := &openDirectory{Directory: connection, connection: connection, spec: dir, policy: policy}
	if p.config.Spec.Mode == v1alpha1.ModeDryRun {
		open.Directory, open.dryRun = directory.ReadOnly(connection), true
	}
	return open, nil
}
