package plan

import "github.com/atlassync/atlassync/api/v1alpha1"

// withGroups is the policy with the groups' settings, of which field is the
// path. The error is an *InvalidError.
func (p Policy) withGroups(field string, spec v1alpha1.GroupsSpec) (Policy, error) {
	var err error
	if p.GroupName, err = CompileGroupName(field, spec); err != nil {
		return Policy{}, err
	}
	if p.GroupFilter, err = compileGroupFilter(field, spec); err != nil {
		return Policy{}, err
	}
	p.DefaultGroups, err = compileDefaultGroups(field, spec, p.ProtectedGroups)
	return p, err
}

// overridesGroups reports whether an override has settings that are to be
// prepared anew.
func overridesGroups(override v1alpha1.GroupsOverride) bool {
	return override.Mappings != nil || override.Regex != nil || override.Include != nil || override.Exclude != nil ||
		override.DefaultGroups != nil || override.DefaultGroupsFor != ""
}

// overriddenGroupNames is spec.groups with the names and default groups of one
// directory. A list takes the place of the whole list, also when it is empty;
// a regex comes with its own replacement.
func overriddenGroupNames(base v1alpha1.GroupsSpec, override v1alpha1.GroupsOverride) v1alpha1.GroupsSpec {
	if override.Regex != nil {
		base.Regex, base.Replacement = *override.Regex, override.Replacement
	}
	if override.Mappings != nil {
		base.Mappings = override.Mappings
	}
	if override.Include != nil {
		base.Include = override.Include
	}
	if override.Exclude != nil {
		base.Exclude = override.Exclude
	}
	if override.DefaultGroups != nil {
		base.DefaultGroups = override.DefaultGroups
	}
	if override.DefaultGroupsFor != "" {
		base.DefaultGroupsFor = override.DefaultGroupsFor
	}
	return base
}
