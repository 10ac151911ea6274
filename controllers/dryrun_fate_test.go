package controllers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// fate is what is shown, or was done, by "user NAME" or "group NAME": the
// actions in words, sorted, and "held" if a removal is. Nothing is left out.
type fate map[string]string

func (f fate) set(kind, name string, actions ...string) {
	actions = slices.DeleteFunc(actions, func(a string) bool { return a == "" })
	slices.Sort(actions)
	if len(actions) > 0 {
		f[kind+" "+name] = strings.Join(actions, ", ")
	}
}

// estate is everything that a stage has at one moment.
type estate struct {
	users  map[string]v1alpha1.ProvisionedUser
	groups map[string]v1alpha1.ProvisionedGroup
	jira   directorytest.State
}

func (s *stage) estate(ctx context.Context) estate {
	GinkgoHelper()
	users, groups := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}
	Expect(env.Client.List(ctx, users, client.InNamespace(s.namespace))).To(Succeed())
	Expect(env.Client.List(ctx, groups, client.InNamespace(s.namespace))).To(Succeed())
	e := estate{map[string]v1alpha1.ProvisionedUser{}, map[string]v1alpha1.ProvisionedGroup{}, s.jira.State()}
	for _, user := range users.Items {
		e.users[user.Name] = user
	}
	for _, group := range groups.Items {
		e.groups[group.Name] = group
	}
	return e
}

func heldWord(held []v1alpha1.HeldRemoval) string {
	if len(held) > 0 {
		return "held"
	}
	return ""
}

// shown is what the objects show as planned.
func (e estate) shown() fate {
	shown := fate{}
	for name, user := range e.users {
		for _, entry := range user.Status.Directories {
			shown.set("user", name, append(strings.Split(entry.PlannedAction, ", "), heldWord(entry.HeldRemovals))...)
		}
	}
	for name, group := range e.groups {
		for _, entry := range group.Status.Directories {
			shown.set("group", name, append(strings.Split(entry.PlannedAction, ", "), heldWord(entry.HeldRemovals))...)
		}
	}
	return shown
}

// accounts are those of a directory by their ids.
func (e estate) accounts() map[string]directory.User {
	accounts := map[string]directory.User{}
	for _, account := range e.jira.Users {
		accounts[account.ID] = account
	}
	return accounts
}

// members are the ids of a directory group's members.
func (e estate) members(name string) map[string]bool {
	members := map[string]bool{}
	for _, username := range e.jira.Groups[name] {
		account, _ := e.jira.User(username)
		members[account.ID] = true
	}
	return members
}

// sent are the ids of the accounts that the source wants in a group.
func (e estate) sent(group string) map[string]bool {
	sent := map[string]bool{}
	for _, user := range e.users {
		if slices.Contains(e.groups[group].Spec.Members, user.Spec.ID) {
			sent[userEntry(user).ID] = true
		}
	}
	return sent
}

func userEntry(user v1alpha1.ProvisionedUser) v1alpha1.UserDirectoryStatus {
	if len(user.Status.Directories) == 0 {
		return v1alpha1.UserDirectoryStatus{}
	}
	return user.Status.Directories[0]
}

func groupEntry(group v1alpha1.ProvisionedGroup) v1alpha1.GroupDirectoryStatus {
	if len(group.Status.Directories) == 0 {
		return v1alpha1.GroupDirectoryStatus{}
	}
	return group.Status.Directories[0]
}

// done is what was done in the directory, as the directory shows it.
func done(before, after estate) fate {
	d := deed{
		before: before, after: after, was: before.accounts(), is: after.accounts(), did: fate{},
		ofGroups: map[string]bool{}, joined: map[string]bool{}, left: map[string]bool{},
	}
	for name := range before.groups {
		d.ofGroups[groupEntry(before.groups[name]).GroupName] = true
		d.ofGroups[groupEntry(after.groups[name]).GroupName] = true
	}
	for name := range before.users {
		d.user(name)
	}
	for name := range before.groups {
		d.group(name)
	}
	return d.did
}

// deed is what becomes known of what was done between two moments.
type deed struct {
	before, after estate
	// was and is are the accounts of before and after, by id.
	was, is map[string]directory.User
	did     fate
	// ofGroups are the directory groups that stand for groups of the source.
	ofGroups map[string]bool
	// joined are the default groups, as "group id", and left the accounts
	// that went out of all groups: the groups themselves do not show those.
	joined, left map[string]bool
}

func (d *deed) user(name string) {
	old, now := userEntry(d.before.users[name]), userEntry(d.after.users[name])
	id := old.ID
	if id == "" {
		id = now.ID
	}
	_, existed := d.was[id]
	_, exists := d.is[id]
	var actions []string
	switch {
	case existed && !exists:
		actions = append(actions, "delete")
	case !existed && exists:
		actions = append(actions, "create")
	case existed:
		actions = changes(d.was[id], d.is[id])
		if now.Managed && !old.Managed {
			actions = append(actions, "adopt")
		}
		if now.OutOfGroups && !old.OutOfGroups {
			actions, d.left[id] = append(actions, "leave groups"), true
		}
	}
	d.did.set("user", name, append(actions, d.defaults(id, old, now), heldWord(now.HeldRemovals))...)
}

// defaults is the word for the default groups that an account was put into.
func (d *deed) defaults(id string, old, now v1alpha1.UserDirectoryStatus) string {
	for _, group := range old.DefaultGroups {
		d.joined[group+" "+id] = true
	}
	given := 0
	for _, group := range now.DefaultGroups {
		if slices.Contains(old.DefaultGroups, group) {
			continue
		}
		given++
		d.joined[group+" "+id] = true
		if d.before.jira.Groups[group] == nil && !d.ofGroups[group] {
			d.did["created "+group] = ""
		}
	}
	return counted("join %d default groups", given)
}

// counted is a word for so many; none for none.
func counted(format string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(format, n)
}

func (d *deed) group(name string) {
	old, now := groupEntry(d.before.groups[name]), groupEntry(d.after.groups[name])
	at := now.GroupName
	if at == "" {
		at = old.GroupName
	}
	var actions []string
	existed, exists := d.before.jira.Groups[at] != nil, d.after.jira.Groups[at] != nil
	switch {
	case !existed && exists:
		actions = append(actions, "create")
	case existed && !exists:
		d.did.set("group", name, "delete")
		return
	case now.Managed && !old.Managed:
		actions = append(actions, "adopt")
	}
	if old.GroupName != "" && old.GroupName != at {
		actions = append(actions, "retire")
	}
	added, removed := d.members(name, at)
	d.did.set("group", name, append(actions, counted("add %d", added), counted("remove %d", removed), heldWord(now.HeldRemovals))...)
}

// members counts who came into the directory group and who went out of it
// because of the group, and not because of default groups or of who left.
func (d *deed) members(name, at string) (added, removed int) {
	had, has, sent := d.before.members(at), d.after.members(at), d.after.sent(name)
	for id := range has {
		if !had[id] && (!d.joined[at+" "+id] || sent[id]) {
			added++
		}
	}
	for id := range had {
		_, exists := d.is[id]
		if !has[id] && (!d.left[id] || !sent[id]) && (exists || !d.joined[at+" "+id]) {
			removed++
		}
	}
	return added, removed
}

// changes are what became of one account.
func changes(was, is directory.User) []string {
	var actions []string
	if was.Name != is.Name {
		actions = append(actions, "rename")
	}
	if was.DisplayName != is.DisplayName || was.Email != is.Email {
		actions = append(actions, "update")
	}
	switch {
	case was.Active && !is.Active:
		actions = append(actions, "disable")
	case !was.Active && is.Active:
		actions = append(actions, "enable")
	}
	return actions
}

// withoutCreatedGroups takes the default groups that are created out of the
// actions of users, each to stand for itself.
func (f fate) withoutCreatedGroups() fate {
	plain := fate{}
	for object, actions := range f {
		var rest []string
		for action := range strings.SplitSeq(actions, ", ") {
			if name, ok := strings.CutPrefix(action, "create group "); ok {
				plain["created "+name] = ""
				continue
			}
			rest = append(rest, action)
		}
		kind, name, _ := strings.Cut(object, " ")
		plain.set(kind, name, rest...)
		if actions == "" {
			plain[object] = ""
		}
	}
	return plain
}
