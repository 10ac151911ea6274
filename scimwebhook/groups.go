package scimwebhook

import (
	"context"
	"iter"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// groups serves groups out of the store.
type groups struct {
	store *store.Store
}

func (g groups) create(ctx context.Context, s store.Scope, doc map[string]any) (*v1alpha1.ProvisionedGroup, error) {
	members := takeMembers(doc)
	var spec v1alpha1.ProvisionedGroupSpec
	if err := readSpec(doc, &spec); err != nil {
		return nil, err
	}
	spec.Members = members
	return g.store.Groups.Create(ctx, s, spec)
}

// takeMembers removes the members from a document and gives their ids.
func takeMembers(doc map[string]any) []string {
	ids := schema.MemberIDs(doc[schema.MembersName])
	delete(doc, schema.MembersName)
	return ids
}

func (g groups) get(ctx context.Context, s store.Scope, id string) (*v1alpha1.ProvisionedGroup, error) {
	return g.store.Groups.Get(ctx, s, id)
}

func (g groups) list(ctx context.Context, s store.Scope, offset, limit int) ([]*v1alpha1.ProvisionedGroup, int, error) {
	return g.store.Groups.List(ctx, s, offset, limit)
}

func (g groups) after(ctx context.Context, s store.Scope, from store.Position) iter.Seq2[*v1alpha1.ProvisionedGroup, error] {
	return g.store.Groups.After(ctx, s, from)
}

func (g groups) finders() finders[*v1alpha1.ProvisionedGroup] {
	return finders[*v1alpha1.ProvisionedGroup]{
		{"displayName", g.store.Groups.FindByName},
		{"externalId", g.store.Groups.FindByExternalID},
		{"members.value", g.byMember},
	}
}

// byMember finds the groups that have a member.
func (g groups) byMember(ctx context.Context, s store.Scope, id string) ([]*v1alpha1.ProvisionedGroup, error) {
	refs, err := g.store.Groups.Of(ctx, s, id)
	if err != nil {
		return nil, err
	}
	var found []*v1alpha1.ProvisionedGroup
	for _, ref := range refs {
		group, err := g.store.Groups.Get(ctx, s, ref.ID)
		if isMissing(err) {
			continue // deleted since
		}
		if err != nil {
			return nil, err
		}
		found = append(found, group)
	}
	return found, nil
}

func (g groups) update(ctx context.Context, s store.Scope, id string, c change) (group *v1alpha1.ProvisionedGroup, changed []string, err error) {
	edit := func(spec *v1alpha1.ProvisionedGroupSpec) (err error) {
		changed, err = editGroup(spec, c)
		return err
	}
	if c.document == nil {
		edit = nil
	}
	group, membersChanged, err := g.store.Groups.Update(ctx, s, id, edit, c.members)
	if membersChanged {
		changed = append(changed, schema.MembersName)
	}
	return group, changed, err
}

func editGroup(spec *v1alpha1.ProvisionedGroupSpec, c change) (changed []string, err error) {
	doc, err := documentOf(spec)
	if err != nil {
		return nil, err
	}
	next, changed, err := c.edit(doc)
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	var edited v1alpha1.ProvisionedGroupSpec
	if err := readSpec(next, &edited); err != nil {
		return nil, err
	}
	*spec = edited
	return changed, nil
}

func (g groups) remove(ctx context.Context, s store.Scope, id string) error {
	return g.store.Groups.Delete(ctx, s, id)
}

func (g groups) render(ctx context.Context, s store.Scope, group *v1alpha1.ProvisionedGroup, v view) (map[string]any, error) {
	doc, err := documentOf(&group.Spec)
	if err != nil {
		return nil, err
	}
	if v.shows(schema.MembersName) {
		if err := g.addMembers(ctx, s, group, v, doc); err != nil {
			return nil, err
		}
	}
	return v.finish(schema.Group, group, doc), nil
}

// addMembers adds the members. One that is no known user yet has only its id.
func (g groups) addMembers(ctx context.Context, s store.Scope, group *v1alpha1.ProvisionedGroup, v view, doc map[string]any) error {
	ids, err := g.store.Groups.Members(ctx, group)
	if err != nil {
		return err
	}
	names, err := g.store.Users.Names(ctx, s, ids)
	if err != nil {
		return err
	}
	members := make([]any, 0, len(ids))
	for _, id := range ids {
		member := map[string]any{"value": id}
		if name, known := names[id]; known {
			member["display"] = name
			member["type"] = schema.User.Name
			member["$ref"] = v.location(schema.User, id)
		}
		members = append(members, member)
	}
	doc[schema.MembersName] = members
	return nil
}
