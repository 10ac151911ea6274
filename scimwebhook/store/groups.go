package store

import (
	"cmp"
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook/patch"
)

// Groups is the store of groups.
type Groups struct {
	collection[*v1alpha1.ProvisionedGroup]
}

func newGroups(o Options) *Groups {
	c := &Groups{newCollection(o, kind[*v1alpha1.ProvisionedGroup]{
		resource:      "group",
		nameAttribute: "displayName",
		newObject:     func() *v1alpha1.ProvisionedGroup { return &v1alpha1.ProvisionedGroup{} },
		newList:       func() client.ObjectList { return &v1alpha1.ProvisionedGroupList{} },
		identity: func(g *v1alpha1.ProvisionedGroup) (*string, *string) {
			return &g.Spec.SyncConfigName, &g.Spec.ID
		},
		name: func(g *v1alpha1.ProvisionedGroup) string { return g.Spec.DisplayName },
	})}
	c.stamp = c.withPages
	return c
}

// Update applies mutate to the spec of the group with id, changes the members,
// and writes what changed. It reports whether the members are others than
// before. Mutate may be called several times, each time with a fresh spec; it
// cannot change the SyncConfig, the id or the members. Members is what a
// request asks for. Either may be nil, which leaves things as they are.
func (c *Groups) Update(ctx context.Context, s Scope, id string, mutate func(*v1alpha1.ProvisionedGroupSpec) error, members *patch.MemberChange) (*v1alpha1.ProvisionedGroup, bool, error) {
	done, err := c.turns.take(ctx, turn{scope: s, id: id})
	if err != nil {
		return nil, false, fromAPI(err)
	}
	defer done()
	if members == nil {
		members = &patch.MemberChange{}
	}
	group, paged, membersChanged, err := c.updateObject(ctx, s, id, mutate, members)
	if err == nil && paged && !members.Empty() {
		group, membersChanged, err = c.updatePages(ctx, s, group, members)
	}
	if err != nil {
		return group, false, err
	}
	group, err = c.stamped(ctx, group)
	return group, membersChanged, err
}

// updateObject does what an Update does to the group object. Paged says that
// the members are left to updatePages.
func (c *Groups) updateObject(ctx context.Context, s Scope, id string, mutate func(*v1alpha1.ProvisionedGroupSpec) error, members *patch.MemberChange) (group *v1alpha1.ProvisionedGroup, paged, membersChanged bool, err error) {
	if mutate == nil {
		if group, err = c.collection.Get(ctx, s, id); err != nil {
			return nil, false, false, err
		}
		if paged, err = c.isPaged(ctx, group); err != nil {
			return nil, false, false, err
		}
		if paged && c.checkCondition(ctx, group) == nil { // an error may be the cache's
			return group, true, false, nil
		}
		mutate = func(*v1alpha1.ProvisionedGroupSpec) error { return nil }
	}
	group, err = c.updateInTurn(ctx, s, id, func(g *v1alpha1.ProvisionedGroup) (err error) {
		before := g.Spec
		if err := mutate(&g.Spec); err != nil {
			return err
		}
		g.Spec.Pages = before.Pages
		g.Spec.Members, membersChanged = members.Apply(before.Members)
		paged, err = c.isPaged(ctx, g)
		if paged {
			g.Spec.Members = before.Members
		}
		return err
	})
	return group, paged, membersChanged, err
}

// isPaged reports whether a group's members are, or have to be, on several pages.
func (c *Groups) isPaged(ctx context.Context, group *v1alpha1.ProvisionedGroup) (bool, error) {
	if group.Spec.Pages.OpenSlice != "" || group.Spec.Pages.Replacing != "" || len(group.Spec.Members) > pageSize {
		return true, nil
	}
	pages, err := c.slicesOf(ctx, group)
	return len(pages) > 0, err
}

func (c *Groups) updatePages(ctx context.Context, s Scope, group *v1alpha1.ProvisionedGroup, members *patch.MemberChange) (*v1alpha1.ProvisionedGroup, bool, error) {
	if err := c.checkManaged(group); err != nil {
		return group, false, err
	}
	p := &paging{Groups: c, scope: s, group: group}
	if members.Reset {
		err := p.replace(ctx, members.Add)
		return p.group, p.changed, err
	}
	if err := p.remove(ctx, members.Remove); err != nil {
		return p.group, p.changed, err
	}
	err := p.add(ctx, members.Add)
	return p.group, p.changed, err
}

// Members gives the members of a group, of all its pages, in the order in
// which the pages were made and the members added to them.
func (c *Groups) Members(ctx context.Context, group *v1alpha1.ProvisionedGroup) ([]string, error) {
	pages, err := c.slicesOf(ctx, group)
	if err != nil {
		return nil, err
	}
	return allMembers(group.Spec.Members, pages), nil
}

// Get gives the group with a SCIM id.
func (c *Groups) Get(ctx context.Context, s Scope, id string) (*v1alpha1.ProvisionedGroup, error) {
	group, err := c.collection.Get(ctx, s, id)
	if err != nil {
		return nil, err
	}
	return c.stamped(ctx, group)
}

// FindByName gives the group whose displayName is name in any letter case;
// none is no error.
func (c *Groups) FindByName(ctx context.Context, s Scope, name string) ([]*v1alpha1.ProvisionedGroup, error) {
	found, err := c.collection.FindByName(ctx, s, name)
	return c.allStamped(ctx, found, err)
}

// FindByExternalID gives the groups with exactly this externalId; none is no
// error.
func (c *Groups) FindByExternalID(ctx context.Context, s Scope, externalID string) ([]*v1alpha1.ProvisionedGroup, error) {
	found, err := c.collection.FindByExternalID(ctx, s, externalID)
	return c.allStamped(ctx, found, err)
}

// List gives at most limit groups, oldest first, leaving out the first offset
// ones, and how many there are in all.
func (c *Groups) List(ctx context.Context, s Scope, offset, limit int) (page []*v1alpha1.ProvisionedGroup, total int, err error) {
	page, total, err = c.collection.List(ctx, s, offset, limit)
	page, err = c.allStamped(ctx, page, err)
	return page, total, err
}

func (c *Groups) allStamped(ctx context.Context, groups []*v1alpha1.ProvisionedGroup, err error) ([]*v1alpha1.ProvisionedGroup, error) {
	for i := range groups {
		if err == nil {
			groups[i], err = c.stamped(ctx, groups[i])
		}
	}
	return groups, err
}

// Ref names a group.
type Ref struct {
	ID, DisplayName string
}

// Of gives the groups that have the user with id as a member, by name.
func (c *Groups) Of(ctx context.Context, s Scope, id string) ([]Ref, error) {
	found, err := c.cached(ctx, s, v1alpha1.IndexMember, id, client.UnsafeDisableDeepCopy)
	if err != nil {
		return nil, err
	}
	paged, err := c.pagedGroupsOf(ctx, s, id)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, g := range append(found, paged...) {
		refs = append(refs, Ref{ID: g.SCIMID(), DisplayName: g.Spec.DisplayName})
	}
	slices.SortFunc(refs, func(a, b Ref) int {
		return cmp.Or(cmp.Compare(a.DisplayName, b.DisplayName), cmp.Compare(a.ID, b.ID))
	})
	return slices.Compact(refs), nil
}

// pagedGroupsOf gives the groups that have a member on a slice.
func (c *Groups) pagedGroupsOf(ctx context.Context, s Scope, id string) ([]*v1alpha1.ProvisionedGroup, error) {
	var pages v1alpha1.MembershipSliceList
	err := c.client.List(ctx, &pages, client.InNamespace(s.Namespace), client.UnsafeDisableDeepCopy,
		client.MatchingFields{v1alpha1.IndexMember: id})
	if err != nil {
		return nil, fromAPI(err)
	}
	var groups []*v1alpha1.ProvisionedGroup
	for i := range pages.Items {
		group := &v1alpha1.ProvisionedGroup{}
		err := c.client.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: pages.Items[i].Spec.GroupName}, group, client.UnsafeDisableDeepCopy)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fromAPI(err)
		}
		if c.visible(s, group) && pages.Items[i].BelongsTo(group) {
			groups = append(groups, group)
		}
	}
	return groups, nil
}
