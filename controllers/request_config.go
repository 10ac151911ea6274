package controllers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// requestInterval is how often it is looked whether the readings that a
// request asked for have been made.
const requestInterval = time.Second

// configRequest is the request to read all directories of a SyncConfig and to
// look at all of its users and groups.
type configRequest struct {
	// value is that of the annotation.
	value string
	// since is when it was first seen: earlier readings do not do.
	since time.Time
}

// takeRequest makes the readings due that a request asks for, when it is first
// seen. One that is under way began before, and another follows it.
func (r *SyncConfigReconciler) takeRequest(check *checkup) {
	config := check.config
	asked := requestOn(config, config.Status.LastRequestedAt)
	if asked == nil {
		r.dropRequest(config.UID)
		return
	}
	r.mu.Lock()
	known := r.requests[config.UID]
	isNew := known.value != asked.value
	if isNew {
		known = configRequest{value: asked.value, since: r.clock.Now()}
		r.requests[config.UID] = known
	}
	r.mu.Unlock()
	check.request = &known
	if !isNew {
		return
	}
	for _, dir := range config.Spec.Directories {
		r.sweeps.again(probeKey{config.UID, dir.Name})
	}
}

// metBy reports whether a reading began after the request.
func (c *configRequest) metBy(last *sweepOutcome) bool {
	return last != nil && !last.at.Add(-last.took).Before(c.since)
}

// answerRequest has all users and groups looked at once every directory has
// been read. One that cannot be used is not waited for: it is read, and what
// waits for it is looked at, when it is back.
func (r *SyncConfigReconciler) answerRequest(ctx context.Context, check *checkup) error {
	if check.request == nil {
		return nil
	}
	var parts []string
	for _, d := range check.directories {
		switch {
		case d.err != nil:
			parts = append(parts, d.status.Name+" cannot be used")
		case !check.request.metBy(d.sweep):
			return nil
		case d.sweep.err != nil:
			parts = append(parts, d.status.Name+" could not be read as a whole")
		default:
			parts = append(parts, fmt.Sprintf("%s was read: %d accounts, %d groups, %d of them changed by others",
				d.status.Name, d.sweep.Users, d.sweep.Groups, d.sweep.drifted))
		}
	}
	users, groups, err := r.lookAgainAtAll(ctx, check.config)
	if err != nil {
		return err
	}
	check.answer = fmt.Sprintf("%s; looking at all %d users and %d groups", strings.Join(parts, "; "), users, groups)
	check.config.Status.LastRequestedAt = check.request.value
	check.request = nil
	return nil
}

// wakers have users and groups reconciled.
type wakers struct{ users, groups func(...types.NamespacedName) }

// lookAgainAtAll has all users and groups of a SyncConfig reconciled, and counts
// them.
func (r *SyncConfigReconciler) lookAgainAtAll(ctx context.Context, config *v1alpha1.SyncConfig) (users, groups int, err error) {
	userNames, err := r.userNames(ctx, config)
	if err != nil {
		return 0, 0, err
	}
	groupNames, err := r.groupNames(ctx, config)
	if err != nil {
		return 0, 0, err
	}
	r.again.users(userNames...)
	r.again.groups(groupNames...)
	return len(userNames), len(groupNames), nil
}

func (r *SyncConfigReconciler) dropRequest(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.requests, uid)
}
