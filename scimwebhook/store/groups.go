package store

import (
	"cmp"
	"context"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// Groups is the store of groups.
type Groups struct {
	collection[*v1alpha1.ProvisionedGroup]
}

func newGroups(o Options) *Groups {
	return &Groups{newCollection(o, kind[*v1alpha1.ProvisionedGroup]{
		resource:      "group",
		nameAttribute: "displayName",
		newObject:     func() *v1alpha1.ProvisionedGroup { return &v1alpha1.ProvisionedGroup{} },
		newList:       func() client.ObjectList { return &v1alpha1.ProvisionedGroupList{} },
		identity: func(g *v1alpha1.ProvisionedGroup) (*string, *string) {
			return &g.Spec.SyncConfigName, &g.Spec.ID
		},
		name:     func(g *v1alpha1.ProvisionedGroup) string { return g.Spec.DisplayName },
		validate: checkMembers,
	})}
}

func checkMembers(g *v1alpha1.ProvisionedGroup) error {
	if n := len(g.Spec.Members); n > v1alpha1.MaxMembers {
		return errorf(TooLarge, "group %q would have %d members, and this version keeps at most %d in a group: push several smaller groups instead",
			g.Spec.DisplayName, n, v1alpha1.MaxMembers)
	}
	return nil
}

// Create makes a group, whose SyncConfig and id the store sets. A displayName
// that exists in any letter case is refused.
func (c *Groups) Create(ctx context.Context, s Scope, spec v1alpha1.ProvisionedGroupSpec) (*v1alpha1.ProvisionedGroup, error) {
	if err := c.refuseKnown(ctx, s, spec.DisplayName); err != nil {
		return nil, err
	}
	return c.create(ctx, s, &v1alpha1.ProvisionedGroup{Spec: spec})
}

// Update applies mutate to the spec of the group with id and writes what
// changed. Mutate may be called several times, each time with a fresh spec; it
// cannot change the SyncConfig or the id.
func (c *Groups) Update(ctx context.Context, s Scope, id string, mutate func(*v1alpha1.ProvisionedGroupSpec) error) (*v1alpha1.ProvisionedGroup, error) {
	return c.update(ctx, s, id, func(g *v1alpha1.ProvisionedGroup) error { return mutate(&g.Spec) })
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
	refs := make([]Ref, 0, len(found))
	for _, g := range found {
		refs = append(refs, Ref{ID: g.SCIMID(), DisplayName: g.Spec.DisplayName})
	}
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Compare(a.DisplayName, b.DisplayName) })
	return refs, nil
}
