package controllers

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// knownMembers remembers what the members of large groups were found to be, so
// that one member more does not cost a look at all others. Of a user that
// changes everything is forgotten before the groups are looked at again.
type knownMembers struct {
	mu      sync.Mutex
	scopes  map[claimScope]*knownScope
	lookUps int64
	// largerThan is how many members a group has that is not large.
	largerThan int
}

// knownScope is what is known in one directory, for one version of the
// SyncConfig's spec.
type knownScope struct {
	version specVersion
	members map[string]knownMember // by SCIM id
}

// knownMember is a member that has been looked up, or is being looked up.
type knownMember struct {
	member
	// lookUp is the number of the one that is under way; 0 if none is.
	lookUp int64
}

// member is what somebody's being a member leads to in a directory.
type member struct {
	id, name string
	standing standing
}

type standing uint8

const (
	// standsOut has no part in the group.
	standsOut standing = iota
	// standsIn is to be in the group.
	standsIn
	// isBarred is to be in no group.
	isBarred
	// isPending has no account yet.
	isPending
)

func newKnownMembers() *knownMembers {
	return &knownMembers{scopes: map[claimScope]*knownScope{}, largerThan: v1alpha1.MaxMembers}
}

// find gives what is known of a member, or makes it known by a look.
func (k *knownMembers) find(scope claimScope, version specVersion, id string, look func() (member, error)) (member, error) {
	known, lookUp := k.begin(scope, version, id)
	if lookUp == 0 {
		return known, nil
	}
	found, err := look()
	if err == nil {
		k.end(scope, version, id, knownMember{found, lookUp})
	}
	return found, err
}

// begin gives a member that is known, or the number of a look-up.
func (k *knownMembers) begin(scope claimScope, version specVersion, id string) (known member, lookUp int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	in := k.scopes[scope]
	if in == nil || in.version != version {
		in = &knownScope{version: version, members: map[string]knownMember{}}
		k.scopes[scope] = in
	}
	if known, ok := in.members[id]; ok && known.lookUp == 0 {
		return known.member, 0
	}
	k.lookUps++
	in.members[id] = knownMember{lookUp: k.lookUps}
	return member{}, k.lookUps
}

// end remembers what a look-up found, unless the user has changed meanwhile.
func (k *knownMembers) end(scope claimScope, version specVersion, id string, found knownMember) {
	k.mu.Lock()
	defer k.mu.Unlock()
	in := k.scopes[scope]
	if in != nil && in.version == version && in.members[id].lookUp == found.lookUp {
		in.members[id] = knownMember{member: found.member}
	}
}

// forget is for a user that has changed.
func (k *knownMembers) forget(user *v1alpha1.ProvisionedUser) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for scope, in := range k.scopes {
		if scope.config.Namespace == user.Namespace && scope.config.Name == user.Spec.SyncConfigName {
			delete(in.members, user.SCIMID())
		}
	}
}

// forgetConfig is for a SyncConfig that is gone.
func (k *knownMembers) forgetConfig(config types.NamespacedName) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for scope := range k.scopes {
		if scope.config == config {
			delete(k.scopes, scope)
		}
	}
}

// memberFinder gives what tells of the members of a group of that size what
// they are in a directory. What a dry run finds holds for nobody else.
func (r *GroupReconciler) memberFinder(ctx context.Context, work *groupWork, open *openDirectory, size int) func(id string) (member, error) {
	look := func(id string) (member, error) { return r.lookUpMember(ctx, work, open, id) }
	if size <= r.known.largerThan || open.dryRun {
		return look
	}
	scope, version := claimScopeOf(work.config, open.spec), work.config.version()
	return func(id string) (member, error) {
		return r.known.find(scope, version, id, func() (member, error) { return look(id) })
	}
}

// lookUpMember finds out what a member is to a group in a directory.
func (r *GroupReconciler) lookUpMember(ctx context.Context, work *groupWork, open *openDirectory, id string) (member, error) {
	users := &v1alpha1.ProvisionedUserList{}
	err := r.client.List(ctx, users, client.InNamespace(work.group.Namespace), client.UnsafeDisableDeepCopy,
		client.MatchingFields{v1alpha1.IndexID: v1alpha1.IndexKey(work.config.Name, id)})
	if err != nil {
		return member{}, fmt.Errorf("look up member %s: %w", id, err)
	}
	if len(users.Items) == 0 {
		return member{standing: isPending}, nil
	}
	user := &users.Items[0]
	entry := rememberedUser(user, open.spec)
	if !user.DeletionTimestamp.IsZero() && !undecided(user) && entry.State != v1alpha1.UserHeld {
		return member{standing: standsOut}, nil
	}
	entry = open.asPlanned(user, entry)
	return member{entry.ID, entry.Username, standingOf(entry)}, nil
}

// standingOf is what the user's state in the directory says.
func standingOf(entry v1alpha1.UserDirectoryStatus) standing {
	switch {
	case entry.State == v1alpha1.UserAbsent:
		return standsOut
	case !entry.Managed || entry.Username == "" || entry.ID == "": // without an id it may not be there yet
		return isPending
	case entry.OutOfGroups:
		return isBarred
	}
	return standsIn
}
