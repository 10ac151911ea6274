package store

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// beginning is how the mark of a replacement begins while a POST puts the
// first members onto pages.
const beginning = "create-"

// Create makes a group, whose SyncConfig and id the store sets, with any
// number of members. A displayName that exists in any letter case is refused,
// unless that group is what an earlier Create with the same spec, but for the
// members, left unfinished: then it is finished.
func (c *Groups) Create(ctx context.Context, s Scope, spec v1alpha1.ProvisionedGroupSpec) (*v1alpha1.ProvisionedGroup, error) {
	return c.uncontested(ctx, func() (*v1alpha1.ProvisionedGroup, error) {
		unfinished, err := c.findUnfinished(ctx, s, spec)
		switch {
		case err != nil:
			return nil, err
		case unfinished != nil:
			return c.finish(ctx, s, unfinished, spec.Members)
		default:
			return c.createNew(ctx, s, *spec.DeepCopy())
		}
	})
}

func (c *Groups) createNew(ctx context.Context, s Scope, spec v1alpha1.ProvisionedGroupSpec) (*v1alpha1.ProvisionedGroup, error) {
	if err := c.refuseKnown(ctx, s, spec.DisplayName); err != nil {
		return nil, err
	}
	first, further := fill(nil, spec.Members)
	spec.Members = first
	if len(further) > 0 {
		spec.Pages.Replacing = beginning + c.newID()
	}
	group, err := c.create(ctx, s, &v1alpha1.ProvisionedGroup{Spec: spec})
	if err != nil || len(further) == 0 {
		return group, err
	}
	done, err := c.turns.take(ctx, turn{scope: s, id: group.SCIMID()})
	if err != nil {
		return nil, fromAPI(err)
	}
	defer done()
	p := &paging{Groups: c, scope: s, group: group}
	if err := p.add(ctx, further); err != nil {
		return nil, err
	}
	if err := p.end(ctx, spec.Pages.Replacing); err != nil {
		return nil, err
	}
	return c.stamped(ctx, p.group)
}

// findUnfinished gives the group that a Create with the same spec left with
// a part of the members, or nil.
func (c *Groups) findUnfinished(ctx context.Context, s Scope, spec v1alpha1.ProvisionedGroupSpec) (*v1alpha1.ProvisionedGroup, error) {
	holders, err := c.cached(ctx, s, v1alpha1.IndexName, v1alpha1.Fold(spec.DisplayName))
	if err != nil {
		return nil, err
	}
	for _, holder := range holders {
		if isUnfinished(holder, spec) {
			return holder, nil
		}
	}
	return nil, nil
}

func isUnfinished(group *v1alpha1.ProvisionedGroup, spec v1alpha1.ProvisionedGroupSpec) bool {
	if !strings.HasPrefix(group.Spec.Pages.Replacing, beginning) {
		return false
	}
	begun := group.Spec.DeepCopy()
	begun.SyncConfigName, begun.ID, begun.Pages, begun.Members = spec.SyncConfigName, spec.ID, spec.Pages, spec.Members
	return equality.Semantic.DeepEqual(*begun, spec)
}

// finish gives a group the members with which it was to be created. If that
// breaks off as well, it can be repeated again.
func (c *Groups) finish(ctx context.Context, s Scope, group *v1alpha1.ProvisionedGroup, members []string) (*v1alpha1.ProvisionedGroup, error) {
	done, err := c.turns.take(ctx, turn{scope: s, id: group.SCIMID()})
	if err != nil {
		return nil, fromAPI(err)
	}
	defer done()
	p := &paging{Groups: c, scope: s, group: group, creating: true}
	if err := p.look(ctx); err != nil {
		return nil, err
	}
	if p.group.Spec.Pages.Replacing != group.Spec.Pages.Replacing { // the earlier Create has come to its end
		return nil, c.taken(p.group)
	}
	if err := p.replace(ctx, members); err != nil {
		return nil, err
	}
	return c.stamped(ctx, p.group)
}
