package plan

import (
	"cmp"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// overriddenUsername is spec.username as it holds for one directory. A regex
// comes with its own replacement: one without the other makes no sense.
func overriddenUsername(base v1alpha1.UsernameSpec, override v1alpha1.UsernameOverride) v1alpha1.UsernameSpec {
	if override.Regex != nil {
		base.Regex, base.Replacement = *override.Regex, override.Replacement
	}
	base.Case = cmp.Or(override.Case, base.Case)
	return base
}

// overriddenUsers is spec.provisioning as it holds for one directory.
func overriddenUsers(base v1alpha1.ProvisioningSpec, override v1alpha1.ProvisioningOverride) v1alpha1.ProvisioningSpec {
	base.ImportUsers = cmp.Or(override.ImportUsers, base.ImportUsers)
	base.UpdateUsers = cmp.Or(override.UpdateUsers, base.UpdateUsers)
	base.EnableUsers = cmp.Or(override.EnableUsers, base.EnableUsers)
	base.DisableUsers = cmp.Or(override.DisableUsers, base.DisableUsers)
	base.Adoption = cmp.Or(override.Adoption, base.Adoption)
	base.OnRemoval = cmp.Or(override.OnRemoval, base.OnRemoval)
	return base
}

// overriddenGroups is spec.groups as it holds for one directory.
func overriddenGroups(base v1alpha1.GroupsSpec, override v1alpha1.GroupsOverride) v1alpha1.GroupsSpec {
	base.Sync = cmp.Or(override.Sync, base.Sync)
	base.CreateGroups = cmp.Or(override.CreateGroups, base.CreateGroups)
	base.Membership = cmp.Or(override.Membership, base.Membership)
	base.OnRemoval = cmp.Or(override.OnRemoval, base.OnRemoval)
	return base
}
