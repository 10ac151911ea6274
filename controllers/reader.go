package controllers

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/compact"
)

// reader reads the objects of SyncConfigs, one after the other: all of them at
// once may be more than there is memory for.
type reader struct {
	// client reads from the cache and writes to the API server.
	client client.Client
	// objects are what the cache holds; nil if client reads from elsewhere.
	objects *compact.Cache
}

// eachUser visits the users of a SyncConfig until a visit fails. They are read
// and not changed.
func (r reader) eachUser(ctx context.Context, config *v1alpha1.SyncConfig, visit func(*v1alpha1.ProvisionedUser) error) error {
	return r.eachUserAt(ctx, config, v1alpha1.IndexSyncConfig, config.Name, visit)
}

// eachUserAt visits those users of a SyncConfig that have a key in an index.
func (r reader) eachUserAt(ctx context.Context, config *v1alpha1.SyncConfig, index, key string, visit func(*v1alpha1.ProvisionedUser) error) error {
	return r.each(ctx, config, &v1alpha1.ProvisionedUser{}, &v1alpha1.ProvisionedUserList{}, index, key, func(object client.Object) error {
		return visit(object.(*v1alpha1.ProvisionedUser))
	})
}

// eachGroup visits the groups of a SyncConfig in the same way.
func (r reader) eachGroup(ctx context.Context, config *v1alpha1.SyncConfig, visit func(*v1alpha1.ProvisionedGroup) error) error {
	return r.each(ctx, config, &v1alpha1.ProvisionedGroup{}, &v1alpha1.ProvisionedGroupList{}, v1alpha1.IndexSyncConfig, config.Name, func(object client.Object) error {
		return visit(object.(*v1alpha1.ProvisionedGroup))
	})
}

func (r reader) each(ctx context.Context, config *v1alpha1.SyncConfig, example client.Object, list client.ObjectList, index, key string, visit func(client.Object) error) error {
	if r.objects == nil {
		if err := r.list(ctx, config, list, index, key); err != nil {
			return err
		}
		return meta.EachListItem(list, func(object runtime.Object) error { return visit(object.(client.Object)) })
	}
	if err := r.catchUp(ctx, config, list); err != nil {
		return err
	}
	return r.objects.Each(example, config.Namespace, index, key, visit)
}

// userKeys gives a test for the keys that users have in an index now. Only a
// reader of the cache can.
func (r reader) userKeys(ctx context.Context, config *v1alpha1.SyncConfig, index string) (held func(key string) bool, err error) {
	if err := r.catchUp(ctx, config, &v1alpha1.ProvisionedUserList{}); err != nil {
		return nil, err
	}
	values, err := r.objects.Values(&v1alpha1.ProvisionedUser{}, index)
	return func(key string) bool { return values(config.Namespace, key) }, err
}

// userNames and groupNames give the names of the objects of a SyncConfig.
func (r reader) userNames(ctx context.Context, config *v1alpha1.SyncConfig) ([]types.NamespacedName, error) {
	return r.names(ctx, config, &v1alpha1.ProvisionedUser{}, &v1alpha1.ProvisionedUserList{})
}

func (r reader) groupNames(ctx context.Context, config *v1alpha1.SyncConfig) ([]types.NamespacedName, error) {
	return r.names(ctx, config, &v1alpha1.ProvisionedGroup{}, &v1alpha1.ProvisionedGroupList{})
}

func (r reader) names(ctx context.Context, config *v1alpha1.SyncConfig, example client.Object, list client.ObjectList) (names []types.NamespacedName, err error) {
	if r.objects == nil {
		err := r.each(ctx, config, example, list, v1alpha1.IndexSyncConfig, config.Name, func(object client.Object) error {
			names = append(names, client.ObjectKeyFromObject(object))
			return nil
		})
		return names, err
	}
	if err := r.catchUp(ctx, config, list); err != nil {
		return nil, err
	}
	return r.objects.Names(example, config.Namespace, v1alpha1.IndexSyncConfig, config.Name)
}

// catchUp waits until the cache shows what this process has written, as every
// list does. This one is of nobody, since nobody is without a name.
func (r reader) catchUp(ctx context.Context, config *v1alpha1.SyncConfig, list client.ObjectList) error {
	return r.list(ctx, config, list, v1alpha1.IndexName, v1alpha1.IndexKey(config.Name, ""))
}

func (r reader) list(ctx context.Context, config *v1alpha1.SyncConfig, list client.ObjectList, index, key string) error {
	err := r.client.List(ctx, list, client.InNamespace(config.Namespace), client.UnsafeDisableDeepCopy, client.MatchingFields{index: key})
	if err != nil {
		return fmt.Errorf("list objects of SyncConfig %s: %w", client.ObjectKeyFromObject(config), err)
	}
	return nil
}
