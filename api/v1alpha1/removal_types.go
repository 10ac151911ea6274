package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RemovalLimitSpec bounds how many people lose access within a window, so that
// a mistake at the source, or in this SyncConfig, does not remove everybody.
// What is over a limit waits for somebody to approve it.
type RemovalLimitSpec struct {
	// window is how long a removal counts, from 1m to 168h.
	// +optional
	// +kubebuilder:default="1h"
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1m') && duration(self) <= duration('168h')",message="window must be from 1m to 168h"
	Window metav1.Duration `json:"window,omitzero"`

	// users limits, in each directory, how many accounts are disabled,
	// deleted, taken out of all groups, or renamed because of a change of this
	// SyncConfig. The stricter of the two applies.
	// +optional
	// +kubebuilder:default={}
	Users UserRemovalLimit `json:"users,omitzero"`

	// members limits how many members each group loses.
	// +optional
	// +kubebuilder:default={}
	Members MemberRemovalLimit `json:"members,omitzero"`

	// groups limits, in each directory, how many groups are deleted, or
	// emptied because they have another name now.
	// +optional
	// +kubebuilder:default={}
	Groups GroupRemovalLimit `json:"groups,omitzero"`

	// minimum is the size below which nothing is limited: that of the
	// directory's managed users, of its managed groups, or of the group.
	// +optional
	// +kubebuilder:default=20
	// +kubebuilder:validation:Minimum=0
	Minimum *int32 `json:"minimum,omitempty"`
}

// UserRemovalLimit limits the removals of users in one directory.
type UserRemovalLimit struct {
	// maxCount is how many may be removed in the window; 0 holds all.
	// +optional
	// +kubebuilder:default=50
	// +kubebuilder:validation:Minimum=0
	MaxCount *int32 `json:"maxCount,omitempty"`

	// maxPercent is how many may be removed in the window, of all that are
	// managed: rounded down, but at least one; 0 holds all.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	MaxPercent *int32 `json:"maxPercent,omitempty"`
}

// MemberRemovalLimit limits the removals of members of one group.
type MemberRemovalLimit struct {
	// maxPercent is how many members may be removed in the window, of those
	// that the group had. From 20 or more to none is always over the limit.
	// +optional
	// +kubebuilder:default=50
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	MaxPercent *int32 `json:"maxPercent,omitempty"`
}

// GroupRemovalLimit limits the removals of groups in one directory.
type GroupRemovalLimit struct {
	// maxCount is how many may be removed in the window; 0 holds all.
	// +optional
	// +kubebuilder:default=5
	// +kubebuilder:validation:Minimum=0
	MaxCount *int32 `json:"maxCount,omitempty"`
}

// RemovalKind says what is removed.
// +kubebuilder:validation:Enum=Users;Groups;Members;AdoptedMembers
type RemovalKind string

// The kinds of removals.
const (
	// RemovalOfUser takes access away from an account, or renames it because
	// the SyncConfig changed.
	RemovalOfUser RemovalKind = "Users"
	// RemovalOfGroup deletes a group, or empties one that has another name now.
	RemovalOfGroup RemovalKind = "Groups"
	// RemovalOfMembers takes members out of a group.
	RemovalOfMembers RemovalKind = "Members"
	// RemovalOfAdopted takes members out of a group who were in it before it
	// was taken over, and whom the source never sent.
	RemovalOfAdopted RemovalKind = "AdoptedMembers"
)

// HeldRemoval is something that is not done in a directory before somebody
// approves it, or the removal limit has room for it.
type HeldRemoval struct {
	// kind is what is removed.
	// +required
	Kind RemovalKind `json:"kind"`

	// action says what would be done. When it changes, it is another removal.
	// +required
	Action string `json:"action"`

	// since is when it was held; an approval is for what was held by then.
	// +required
	Since metav1.Time `json:"since"`
}

// HeldRemovalsStatus sums up what is held, in all directories.
type HeldRemovalsStatus struct {
	// count is how many removals are held. All those of one group count once.
	// +optional
	// +kubebuilder:default=0
	Count int32 `json:"count"`

	// approval stands for exactly what is held now. Annotate the SyncConfig
	// with atlassync.dev/approve-removals and this value to let it be done.
	// +optional
	Approval string `json:"approval,omitempty"`

	// sample names up to ten of the removals, the longest held first.
	// +optional
	// +listType=atomic
	Sample []string `json:"sample,omitempty"`
}

// ApprovedRemovals is an approval that was taken.
type ApprovedRemovals struct {
	// value is the approval's value. It is not taken again.
	// +required
	Value string `json:"value"`

	// time is when it was taken. It is for what was held by then, and lasts
	// for one window.
	// +required
	Time metav1.Time `json:"time"`
}

// ApprovedMembers are members whose removal from a group was approved.
type ApprovedMembers struct {
	// time is when it was approved, which lasts for one window.
	// +required
	Time metav1.Time `json:"time"`

	// marks tell who they are, in little room: six bytes of a digest of each
	// name, in Base64.
	// +required
	Marks string `json:"marks"`
}

// PastRemovals counts removals in a directory whose objects are gone, for as
// long as they count against the limit.
type PastRemovals struct {
	// directory is the directory's name.
	// +required
	Directory string `json:"directory"`

	// kind is what was removed.
	// +required
	Kind RemovalKind `json:"kind"`

	// time is when, or a little later: removals of about the same time count
	// together.
	// +required
	Time metav1.Time `json:"time"`

	// count is how many.
	// +required
	Count int32 `json:"count"`
}
