package store

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// NoteEvery is how long the status of a SyncConfig lets pass before it shows
// a later request.
const NoteEvery = time.Minute

// NoteRequest writes into the status of a SyncConfig that a client with a
// valid token asked for something just now. It writes nothing while the last
// note, of whichever replica, is young.
func (t *Tokens) NoteRequest(ctx context.Context, s Scope) error {
	var config v1alpha1.SyncConfig
	if err := t.client.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: s.SyncConfig}, &config); err != nil {
		return ignoreNotFound(err)
	}
	now, last := metav1.NewTime(t.now()), config.Status.SCIM.LastRequestTime
	if last != nil && now.Sub(last.Time) < NoteEvery {
		return nil
	}
	before := config.DeepCopy()
	config.Status.SCIM.LastRequestTime = &now
	err := t.client.Status().Patch(ctx, &config, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	if apierrors.IsConflict(err) { // somebody else was writing: the next request is soon enough
		return nil
	}
	return ignoreNotFound(err)
}
