package controllers

import (
	"context"
	"fmt"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// snapshot is a client that lists the users, groups and slices of a SyncConfig
// as they were when it was made, and what a preview makes of their status.
// Should anything be written with it all the same, the API server is asked for
// a dry run.
type snapshot struct {
	client.Client
	// objects are found by their list's type and key in an index.
	objects map[reflect.Type]map[indexKey][]client.Object

	users  []*v1alpha1.ProvisionedUser
	groups []*v1alpha1.ProvisionedGroup
	// configs are all SyncConfigs of the namespace.
	configs v1alpha1.SyncConfigList
}

type indexKey struct{ index, key string }

// takeSnapshot lists what belongs to a SyncConfig.
func takeSnapshot(ctx context.Context, from client.Client, config *v1alpha1.SyncConfig) (*snapshot, error) {
	s := &snapshot{Client: client.NewDryRunClient(from), objects: map[reflect.Type]map[indexKey][]client.Object{}}
	users, groups, pages := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}, &v1alpha1.MembershipSliceList{}
	for _, list := range []client.ObjectList{users, groups, pages} {
		if err := from.List(ctx, list, client.InNamespace(config.Namespace)); err != nil {
			return nil, fmt.Errorf("list the %T in namespace %s: %w", list, config.Namespace, err)
		}
		s.objects[reflect.TypeOf(list)] = map[indexKey][]client.Object{}
	}
	// Those of other SyncConfigs may stand in the way.
	if err := from.List(ctx, &s.configs, client.InNamespace(config.Namespace)); err != nil && !apierrors.IsForbidden(err) {
		return nil, fmt.Errorf("list the SyncConfigs in namespace %s: %w", config.Namespace, err)
	}
	for i := range users.Items {
		user := &users.Items[i]
		s.add(users, user)
		if user.Spec.SyncConfigName == config.Name {
			s.users = append(s.users, user)
		}
	}
	for i := range groups.Items {
		group := &groups.Items[i]
		s.add(groups, group)
		if group.Spec.SyncConfigName == config.Name {
			s.groups = append(s.groups, group)
		}
	}
	for i := range pages.Items {
		s.add(pages, &pages.Items[i])
	}
	return s, nil
}

func (s *snapshot) add(list client.ObjectList, object client.Object) {
	found := s.objects[reflect.TypeOf(list)]
	for _, index := range v1alpha1.Indexes() {
		if reflect.TypeOf(index.Kind) != reflect.TypeOf(object) {
			continue
		}
		for _, key := range index.Keys(object) {
			at := indexKey{index.Name, key}
			found[at] = append(found[at], object)
		}
	}
}

// List gives what an index finds; all in the snapshot are of one namespace.
func (s *snapshot) List(_ context.Context, list client.ObjectList, options ...client.ListOption) error {
	if configs, ok := list.(*v1alpha1.SyncConfigList); ok {
		configs.Items = s.configs.Items
		return nil
	}
	found, known := s.objects[reflect.TypeOf(list)]
	asked := (&client.ListOptions{}).ApplyOptions(options)
	if !known || asked.FieldSelector == nil || len(asked.FieldSelector.Requirements()) != 1 {
		return fmt.Errorf("a preview has no such list: %T", list)
	}
	by := asked.FieldSelector.Requirements()[0]
	var items []runtime.Object
	for _, object := range found[indexKey{by.Field, by.Value}] {
		items = append(items, object)
	}
	if err := meta.SetList(list, items); err != nil {
		return fmt.Errorf("list %T: %w", list, err)
	}
	return nil
}
