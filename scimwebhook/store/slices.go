package store

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// sliceName is the name of the slice that is made for a turn of a group. It
// holds part of the group's UID, so that nothing left over from an earlier
// group of the same name is in the way.
func sliceName(group *v1alpha1.ProvisionedGroup, turn int64) string {
	return fmt.Sprintf("%s-%.8s-%06d", group.Name, group.UID, turn)
}

// newSlice is an empty page of a group that takes additions during turn.
func newSlice(group *v1alpha1.ProvisionedGroup, turn int64) *v1alpha1.MembershipSlice {
	return &v1alpha1.MembershipSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: group.Namespace, Name: sliceName(group, turn),
			Labels: map[string]string{
				v1alpha1.LabelGroup:      labelValue(group.Name),
				v1alpha1.LabelSyncConfig: labelValue(group.Spec.SyncConfigName),
				v1alpha1.LabelManagedBy:  v1alpha1.ManagedBySCIM,
			},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: v1alpha1.GroupVersion.String(), Kind: "ProvisionedGroup", Name: group.Name, UID: group.UID,
			}},
		},
		Spec: v1alpha1.MembershipSliceSpec{GroupName: group.Name, Turn: turn},
	}
}

// slicesOf gives the cached slices of a group, not to be changed.
func (c *Groups) slicesOf(ctx context.Context, group *v1alpha1.ProvisionedGroup) ([]*v1alpha1.MembershipSlice, error) {
	return listSlices(ctx, c.client, group, client.UnsafeDisableDeepCopy,
		client.MatchingFields{v1alpha1.IndexGroup: group.Name})
}

// liveSlicesOf gives the slices of a group that the API server holds.
func (c *Groups) liveSlicesOf(ctx context.Context, group *v1alpha1.ProvisionedGroup) ([]*v1alpha1.MembershipSlice, error) {
	return listSlices(ctx, c.live, group, client.MatchingLabels{v1alpha1.LabelGroup: labelValue(group.Name)})
}

// holding gives the cached slices of a group that hold some of ids, each once.
// They are not to be changed.
func (c *Groups) holding(ctx context.Context, group *v1alpha1.ProvisionedGroup, ids []string) ([]*v1alpha1.MembershipSlice, error) {
	found := map[string]*v1alpha1.MembershipSlice{}
	opts := []client.ListOption{client.UnsafeDisableDeepCopy}
	for _, id := range ids {
		holders, err := listSlices(ctx, c.client, group, append(opts, client.MatchingFields{v1alpha1.IndexMember: id})...)
		if err != nil {
			return nil, err
		}
		for _, slice := range holders {
			found[slice.Name] = slice
		}
		// The first look-up has waited for all changes answered before.
		opts = []client.ListOption{client.UnsafeDisableDeepCopy, client.DisableReadYourWritesConsistency}
	}
	pages := make([]*v1alpha1.MembershipSlice, 0, len(found))
	for _, slice := range found {
		pages = append(pages, slice)
	}
	slices.SortFunc(pages, byName)
	return pages, nil
}

func listSlices(ctx context.Context, reader client.Reader, group *v1alpha1.ProvisionedGroup, opts ...client.ListOption) ([]*v1alpha1.MembershipSlice, error) {
	var list v1alpha1.MembershipSliceList
	if err := reader.List(ctx, &list, append(opts, client.InNamespace(group.Namespace))...); err != nil {
		return nil, fromAPI(err)
	}
	var pages []*v1alpha1.MembershipSlice
	for i := range list.Items {
		if list.Items[i].BelongsTo(group) {
			pages = append(pages, &list.Items[i])
		}
	}
	return pages, nil
}

// getSlice gives a slice of a group by name, nil if there is none.
func getSlice(ctx context.Context, reader client.Reader, group *v1alpha1.ProvisionedGroup, name string) (*v1alpha1.MembershipSlice, error) {
	slice := &v1alpha1.MembershipSlice{}
	err := reader.Get(ctx, client.ObjectKey{Namespace: group.Namespace, Name: name}, slice)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fromAPI(err)
	}
	if !slice.BelongsTo(group) {
		return nil, nil
	}
	return slice, nil
}
