package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Orphan is an account in a directory behind which no user of a SyncConfig
// stands: it was there before, was made by hand, or stayed when its user went.
type Orphan struct {
	// Directory is the directory's name in the SyncConfig.
	Directory string `json:"directory"`
	// Username and DisplayName are the account's.
	Username    string `json:"username"`
	DisplayName string `json:"displayName"`
	// Active says whether it may sign in.
	Active bool `json:"active"`
	// Self says that atlassync itself signs in with it.
	Self bool `json:"self,omitempty"`
}

// Orphans lists the accounts that nobody provisions, in every directory of a
// SyncConfig. It reads the directories and changes nothing, neither there nor
// in Kubernetes. A directory that cannot be read as a whole is an error, next
// to what the others show.
func Orphans(ctx context.Context, reader client.Reader, connectors map[string]directory.Connector, key types.NamespacedName) ([]Orphan, error) {
	config := &v1alpha1.SyncConfig{}
	if err := reader.Get(ctx, key, config); err != nil {
		return nil, fmt.Errorf("read SyncConfig %s: %w", key, err)
	}
	users := &v1alpha1.ProvisionedUserList{}
	if err := reader.List(ctx, users, client.InNamespace(key.Namespace)); err != nil {
		return nil, fmt.Errorf("list the users in namespace %s: %w", key.Namespace, err)
	}
	var orphans []Orphan
	var failures []error
	for i := range config.Spec.Directories {
		dir := &config.Spec.Directories[i]
		found, err := orphansIn(ctx, reader, connectors, config, dir, accountsOf(users.Items, config, dir))
		orphans = append(orphans, found...)
		if err != nil {
			failures = append(failures, fmt.Errorf("directory %s: %w", dir.Name, err))
		}
	}
	return orphans, errors.Join(failures...)
}

// accountsOf are the ids of the accounts that users stand behind.
func accountsOf(users []v1alpha1.ProvisionedUser, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) map[string]struct{} {
	ours := map[string]struct{}{}
	for i := range users {
		if account, managed := accountOf(&users[i], dir); managed && users[i].Spec.SyncConfigName == config.Name {
			ours[account.ID] = struct{}{}
		}
	}
	return ours
}

func orphansIn(ctx context.Context, reader client.Reader, connectors map[string]directory.Connector, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, ours map[string]struct{}) ([]Orphan, error) {
	settings, err := settingsReader{live: reader, userAgent: "atlassync"}.settings(ctx, config.Namespace, dir)
	if err != nil {
		return nil, err
	}
	connect, ok := connectors[settings.Product]
	if !ok {
		return nil, fmt.Errorf("there is no client for product %s", settings.Product)
	}
	d, err := connect(settings)
	if err != nil {
		return nil, err
	}
	info, err := d.Probe(ctx)
	if err != nil {
		return nil, err
	}
	var orphans []Orphan
	for account, err := range d.EachUser(ctx) {
		if err != nil {
			return nil, err
		}
		if _, managed := ours[account.ID]; managed {
			continue
		}
		orphans = append(orphans, Orphan{
			Directory: dir.Name, Username: account.Name, DisplayName: account.DisplayName, Active: account.Active,
			Self: directory.SameName(account.Name, info.Self),
		})
	}
	slices.SortFunc(orphans, func(a, b Orphan) int { return strings.Compare(a.Username, b.Username) })
	return orphans, nil
}
