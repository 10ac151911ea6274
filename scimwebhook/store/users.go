package store

import (
	"context"
	"errors"

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
		name:       func(u *v1alpha1.ProvisionedUser) string { return u.Spec.UserName },
		externalID: func(u *v1alpha1.ProvisionedUser) string { return u.Spec.ExternalID },
	})}
}

// Create makes a user, whose SyncConfig and id the store sets. A userName that
// exists in any letter case is refused. An externalId that an inactive user
// has means the same person under a new name: that user becomes what spec
// says, and keeps its id.
func (c *Users) Create(ctx context.Context, s Scope, spec v1alpha1.ProvisionedUserSpec) (*v1alpha1.ProvisionedUser, error) {
	return c.uncontested(ctx, func() (*v1alpha1.ProvisionedUser, error) {
		if err := c.refuseKnown(ctx, s, spec.UserName); err != nil {
			return nil, err
		}
		same, err := c.sameExternalID(ctx, s, spec.ExternalID)
		if err != nil {
			return nil, err
		}
		for _, user := range same {
			revived, err := c.revive(ctx, s, user.SCIMID(), spec)
			if !isGone(err) {
				return revived, err
			}
		}
		return c.create(ctx, s, &v1alpha1.ProvisionedUser{Spec: *spec.DeepCopy()})
	})
}

// revive gives an inactive user a new name and profile. A user who has another
// externalId by now, or is deleted, is gone.
func (c *Users) revive(ctx context.Context, s Scope, id string, spec v1alpha1.ProvisionedUserSpec) (*v1alpha1.ProvisionedUser, error) {
	return c.update(ctx, s, id, func(u *v1alpha1.ProvisionedUser) error {
		switch {
		case u.Spec.ExternalID != spec.ExternalID:
			return c.notFound(id)
		case u.IsActive():
			return errorf(Uniqueness, "externalId %q belongs to the active user %q with id %s: update that user, or deactivate it first",
				spec.ExternalID, u.Spec.UserName, u.SCIMID())
		}
		u.Spec = *spec.DeepCopy()
		return nil
	})
}

func isGone(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == NotFound
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
		opts = asIs
		if len(found) > 0 {
			names[id] = found[0].Spec.UserName
		}
	}
	return names, nil
}
