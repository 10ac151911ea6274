package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// differences says in what a directory is not as expected: every account once,
// and active exactly if its user is; every group with its members, and no more.
func differences(want expected, directory string, held userbase.State) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, directory+": "+fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	for _, u := range held.Users {
		name := fold(u.Name)
		wanted, ok := want.accounts[name]
		switch {
		case seen[name]:
			say("account %s is there twice", u.Name)
		case !ok:
			say("account %s is there, and its user is not", u.Name)
		case u.Active != wanted.active:
			say("account %s is active: %t, its user: %t", u.Name, u.Active, wanted.active)
		case u.DisplayName != wanted.displayName:
			say("account %s is called %q and not %q", u.Name, u.DisplayName, wanted.displayName)
		}
		seen[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(want.accounts)) {
		if !seen[name] {
			say("user %s has no account", name)
		}
	}
	return append(found, memberDifferences(want, directory, held)...)
}

func memberDifferences(want expected, directory string, held userbase.State) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, directory+": "+fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	for _, g := range held.Groups {
		if !strings.HasPrefix(g.Name, "group-") {
			continue // the product's own
		}
		seen[g.Name] = true
		members, ok := want.members[g.Name]
		if !ok {
			say("group %s is there, and was deleted", g.Name)
			continue
		}
		if extra := minus(g.Members, members); len(extra) > 0 {
			say("group %s has %s too many: %s", g.Name, plural(len(extra)), strings.Join(extra, ", "))
		}
		if missing := minus(members, g.Members); len(missing) > 0 {
			say("group %s lacks %s: %s", g.Name, plural(len(missing)), strings.Join(missing, ", "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want.members)) {
		if !seen[name] {
			say("group %s is not there", name)
		}
	}
	return found
}

func plural(n int) string {
	if n == 1 {
		return "1 member"
	}
	return fmt.Sprintf("%d members", n)
}

// minus are those of a that are not in b, sorted.
func minus(a, b []string) []string {
	rest := slices.DeleteFunc(slices.Clone(a), func(name string) bool { return slices.Contains(b, name) })
	slices.Sort(rest)
	return rest
}

// unsettled says which users are not Ready, or have an outcome that nobody
// knows.
func unsettled(want expected, users []v1alpha1.ProvisionedUser) []string {
	var found []string
	for i := range users {
		user := &users[i]
		ready := meta.FindStatusCondition(user.Status.Conditions, v1alpha1.ConditionReady)
		switch {
		case ready == nil:
			found = append(found, fmt.Sprintf("user %s has no condition Ready", user.Spec.UserName))
		case ready.Status != "True":
			found = append(found, fmt.Sprintf("user %s is not Ready: %s: %s", user.Spec.UserName, ready.Reason, ready.Message))
		}
	}
	if len(users) != len(want.accounts) {
		found = append(found, fmt.Sprintf("there are %d ProvisionedUsers and not %d", len(users), len(want.accounts)))
	}
	return found
}
