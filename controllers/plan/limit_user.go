package plan

import (
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// What is removed of a user, as status calls it.
const (
	removalDelete  = "delete"
	removalDisable = "disable"
	removalLeave   = "take out of all groups"
	removalRename  = "rename to "
)

// RenamedByConfig reports whether it is the SyncConfig, and not the source,
// that asks for another name than an account has: the userName is still the
// one that the account's name was made from, or nobody knows.
func RenamedByConfig(name, madeFrom, wantedName, userName string) bool {
	return name != "" && !directory.SameName(name, wantedName) && (madeFrom == "" || madeFrom == userName)
}

// Removal says what of the plan counts against the removal limit; empty if
// nothing does. Of changes of the name only those that the SyncConfig asks for
// do.
func (p UserPlan) Removal(renamedByConfig bool) string {
	var actions []string
	if p.Delete {
		actions = append(actions, removalDelete)
	}
	if len(p.Leave) > 0 {
		actions = append(actions, removalLeave)
	}
	for _, change := range p.Changes {
		if disables(change) {
			actions = append(actions, removalDisable)
		}
		if renamedByConfig && change.Name != nil {
			actions = append(actions, removalRename+*change.Name)
		}
	}
	return strings.Join(actions, " and ")
}

func disables(change directory.UserChange) bool {
	return change.Active != nil && !*change.Active
}

// Holding is the plan without what counts against the removal limit. The rest
// goes on. Message says why it is held.
func (p UserPlan) Holding(renamedByConfig bool, message string) UserPlan {
	var rest []directory.UserChange
	for _, change := range p.Changes {
		if disables(change) {
			change.Active = nil
		}
		if renamedByConfig {
			change.Name = nil
		}
		if !change.Empty() {
			rest = append(rest, change)
		}
	}
	p.Changes, p.Leave, p.Delete = rest, nil, false
	p.Settled, p.Drift = "", nil
	p.State, p.Reason, p.Message = v1alpha1.UserHeld, v1alpha1.ReasonRemovalHeld, message
	return p
}
