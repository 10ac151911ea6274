package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// The words for what would be done, as plannedAction shows them. They are part
// of the API.
const (
	plannedCreate  = "create"
	plannedAdopt   = "adopt"
	plannedRename  = "rename"
	plannedUpdate  = "update"
	plannedEnable  = "enable"
	plannedDisable = "disable"
	plannedLeave   = "leave groups"
	plannedDelete  = "delete"
	plannedAdd     = "add"
	plannedRemove  = "remove"
	plannedRetire  = "retire"
	plannedJoin    = "join"

	plannedCreateGroup = "create group "
)

// separator stands between the actions of one plan.
const separator = ", "

// Actions says in words what the plan does, in that order; empty if it changes
// nothing. Managed says whether the account was ours before.
func (p UserPlan) Actions(managed bool) string {
	var actions []string
	if p.Create != nil {
		actions = append(actions, plannedCreate)
	}
	if p.Account != nil && p.Link.Managed && !managed {
		actions = append(actions, plannedAdopt)
	}
	if len(p.Leave) > 0 {
		actions = append(actions, plannedLeave)
	}
	for _, change := range p.Changes {
		actions = append(actions, actionsOf(change)...)
	}
	if p.Delete {
		actions = append(actions, plannedDelete)
	}
	return strings.Join(actions, separator)
}

func actionsOf(change directory.UserChange) []string {
	var actions []string
	if change.Name != nil {
		actions = append(actions, plannedRename)
	}
	if change.DisplayName != nil || change.Email != nil {
		actions = append(actions, plannedUpdate)
	}
	switch {
	case change.Active == nil:
	case *change.Active:
		actions = append(actions, plannedEnable)
	default:
		actions = append(actions, plannedDisable)
	}
	return actions
}

// Actions says in words what the plan does to the group, and members to who is
// in it; empty if nothing is changed. Managed says whether the group was ours
// before.
func (p GroupPlan) Actions(managed bool, members MembersPlan) string {
	var actions []string
	if p.Create {
		actions = append(actions, plannedCreate)
	}
	if p.Adopt && !managed {
		actions = append(actions, plannedAdopt)
	}
	if n := len(members.Add); n > 0 {
		actions = append(actions, fmt.Sprintf("%s %d", plannedAdd, n))
	}
	if n := len(members.Remove); n > 0 {
		actions = append(actions, fmt.Sprintf("%s %d", plannedRemove, n))
	}
	if p.Retire != "" {
		actions = append(actions, plannedRetire)
	}
	if p.Delete {
		actions = append(actions, plannedDelete)
	}
	return strings.Join(actions, separator)
}

// JoiningDefaults adds to the actions of a UserPlan that the account is put
// into so many default groups, and which of them are created for that.
func JoiningDefaults(actions string, groups int, created []string) string {
	if groups == 0 {
		return actions
	}
	all := []string{fmt.Sprintf("%s %d default groups", plannedJoin, groups)}
	for _, name := range created {
		all = append(all, plannedCreateGroup+name)
	}
	if actions != "" {
		all = slices.Insert(all, 0, actions)
	}
	return strings.Join(all, separator)
}

// CreatedDefaults are the names of the default groups that actions create. Of
// a name with a comma it is the beginning.
func CreatedDefaults(actions string) []string {
	var names []string
	for action := range strings.SplitSeq(actions, separator) {
		if name, ok := strings.CutPrefix(action, plannedCreateGroup); ok {
			names = append(names, name)
		}
	}
	return names
}

// Effect is the gravest of what would be done to one account or group.
type Effect uint8

// The effects, from the mildest to the gravest.
const (
	// EffectNone: nothing is changed.
	EffectNone Effect = iota
	// EffectUpdate: it is changed, enabled or taken over.
	EffectUpdate
	// EffectCreate: it is created.
	EffectCreate
	// EffectDisable: an account loses access.
	EffectDisable
	// EffectDelete: it is deleted.
	EffectDelete
)

// EffectOf is the effect of actions in words.
func EffectOf(actions string) Effect {
	if actions == "" {
		return EffectNone
	}
	effect := EffectUpdate
	for action := range strings.SplitSeq(actions, separator) {
		switch action {
		case plannedCreate:
			effect = max(effect, EffectCreate)
		case plannedDisable, plannedLeave:
			effect = max(effect, EffectDisable)
		case plannedDelete:
			effect = EffectDelete
		}
	}
	return effect
}

// Removes reports whether actions take something away that the removal limit
// counts, whoever asked for it.
func Removes(actions string) bool {
	return slices.ContainsFunc(strings.Split(actions, separator), func(action string) bool {
		return slices.Contains([]string{plannedDisable, plannedLeave, plannedDelete, plannedRetire}, action)
	})
}

// GivesAccount reports whether actions leave a user with an account that was
// not ours before.
func GivesAccount(actions string) bool {
	return slices.ContainsFunc(strings.Split(actions, separator), func(action string) bool {
		return action == plannedCreate || action == plannedAdopt
	})
}
