package controllers

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// wantsChanged lets through what changes what is wanted of an object: its
// spec, its deletion, its annotations. Our own status writes are not among it.
func wantsChanged() predicate.Predicate {
	return predicate.Or[client.Object](predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{})
}

// accountChanged lets through what matters to the groups of a user: the
// accounts that it has.
func accountChanged() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.ProvisionedUser), e.ObjectNew.(*v1alpha1.ProvisionedUser)
		return before.DeletionTimestamp.IsZero() != after.DeletionTimestamp.IsZero() ||
			undecided(before) != undecided(after) ||
			!slices.EqualFunc(before.Status.Directories, after.Status.Directories, sameAccount)
	}}
}

func sameAccount(a, b v1alpha1.UserDirectoryStatus) bool {
	return a.Name == b.Name && a.Target == b.Target && a.Managed == b.Managed && a.Username == b.Username && a.ID == b.ID &&
		a.OutOfGroups == b.OutOfGroups && a.PlannedAction == b.PlannedAction &&
		(a.State == v1alpha1.UserHeld) == (b.State == v1alpha1.UserHeld) && (a.State == v1alpha1.UserAbsent) == (b.State == v1alpha1.UserAbsent)
}

// gathered enqueues what an object matters to, once for all the changes of
// gatherTime. What is there at the start matters to nothing that is not there
// at the start too, and looked at by itself.
func gathered(of func(context.Context, client.Object) []types.NamespacedName) handler.EventHandler {
	enqueue := func(ctx context.Context, object client.Object, q requestQueue) {
		for _, name := range of(ctx, object) {
			q.AddAfter(reconcile.Request{NamespacedName: name}, gatherTime)
		}
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q requestQueue) {
			if !e.IsInInitialList {
				enqueue(ctx, e.Object, q)
			}
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q requestQueue) {
			if e.ObjectOld.GetResourceVersion() != e.ObjectNew.GetResourceVersion() {
				enqueue(ctx, e.ObjectNew, q)
			}
		},
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q requestQueue) { enqueue(ctx, e.Object, q) },
	}
}

// groupsOfMember are the groups that a user who has changed is a member of.
// Controllers do not write members, so that there is no own write to wait for.
func (r *GroupReconciler) groupsOfMember(ctx context.Context, object client.Object) []types.NamespacedName {
	user := object.(*v1alpha1.ProvisionedUser)
	r.known.forget(user)
	groups := r.withMember(ctx, user.Namespace, v1alpha1.IndexKey(user.Spec.SyncConfigName, user.SCIMID()), &v1alpha1.ProvisionedGroupList{})
	pages := &v1alpha1.MembershipSliceList{}
	r.withMember(ctx, user.Namespace, user.SCIMID(), pages)
	for i := range pages.Items {
		groups = append(groups, groupOfSlice(ctx, &pages.Items[i])...)
	}
	return groups
}

// groupOfSlice is the group whose members a slice holds.
func groupOfSlice(_ context.Context, object client.Object) []types.NamespacedName {
	slice := object.(*v1alpha1.MembershipSlice)
	return []types.NamespacedName{{Namespace: slice.Namespace, Name: slice.Spec.GroupName}}
}

// objectsOf enqueues the users or groups of a SyncConfig when its spec changes.
// At the start they are enqueued by themselves.
func objectsOf(names func(context.Context, *v1alpha1.SyncConfig) ([]types.NamespacedName, error)) handler.EventHandler {
	enqueue := func(ctx context.Context, config client.Object, q requestQueue) {
		everybody, err := names(ctx, config.(*v1alpha1.SyncConfig))
		if err != nil {
			logUnlisted(ctx, err)
		}
		lot{everybody, handler.LowPriority}.lineUp(q)
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q requestQueue) {
			if !e.IsInInitialList {
				enqueue(ctx, e.Object, q)
			}
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q requestQueue) { enqueue(ctx, e.ObjectNew, q) },
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q requestQueue) { enqueue(ctx, e.Object, q) },
	}
}

// withMember lists the cached groups or slices that have a member, and gives
// their names.
func (b *base) withMember(ctx context.Context, namespace, key string, list client.ObjectList) []types.NamespacedName {
	var names []types.NamespacedName
	err := b.client.List(ctx, list, client.InNamespace(namespace), client.MatchingFields{v1alpha1.IndexMember: key},
		client.UnsafeDisableDeepCopy, client.DisableReadYourWritesConsistency)
	if err == nil {
		err = meta.EachListItem(list, func(o runtime.Object) error {
			names = append(names, client.ObjectKeyFromObject(o.(client.Object)))
			return nil
		})
	}
	if err != nil {
		logUnlisted(ctx, err)
	}
	return names
}

// logUnlisted is for watch handlers, which have nobody to return an error to. A
// cached list fails only while the process stops.
func logUnlisted(ctx context.Context, err error) {
	log.FromContext(ctx).Error(err, "List the objects that a change concerns")
}
