package store

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// Users is the store of users.
type Users struct {
	collection[*v1alpha1.ProvisionedUser]
}

func newUsers(o Options) *Users {
	return &Users{newCollection(o, kind[*v1alpha1.ProvisionedUser]{
		resource:      "user",
		nameAttribute: "userName",
		newObject:     func() *v1alpha1.ProvisionedUser { return &v1alpha1.ProvisionedUser{} },
		newList:       func() client.ObjectList { return &v1alpha1.ProvisionedUserList{} },
		identity: func(u *v1alpha1.ProvisionedUser) (*string, *string) {
			return &u.Spec.SyncConfigName, &u.Spec.ID
		},
		name: func(u *v1alpha1.ProvisionedUser) string { return u.Spec.UserName },
	})}
}

// Create makes a user, whose SyncConfig and id the store sets. A userName that
// exists in any letter case is refused. An externalId that an inactive user
// has means the same person under a new name: that user becomes what spec
// says, and keeps its id.
func (c *Users) Create(ctx context.Context, s Scope, spec v1alpha1.ProvisionedUserSpec) (*v1alpha1.ProvisionedUser, error) {
	if err := c.refuseKnown(ctx, s, spec.UserName); err != nil {
		return nil, err
	}
	same, err := c.sameExternalID(ctx, s, spec.ExternalID)
	if err != nil {
		return nil, err
	}
	if same != nil {
		return c.revive(ctx, s, same.SCIMID(), spec)
	}
	return c.create(ctx, s, &v1alpha1.ProvisionedUser{Spec: spec})
}

// sameExternalID gives the user that has an externalId, or nil.
func (c *Users) sameExternalID(ctx context.Context, s Scope, externalID string) (*v1alpha1.ProvisionedUser, error) {
	if externalID == "" {
		return nil, nil
	}
	// The look-up by name has just waited for all changes answered before.
	found, err := c.cached(ctx, s, v1alpha1.IndexExternalID, externalID, client.DisableReadYourWritesConsistency)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// revive gives an inactive user a new name and profile.
func (c *Users) revive(ctx context.Context, s Scope, id string, spec v1alpha1.ProvisionedUserSpec) (*v1alpha1.ProvisionedUser, error) {
	return c.update(ctx, s, id, func(u *v1alpha1.ProvisionedUser) error {
		if u.IsActive() {
			return errorf(Uniqueness, "externalId %q belongs to the active user %q with id %s: update that user, or deactivate it first",
				spec.ExternalID, u.Spec.UserName, u.SCIMID())
		}
		u.Spec = *spec.DeepCopy()
		return nil
	})
}

// Update applies mutate to the spec of the user with id and writes what
// changed. Mutate may be called several times, each time with a fresh spec; it
// cannot change the SyncConfig or the id.
func (c *Users) Update(ctx context.Context, s Scope, id string, mutate func(*v1alpha1.ProvisionedUserSpec) error) (*v1alpha1.ProvisionedUser, error) {
	return c.update(ctx, s, id, func(u *v1alpha1.ProvisionedUser) error { return mutate(&u.Spec) })
}

// Names gives the userName of each id that belongs to a known user.
func (c *Users) Names(ctx context.Context, s Scope, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	opts := []client.ListOption{client.UnsafeDisableDeepCopy}
	for _, id := range ids {
		found, err := c.cached(ctx, s, v1alpha1.IndexID, id, opts...)
		if err != nil {
			return nil, err
		}
		// The first look-up has waited for all changes answered before.
		opts = []client.ListOption{client.UnsafeDisableDeepCopy, client.DisableReadYourWritesConsistency}
		if len(found) > 0 {
			names[id] = found[0].Spec.UserName
		}
	}
	return names, nil
}
