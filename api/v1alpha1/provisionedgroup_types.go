package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// kindProvisionedGroup is the kind of a group in owner references.
const kindProvisionedGroup = "ProvisionedGroup"

// ProvisionedGroupSpec is a group as the source sees it (RFC 7643 section 4.2).
type ProvisionedGroupSpec struct {
	// syncConfigName names the SyncConfig in the same namespace that this
	// group belongs to.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="syncConfigName cannot be changed: delete the object and create it anew"
	SyncConfigName string `json:"syncConfigName"`

	// id is the SCIM id: a random UUID, set once. An object without it is
	// served under its metadata.uid.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="id cannot be changed"
	ID string `json:"id,omitempty"`

	// externalId is the source's own id of the group. It compares exactly
	// and is never interpreted.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	ExternalID string `json:"externalId,omitempty"`

	// displayName is the group's name, unique within the SyncConfig in any
	// letter case.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	DisplayName string `json:"displayName"`

	// members are the SCIM ids of the group's members, in the order in
	// which they were added. An id that no user has yet is kept and waits. This
	// is the first page: more than 1,000 members go on in MembershipSlices.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	Members []string `json:"members,omitempty"`

	// pages is kept by the SCIM server. Leave it out by hand.
	// +optional
	Pages MembershipPages `json:"pages,omitzero"`

	// extensions keeps attributes of other schemas by their URN, as sent.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	Extensions *runtime.RawExtension `json:"extensions,omitempty"`
}

// MembershipPages says how the SCIM server stands with the pages of a group's
// members. At any time one page, the open one, takes all additions.
type MembershipPages struct {
	// turn counts how often another page was opened.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Turn int64 `json:"turn,omitempty"`

	// openSlice names the MembershipSlice that is open; empty means that the
	// group itself is.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	OpenSlice string `json:"openSlice,omitempty"`

	// replacing identifies a replacement of all members that has not ended
	// yet. While it is set nobody is removed from a directory.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Replacing string `json:"replacing,omitempty"`
}

// GroupState is a group's state in one directory.
// +kubebuilder:validation:Enum=Pending;Active;Absent;Conflict;Error
type GroupState string

// The states of a group in a directory.
const (
	// GroupPending: not worked on yet, or being retried.
	GroupPending GroupState = "Pending"
	// GroupActive: the group exists and follows the source.
	GroupActive GroupState = "Active"
	// GroupAbsent: there is no such group in the directory, or it is left alone.
	GroupAbsent GroupState = "Absent"
	// GroupConflict: the name belongs to another group.
	GroupConflict GroupState = "Conflict"
	// GroupError: the directory refused, and nothing happens until something changes.
	GroupError GroupState = "Error"
)

// GroupDirectoryStatus is a group in one directory.
type GroupDirectoryStatus struct {
	// name is the directory's name in the SyncConfig.
	// +required
	Name string `json:"name"`

	// target is the directory that the other fields were learnt from: its
	// product, its address and, in Cloud, its id. When the SyncConfig points
	// the entry elsewhere they are not used.
	// +optional
	Target string `json:"target,omitempty"`

	// groupName is the group's name in the directory.
	// +optional
	GroupName string `json:"groupName,omitempty"`

	// state is the group's state.
	// +required
	State GroupState `json:"state"`

	// managed says that atlassync made or adopted the group.
	// +optional
	Managed bool `json:"managed,omitempty"`

	// adopted says that the group existed before atlassync managed it.
	// +optional
	Adopted bool `json:"adopted,omitempty"`

	// members is how many wanted members the group has.
	// +optional
	Members int32 `json:"members,omitempty"`

	// pendingMembers is how many wanted members have no account there yet.
	// +optional
	PendingMembers int32 `json:"pendingMembers,omitempty"`

	// settledMembers is a fingerprint of the members that were wanted when the
	// group was last seen to have them. What differs while the same are wanted
	// was changed by others.
	// +optional
	SettledMembers string `json:"settledMembers,omitempty"`

	// heldMembers are the accounts that were members when the group was
	// adopted and that the source has never sent. They are left in the group.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1000
	HeldMembers []string `json:"heldMembers,omitempty"`

	// holdAll says that more members than heldMembers can name were found at
	// adoption, so that no member at all is removed.
	// +optional
	HoldAll bool `json:"holdAll,omitempty"`

	// plannedAction is what would be done to the group, while mode is DryRun:
	// create, adopt, add N, remove N, delete or retire the group of an earlier
	// name, several with commas between.
	// +optional
	PlannedAction string `json:"plannedAction,omitempty"`

	// sourceDisplayName is the displayName that groupName was made from. While
	// it is the same, only a change of the SyncConfig asks for another name.
	// +optional
	SourceDisplayName string `json:"sourceDisplayName,omitempty"`

	// windowStart is when the last window began in which members were removed.
	// +optional
	WindowStart *metav1.Time `json:"windowStart,omitempty"`

	// windowMembers is how many members the group had then.
	// +optional
	WindowMembers int32 `json:"windowMembers,omitempty"`

	// removalTime is when the group was last deleted, or emptied
	// because it has another name now, or was about to be. It counts against removalLimit until the
	// window has passed.
	// +optional
	RemovalTime *metav1.Time `json:"removalTime,omitempty"`

	// heldRemovals are those that wait for an approval, or for room in the
	// removal limit.
	// +optional
	// +listType=map
	// +listMapKey=kind
	HeldRemovals []HeldRemoval `json:"heldRemovals,omitempty"`

	// approvedMembers are members who are being removed because somebody
	// approved it. It is there until they are gone.
	// +optional
	ApprovedMembers *ApprovedMembers `json:"approvedMembers,omitempty"`

	// reason says in one word why the group is as it is.
	// +optional
	Reason string `json:"reason,omitempty"`

	// message says it in a sentence, and what to do.
	// +optional
	Message string `json:"message,omitempty"`

	// lastTransitionTime is when state or reason last changed.
	// +optional
	LastTransitionTime metav1.Time `json:"lastTransitionTime,omitzero"`
}

// ProvisionedGroupStatus is what became of a group in the directories.
type ProvisionedGroupStatus struct {
	// observedGeneration is the generation that this status describes.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// lastRequestedAt is the value of annotation atlassync.dev/requested-at
	// that has been acted on.
	// +optional
	LastRequestedAt string `json:"lastRequestedAt,omitempty"`

	// memberCount is how many members the source wants.
	// +optional
	// +kubebuilder:default=0
	MemberCount int32 `json:"memberCount"`

	// sliceCount is how many MembershipSlices hold members beside the group.
	// +optional
	SliceCount int32 `json:"sliceCount,omitempty"`

	// directories shows the group in each directory.
	// +optional
	// +listType=map
	// +listMapKey=name
	Directories []GroupDirectoryStatus `json:"directories,omitempty"`

	// conditions are Ready, MembersSynced, Reconciling and Stalled.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// ProvisionedGroup is one group pushed by an identity provider.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=pgroup,categories=atlassync
// +kubebuilder:printcolumn:name="Group",type=string,JSONPath=`.spec.displayName`
// +kubebuilder:printcolumn:name="Members",type=integer,JSONPath=`.status.memberCount`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Status",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:validation:XValidation:rule="has(self.spec.id) == has(oldSelf.spec.id)",message="spec.id cannot be added or removed"
type ProvisionedGroup struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is the group as the source sees it.
	// +required
	Spec ProvisionedGroupSpec `json:"spec"`

	// status is what became of the group in the directories.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1}
	Status ProvisionedGroupStatus `json:"status,omitzero"`
}

// SCIMID is the id that the group is served under: spec.id, or metadata.uid
// for an object written without one.
func (g *ProvisionedGroup) SCIMID() string {
	if g.Spec.ID != "" {
		return g.Spec.ID
	}
	return string(g.UID)
}

// ProvisionedGroupList is a list of ProvisionedGroups.
// +kubebuilder:object:root=true
type ProvisionedGroupList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []ProvisionedGroup `json:"items"`
}
