package v1alpha1

const (
	// Finalizer keeps a deleted user or group until the directories have
	// followed (or the administrator has let it go).
	Finalizer = "atlassync.dev/deprovision"

	// LabelSyncConfig names the SyncConfig that an object belongs to.
	LabelSyncConfig = "atlassync.dev/syncconfig"

	// LabelID carries spec.id, so that an object which the cache has not
	// seen yet can be found by its SCIM id.
	LabelID = "atlassync.dev/id"

	// LabelGroup names the ProvisionedGroup that a MembershipSlice belongs to.
	LabelGroup = "atlassync.dev/group"

	// LabelManagedBy says who writes the spec of an object.
	LabelManagedBy = "atlassync.dev/managed-by"

	// ManagedBySCIM is the value of LabelManagedBy on objects made by the
	// SCIM server. Objects without it are shown by SCIM but not changed.
	ManagedBySCIM = "scim"

	// AnnotationRelease set to "true" on a deleted object drops its
	// finalizer although a directory could not follow.
	AnnotationRelease = "atlassync.dev/release"

	// AnnotationRequestedAt on a user, group or SyncConfig, with a value that it
	// did not have before (such as the time), has it looked at now.
	AnnotationRequestedAt = "atlassync.dev/requested-at"

	// AnnotationAcceptListing on a SyncConfig, as <directory>=<accounts>, says
	// that a directory rightly has so few accounts.
	AnnotationAcceptListing = "atlassync.dev/accept-listing"

	// AnnotationApproveRemovals on a SyncConfig, with the value that
	// status.heldRemovals.approval shows, lets exactly the held removals be done.
	AnnotationApproveRemovals = "atlassync.dev/approve-removals"
)
