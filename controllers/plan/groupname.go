package plan

import (
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// GroupName turns a source displayName into the name of a directory group.
type GroupName struct {
	mapped    map[string]string   // by folded displayName
	sources   map[string][]string // of each mapped name, by that name folded
	transform Username
}

// CompileGroupName prepares the mappings and the transformation of all other
// names, which is read as that of usernames is. The error is an *InvalidError
// below field, the path of the groups' settings.
func CompileGroupName(field string, spec v1alpha1.GroupsSpec) (GroupName, error) {
	transform, err := CompileUsername(spec.Regex, spec.Replacement, false)
	if err != nil {
		return GroupName{}, invalidRegex(field+"."+wrongPart(err), err)
	}
	name := GroupName{transform: transform}
	for i, mapping := range spec.Mappings {
		from := directory.FoldName(mapping.From)
		if earlier, twice := name.mapped[from]; twice {
			return GroupName{}, &InvalidError{
				Field: fmt.Sprintf("%s.mappings[%d].from", field, i), Reason: v1alpha1.ReasonPolicyConflict,
				Detail: fmt.Sprintf("%s is mapped to %s already, in whatever letter case: remove one of the two", mapping.From, earlier),
			}
		}
		name = name.mapping(from, mapping)
	}
	return name, nil
}

func (n GroupName) mapping(from string, mapping v1alpha1.GroupMapping) GroupName {
	if n.mapped == nil {
		n.mapped, n.sources = map[string]string{}, map[string][]string{}
	}
	to := directory.FoldName(mapping.To)
	n.mapped[from] = mapping.To
	n.sources[to] = append(n.sources[to], mapping.From)
	return n
}

// Apply gives the directory name of a group, and whether a mapping does: then
// the group shares that name with all others that are mapped to it. It does
// not judge the name; CheckGroupName does.
func (n GroupName) Apply(displayName string) (name string, mapped bool) {
	if to, ok := n.mapped[directory.FoldName(displayName)]; ok {
		return to, true
	}
	return n.transform.Apply(displayName), false
}

// Sources are the displayNames that are mapped to a directory name.
func (n GroupName) Sources(name string) []string {
	return n.sources[directory.FoldName(name)]
}
