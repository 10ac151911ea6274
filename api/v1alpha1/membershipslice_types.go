package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MaxMembers is how many members one page of a group holds: the group itself,
// or one MembershipSlice.
const MaxMembers = 1000

// MembershipSliceSpec is one page of a group's members.
type MembershipSliceSpec struct {
	// groupName names the ProvisionedGroup in the same namespace whose members
	// these are.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="groupName cannot be changed: delete the object and create it anew"
	GroupName string `json:"groupName"`

	// turn is kept by the SCIM server: the slice takes additions while it is
	// the turn of the group (spec.pages.turn). Leave it out by hand.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Turn int64 `json:"turn,omitempty"`

	// members are SCIM ids of members, in the order in which they were added.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	Members []string `json:"members,omitempty"`
}

// MembershipSlice is a further page of the members of a ProvisionedGroup that
// has more of them than fit into one object. It goes with its group.
// +kubebuilder:object:root=true
// +kubebuilder:resource:shortName=mslice,categories=atlassync
// +kubebuilder:printcolumn:name="Group",type=string,JSONPath=`.spec.groupName`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type MembershipSlice struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is the page.
	// +required
	Spec MembershipSliceSpec `json:"spec"`
}

// BelongsTo reports whether the slice holds members of group: it names the
// group and is not left over from an earlier group of that name.
func (s *MembershipSlice) BelongsTo(group *ProvisionedGroup) bool {
	if s.Namespace != group.Namespace || s.Spec.GroupName != group.Name || !s.DeletionTimestamp.IsZero() {
		return false
	}
	for _, owner := range s.OwnerReferences {
		if owner.Kind == kindProvisionedGroup && owner.UID != group.UID {
			return false
		}
	}
	return true
}

// MembershipSliceList is a list of MembershipSlices.
// +kubebuilder:object:root=true
type MembershipSliceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []MembershipSlice `json:"items"`
}
