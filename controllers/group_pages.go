package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// groupPages are the pages of a group's members, read as one set.
type groupPages struct {
	// members are the SCIM ids of all pages, each once.
	members []string
	// slices is how many MembershipSlices there are.
	slices int32
	// complete says that the members are all of those that the source sent.
	// Until then nobody is taken for removed.
	complete bool
}

// pagesOf reads the pages of a group from the cache.
func (r *GroupReconciler) pagesOf(ctx context.Context, group *v1alpha1.ProvisionedGroup) (groupPages, error) {
	further, err := r.slicesOf(ctx, group)
	if err != nil {
		return groupPages{}, err
	}
	if len(further) == 0 && group.Spec.Pages == (v1alpha1.MembershipPages{}) {
		return groupPages{members: group.Spec.Members, complete: true}, nil
	}
	complete, err := r.sawAll(ctx, group, further)
	if err != nil {
		return groupPages{}, err
	}
	members := slices.Clone(group.Spec.Members)
	for _, page := range further {
		members = append(members, page.Spec.Members...)
	}
	slices.Sort(members)
	return groupPages{members: slices.Compact(members), slices: int32(len(further)), complete: complete}, nil
}

// slicesOf gives the cached slices of a group by name, not to be changed.
func (b *base) slicesOf(ctx context.Context, group *v1alpha1.ProvisionedGroup) ([]*v1alpha1.MembershipSlice, error) {
	var list v1alpha1.MembershipSliceList
	err := b.client.List(ctx, &list, client.InNamespace(group.Namespace), client.UnsafeDisableDeepCopy,
		client.MatchingFields{v1alpha1.IndexGroup: group.Name})
	if err != nil {
		return nil, fmt.Errorf("list the slices of group %s: %w", client.ObjectKeyFromObject(group), err)
	}
	var further []*v1alpha1.MembershipSlice
	for i := range list.Items {
		if list.Items[i].BelongsTo(group) {
			further = append(further, &list.Items[i])
		}
	}
	slices.SortFunc(further, func(a, b *v1alpha1.MembershipSlice) int { return cmp.Compare(a.Name, b.Name) })
	return further, nil
}

// sawAll reports whether no replacement of all members is under way, and the
// cache shows every slice as the last one left it. The cache learns of groups
// and of slices independently; but the last slice that a replacement writes is
// the open one, to give it the turn that the group then names.
func (r *GroupReconciler) sawAll(ctx context.Context, group *v1alpha1.ProvisionedGroup, further []*v1alpha1.MembershipSlice) (bool, error) {
	pages := group.Spec.Pages
	if pages.Replacing != "" {
		return false, nil
	}
	if pages.OpenSlice == "" {
		return true, nil
	}
	var seen v1alpha1.MembershipSlice
	if i := slices.IndexFunc(further, func(s *v1alpha1.MembershipSlice) bool { return s.Name == pages.OpenSlice }); i >= 0 {
		seen = *further[i]
	}
	if seen.Spec.Turn == pages.Turn {
		return true, nil
	}
	// Closed while nothing has been opened in its place yet, or not seen yet.
	var live v1alpha1.MembershipSlice
	err := r.live.Get(ctx, types.NamespacedName{Namespace: group.Namespace, Name: pages.OpenSlice}, &live)
	if err != nil && !apierrors.IsNotFound(err) {
		return false, fmt.Errorf("read the open slice of group %s: %w", client.ObjectKeyFromObject(group), err)
	}
	return live.ResourceVersion == seen.ResourceVersion, nil
}

// deleteSlices removes the slices of a group that goes. What the cache does
// not show yet goes by its owner reference.
func (b *base) deleteSlices(ctx context.Context, group *v1alpha1.ProvisionedGroup) error {
	further, err := b.slicesOf(ctx, group)
	if err != nil {
		return err
	}
	for _, page := range further {
		if err := b.client.Delete(ctx, page, client.Preconditions{UID: new(page.UID)}); client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("delete MembershipSlice %s: %w", client.ObjectKeyFromObject(page), err)
		}
	}
	return nil
}
