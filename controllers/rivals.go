package controllers

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// Several SyncConfigs may feed one directory, each with people and groups of
// its own. An account or group that one of them manages is no other's: they
// would fight over it, and the one would remove whom the other keeps.

// rival is an entry of another SyncConfig that leads to the same directory.
type rival struct {
	config *v1alpha1.SyncConfig
	dir    *v1alpha1.DirectorySpec
}

// rivals are the entries of other SyncConfigs that lead to a directory.
func (b *base) rivals(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) ([]rival, error) {
	configs := &v1alpha1.SyncConfigList{}
	// Where a SyncConfig leads is nothing that this process writes: it need not
	// wait for its own writes of their status.
	err := b.client.List(ctx, configs, client.UnsafeDisableDeepCopy, client.DisableReadYourWritesConsistency)
	if err != nil {
		return nil, fmt.Errorf("look for other SyncConfigs of directory %s: %w", dir.Name, err)
	}
	var found []rival
	for i := range configs.Items {
		other := &configs.Items[i]
		if client.ObjectKeyFromObject(other) == client.ObjectKeyFromObject(config) || !other.DeletionTimestamp.IsZero() {
			continue
		}
		for j := range other.Spec.Directories {
			if plan.SameDirectory(dir, &other.Spec.Directories[j]) {
				found = append(found, rival{other, &other.Spec.Directories[j]})
			}
		}
	}
	return found, nil
}

// title is how messages call an object of a rival.
func (r rival) title(name string) string {
	return fmt.Sprintf("%s of SyncConfig %s", name, client.ObjectKeyFromObject(r.config))
}

// accountOfRival names a user of another SyncConfig whose account this is;
// empty if there is none. If both are linked to it, it is the older one's.
func (r *UserReconciler) accountOfRival(ctx context.Context, work *userWork, dir *v1alpha1.DirectorySpec, found plan.UserFound) (string, error) {
	account := found.Linked
	if account == nil {
		account = found.Named
	}
	if account == nil {
		return "", nil
	}
	rivals, err := r.rivals(ctx, work.config.SyncConfig, dir)
	for _, other := range rivals {
		users := &v1alpha1.ProvisionedUserList{}
		if err := r.listAt(ctx, users, other, v1alpha1.AccountPlace(other.dir.Target(), account.ID)); err != nil {
			return "", err
		}
		for i := range users.Items {
			user := &users.Items[i]
			if rememberedUser(user, other.dir).Managed && (found.Linked == nil || older(user, work.user)) {
				return other.title(user.Spec.UserName), nil
			}
		}
	}
	return "", err
}

// listAt lists the objects of a rival that manage something in a directory.
func (b *base) listAt(ctx context.Context, list client.ObjectList, other rival, place string) error {
	err := b.client.List(ctx, list, client.InNamespace(other.config.Namespace), client.UnsafeDisableDeepCopy,
		client.MatchingFields{v1alpha1.IndexPlace: v1alpha1.IndexKey(other.config.Name, place)})
	if err != nil {
		return fmt.Errorf("look for who manages %s in SyncConfig %s: %w", place, client.ObjectKeyFromObject(other.config), err)
	}
	return nil
}

// groupOfRival names a group of another SyncConfig that keeps up the group of
// a name in the directory; empty if there is none. If it is ours as
// well, only an older one counts.
func (r *GroupReconciler) groupOfRival(ctx context.Context, work *groupWork, open *openDirectory, name string, ours bool) (string, error) {
	if name == "" {
		return "", nil
	}
	rivals, err := r.rivals(ctx, work.config.SyncConfig, open.spec)
	for _, other := range rivals {
		groups := &v1alpha1.ProvisionedGroupList{}
		if err := r.listAt(ctx, groups, other, v1alpha1.GroupPlace(other.dir.Target(), name)); err != nil {
			return "", err
		}
		for i := range groups.Items {
			group := &groups.Items[i]
			if rememberedGroup(group, other.dir).Managed && (!ours || older(group, work.group)) {
				return other.title(group.Spec.DisplayName), nil
			}
		}
	}
	return "", err
}

// regardRivals has the group leave to others what other SyncConfigs keep up.
func (r *GroupReconciler) regardRivals(ctx context.Context, work *groupWork, open *openDirectory, want *plan.WantedGroup, link plan.GroupLink) error {
	holder, err := r.groupOfRival(ctx, work, open, want.Name, link.Managed && directory.SameName(link.Name, want.Name))
	if err != nil {
		return err
	}
	if want.NameHolder == "" {
		want.NameHolder = holder
	}
	if !link.Managed || want.SharedBy != "" {
		return nil
	}
	want.SharedBy, err = r.groupOfRival(ctx, work, open, link.Name, false)
	return err
}

// older reports whether an object was made before another.
func older(object, other client.Object) bool {
	a, b := object.GetCreationTimestamp(), other.GetCreationTimestamp()
	if a.Equal(&b) {
		return object.GetUID() < other.GetUID()
	}
	return a.Before(&b)
}
