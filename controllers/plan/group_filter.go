package plan

import "github.com/atlassync/atlassync/api/v1alpha1"

// GroupFilter says which groups of the source are left out.
type GroupFilter struct{ include, exclude Names }

// compileGroupFilter prepares include and exclude. The error is an
// *InvalidError below field, the path of the groups' settings.
func compileGroupFilter(field string, spec v1alpha1.GroupsSpec) (GroupFilter, error) {
	include, err := compileNames(field+".include", spec.Include)
	if err != nil {
		return GroupFilter{}, err
	}
	exclude, err := compileNames(field+".exclude", spec.Exclude)
	return GroupFilter{include, exclude}, err
}

// Excludes says why the group of that displayName is left out, or nothing.
func (f GroupFilter) Excludes(displayName string) string {
	switch {
	case f.exclude.Contain(displayName):
		return "groups.exclude leaves it out"
	case len(f.include.patterns) > 0 && !f.include.Contain(displayName):
		return "groups.include does not have it"
	}
	return ""
}
