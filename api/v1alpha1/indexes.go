package v1alpha1

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Names of the indexes over cached objects. Every key of a user or group
// begins with the SyncConfig's name, so that nothing of one SyncConfig is
// found through another; make keys with IndexKey. A MembershipSlice belongs to
// the SyncConfig of its group, and its keys are plain. Look-ups are per
// namespace.
const (
	// IndexSyncConfig finds users and groups by SyncConfig name alone.
	IndexSyncConfig = "syncConfig"
	// IndexID finds users and groups by SCIM id.
	IndexID = "id"
	// IndexName finds users by folded userName, groups by folded displayName.
	IndexName = "name"
	// IndexExternalID finds users and groups by externalId, exactly.
	IndexExternalID = "externalId"
	// IndexMember finds groups and slices by the SCIM id of a member that they
	// hold themselves.
	IndexMember = "member"
	// IndexGroup finds slices by the name of their group.
	IndexGroup = "group"
	// IndexPlace finds users by the accounts, and groups by the groups, that
	// they manage in directories; make keys with AccountPlace and GroupPlace.
	IndexPlace = "place"
	// IndexRevisited finds, by SyncConfig name, users who are looked at after
	// every reading of a directory: it may have become what they wait for.
	IndexRevisited = "revisited"
)

// IndexKey is the key of value in an index of one SyncConfig.
func IndexKey(syncConfigName, value string) string {
	return syncConfigName + "/" + value
}

// Fold maps names that differ only in letter case to one key, as userName
// and displayName compare (RFC 7643 section 4.1.1, caseExact false).
func Fold(name string) string {
	return strings.ToLower(name)
}

// AccountPlace is the value in IndexPlace of an account in a directory.
func AccountPlace(target, id string) string { return target + "/" + id }

// GroupPlace is the value in IndexPlace of a group in a directory, whose name
// is the same in any letter case.
func GroupPlace(target, groupName string) string { return target + "/" + Fold(groupName) }

// Object is what can be indexed; client.Object satisfies it.
// +kubebuilder:object:generate=false
type Object interface {
	metav1.Object
	runtime.Object
}

// Index is one index over a kind: its name and the keys of an object.
// +kubebuilder:object:generate=false
type Index struct {
	Kind Object
	Name string
	Keys func(Object) []string
}

// Indexes lists every index that the SCIM server and the controllers use.
// Register them all with a cache before it starts.
func Indexes() []Index {
	return []Index{
		userIndex(IndexSyncConfig, func(u *ProvisionedUser) []string { return []string{u.Spec.SyncConfigName} }),
		userIndex(IndexID, func(u *ProvisionedUser) []string {
			return []string{IndexKey(u.Spec.SyncConfigName, u.SCIMID())}
		}),
		userIndex(IndexName, func(u *ProvisionedUser) []string {
			return []string{IndexKey(u.Spec.SyncConfigName, Fold(u.Spec.UserName))}
		}),
		userIndex(IndexExternalID, func(u *ProvisionedUser) []string {
			return optionalKey(u.Spec.SyncConfigName, u.Spec.ExternalID)
		}),
		userIndex(IndexPlace, accountKeys),
		userIndex(IndexRevisited, revisitedKeys),
		groupIndex(IndexSyncConfig, func(g *ProvisionedGroup) []string { return []string{g.Spec.SyncConfigName} }),
		groupIndex(IndexID, func(g *ProvisionedGroup) []string {
			return []string{IndexKey(g.Spec.SyncConfigName, g.SCIMID())}
		}),
		groupIndex(IndexName, func(g *ProvisionedGroup) []string {
			return []string{IndexKey(g.Spec.SyncConfigName, Fold(g.Spec.DisplayName))}
		}),
		groupIndex(IndexExternalID, func(g *ProvisionedGroup) []string {
			return optionalKey(g.Spec.SyncConfigName, g.Spec.ExternalID)
		}),
		groupIndex(IndexMember, memberKeys),
		groupIndex(IndexPlace, placeKeys),
		sliceIndex(IndexGroup, func(s *MembershipSlice) []string { return []string{s.Spec.GroupName} }),
		sliceIndex(IndexMember, func(s *MembershipSlice) []string { return s.Spec.Members }),
	}
}

func memberKeys(g *ProvisionedGroup) []string {
	keys := make([]string, 0, len(g.Spec.Members))
	for _, id := range g.Spec.Members {
		keys = append(keys, IndexKey(g.Spec.SyncConfigName, id))
	}
	return keys
}

func accountKeys(u *ProvisionedUser) []string {
	var keys []string
	for i := range u.Status.Directories {
		if e := &u.Status.Directories[i]; e.Managed && e.ID != "" {
			keys = append(keys, IndexKey(u.Spec.SyncConfigName, AccountPlace(e.Target, e.ID)))
		}
	}
	return keys
}

// revisitedKeys finds who is stalled, waits for a default group, or has left
// and is kept out of all groups.
func revisitedKeys(u *ProvisionedUser) []string {
	waits := func(e UserDirectoryStatus) bool { return e.OutOfGroups || len(e.PendingDefaultGroups) > 0 }
	if meta.IsStatusConditionTrue(u.Status.Conditions, ConditionStalled) || slices.ContainsFunc(u.Status.Directories, waits) {
		return []string{u.Spec.SyncConfigName}
	}
	return nil
}

func placeKeys(g *ProvisionedGroup) []string {
	var keys []string
	for i := range g.Status.Directories {
		if e := &g.Status.Directories[i]; e.Managed && e.GroupName != "" {
			keys = append(keys, IndexKey(g.Spec.SyncConfigName, GroupPlace(e.Target, e.GroupName)))
		}
	}
	return keys
}

func optionalKey(syncConfigName, value string) []string {
	if value == "" {
		return nil
	}
	return []string{IndexKey(syncConfigName, value)}
}

func userIndex(name string, keys func(*ProvisionedUser) []string) Index {
	return Index{Kind: &ProvisionedUser{}, Name: name, Keys: func(o Object) []string {
		return keys(o.(*ProvisionedUser))
	}}
}

func groupIndex(name string, keys func(*ProvisionedGroup) []string) Index {
	return Index{Kind: &ProvisionedGroup{}, Name: name, Keys: func(o Object) []string {
		return keys(o.(*ProvisionedGroup))
	}}
}

func sliceIndex(name string, keys func(*MembershipSlice) []string) Index {
	return Index{Kind: &MembershipSlice{}, Name: name, Keys: func(o Object) []string {
		return keys(o.(*MembershipSlice))
	}}
}
