package v1alpha1

// Condition types. Ready, Reconciling and Stalled follow kstatus: Ready is
// always present; the other two are present only while they are True.
const (
	// ConditionReady sums up an object: everything wanted is true in every directory.
	ConditionReady = "Ready"
	// ConditionReconciling says that work is under way or will be retried.
	ConditionReconciling = "Reconciling"
	// ConditionStalled says that nothing will happen until somebody changes something.
	ConditionStalled = "Stalled"
	// ConditionPaused says that mode Paused keeps every directory untouched.
	ConditionPaused = "Paused"
	// ConditionConfigurationValid says whether the spec can be used as it is.
	ConditionConfigurationValid = "ConfigurationValid"
	// ConditionCredentialsValid says whether every directory accepts its credentials.
	ConditionCredentialsValid = "CredentialsValid"
	// ConditionDirectoriesReachable says whether every directory answers.
	ConditionDirectoriesReachable = "DirectoriesReachable"
	// ConditionSynced says whether every directory has been read as a whole,
	// and whether it was as it had been left.
	ConditionSynced = "Synced"
	// ConditionRemovalsHeld says whether people keep access because more are to
	// lose it than the removal limit allows.
	ConditionRemovalsHeld = "RemovalsHeld"
	// ConditionMembersSynced says whether a group has exactly the wanted members.
	ConditionMembersSynced = "MembersSynced"
)

// Reasons that any kind may show.
const (
	// ReasonSucceeded: everything asked for is done.
	ReasonSucceeded = "Succeeded"
	// ReasonProgressingWithRetry: the last attempt failed and is repeated.
	ReasonProgressingWithRetry = "ProgressingWithRetry"
	// ReasonPaused: mode Paused, nothing is written.
	ReasonPaused = "Paused"
	// ReasonDirectoryNotReady: a directory, or the SyncConfig itself, cannot be used yet.
	ReasonDirectoryNotReady = "DirectoryNotReady"
	// ReasonInternalError: a fault on our side; it is retried.
	ReasonInternalError = "InternalError"
)

// Reasons of SyncConfig conditions.
const (
	// ReasonValid: ConfigurationValid and CredentialsValid are True.
	ReasonValid = "Valid"
	// ReasonInvalidURL: a directory URL cannot be used.
	ReasonInvalidURL = "InvalidURL"
	// ReasonInvalidRegex: a regular expression or its replacement cannot be used.
	ReasonInvalidRegex = "InvalidRegex"
	// ReasonDuplicateDirectory: two entries name the same directory.
	ReasonDuplicateDirectory = "DuplicateDirectory"
	// ReasonPolicyConflict: two settings contradict each other.
	ReasonPolicyConflict = "PolicyConflict"
	// ReasonSecretNotFound: a Secret named in the spec does not exist.
	ReasonSecretNotFound = "SecretNotFound"
	// ReasonSecretKeyMissing: a Secret lacks a key, or holds it empty.
	ReasonSecretKeyMissing = "SecretKeyMissing"
	// ReasonRejected: the directory refused the credentials.
	ReasonRejected = "Rejected"
	// ReasonUnknown: not known yet, because the directory did not answer.
	ReasonUnknown = "Unknown"
	// ReasonReachable: every directory answered its probe.
	ReasonReachable = "Reachable"
	// ReasonProbeFailed: a directory did not answer as it should.
	ReasonProbeFailed = "ProbeFailed"
	// ReasonTLSFailed: the directory's certificate is not trusted.
	ReasonTLSFailed = "TLSFailed"
	// ReasonTimeout: the directory did not answer in time.
	ReasonTimeout = "Timeout"
	// ReasonUnsupportedVersion: the product is too old.
	ReasonUnsupportedVersion = "UnsupportedVersion"
	// ReasonWrongDirectory: the product writes to another user directory than
	// directoryName.
	ReasonWrongDirectory = "WrongDirectory"
	// ReasonUpToDate: the last reading found every directory as it was left.
	ReasonUpToDate = "UpToDate"
	// ReasonDriftCorrected: the last reading found changes by others, which
	// were handed on to be put right.
	ReasonDriftCorrected = "DriftCorrected"
	// ReasonDriftReported: the last reading found changes by others, which are left.
	ReasonDriftReported = "DriftReported"
	// ReasonSweepFailed: the last reading was of no use; nothing was concluded from it.
	ReasonSweepFailed = "SweepFailed"
	// ReasonLimitExceeded: more is to be removed than the removal limit allows.
	ReasonLimitExceeded = "LimitExceeded"
	// ReasonApproved: what is held was approved and is being done.
	ReasonApproved = "Approved"
	// ReasonWithinLimit: nothing is over the removal limit.
	ReasonWithinLimit = "WithinLimit"
	// ReasonNeverSwept: a directory has not been read as a whole yet.
	ReasonNeverSwept = "NeverSwept"
	// ReasonWaitingForManager: no manager reconciles it, since one has let it
	// go and none whose --selector matches its labels has taken it up.
	ReasonWaitingForManager = "WaitingForManager"
)

// Reasons of a ProvisionedUser's Ready condition and directory entries.
const (
	// ReasonProvisioned: the directory shows what the source wants.
	ReasonProvisioned = "Provisioned"
	// ReasonDeactivated: the user is inactive, as the source wants.
	ReasonDeactivated = "Deactivated"
	// ReasonPlanned: mode is DryRun, and plannedAction says what would be done.
	ReasonPlanned = "Planned"
	// ReasonRemoved: the user or group was removed as the policy says.
	ReasonRemoved = "Removed"
	// ReasonImportDisabled: importUsers is off, no account is created.
	ReasonImportDisabled = "ImportDisabled"
	// ReasonUpdateDisabled: updateUsers is off, the profile stays different.
	ReasonUpdateDisabled = "UpdateDisabled"
	// ReasonEnableDisabled: enableUsers is off, the account stays inactive.
	ReasonEnableDisabled = "EnableDisabled"
	// ReasonDisableDisabled: disableUsers is off, the account stays active.
	ReasonDisableDisabled = "DisableDisabled"
	// ReasonInvalidUsername: the computed username cannot be used.
	ReasonInvalidUsername = "InvalidUsername"
	// ReasonDuplicateUsername: another user of this SyncConfig has the same directory username.
	ReasonDuplicateUsername = "DuplicateUsername"
	// ReasonAlreadyExistsUnmanaged: an account that is not ours has the username.
	ReasonAlreadyExistsUnmanaged = "AlreadyExistsUnmanaged"
	// ReasonAttributesRejected: the directory refused the values.
	ReasonAttributesRejected = "AttributesRejected"
	// ReasonLicenceLimitReached: the product has no seat left.
	ReasonLicenceLimitReached = "LicenceLimitReached"
	// ReasonRenameUnsupported: the product cannot rename.
	ReasonRenameUnsupported = "RenameUnsupported"
	// ReasonProtected: the name is protected and never touched.
	ReasonProtected = "Protected"
	// ReasonRemovalHeld: a removal waits for a human.
	ReasonRemovalHeld = "RemovalHeld"
	// ReasonDirectoryUnavailable: the directory is down or refuses us.
	ReasonDirectoryUnavailable = "DirectoryUnavailable"
	// ReasonPartiallyProvisioned: some directories are right, others are not.
	ReasonPartiallyProvisioned = "PartiallyProvisioned"
	// ReasonDriftReported, of a SyncConfig, is also that of an account or group
	// which others changed and which is left so (resync.correctDrift is off).

	// ReasonUnwantedAccess: others gave access back to somebody who is to have
	// none, and it is left so (resync.correctDrift is off).
	ReasonUnwantedAccess = "UnwantedAccess"
	// ReasonCreateResultUnknown: a create was sent and its answer lost.
	ReasonCreateResultUnknown = "CreateResultUnknown"
)

// Reasons of a ProvisionedGroup's conditions and directory entries, beside
// those shared with users.
const (
	// ReasonSyncDisabled: groups.sync is off.
	ReasonSyncDisabled = "SyncDisabled"
	// ReasonExcluded: groups.include or groups.exclude leaves the group out.
	ReasonExcluded = "Excluded"
	// ReasonCreateDisabled: createGroups is off and the group is missing.
	ReasonCreateDisabled = "CreateDisabled"
	// ReasonNameConflict: another group of this SyncConfig has the same directory group.
	ReasonNameConflict = "NameConflict"
	// ReasonInvalidGroupName: the product cannot have a group of that name.
	ReasonInvalidGroupName = "InvalidGroupName"
	// ReasonSynced: the members are as wanted.
	ReasonSynced = "Synced"
	// ReasonPending: members have not been compared yet.
	ReasonPending = "Pending"
	// ReasonWaitingForUsers: some members have no account yet.
	ReasonWaitingForUsers = "WaitingForUsers"
	// ReasonPartialFailure: some members could not be changed.
	ReasonPartialFailure = "PartialFailure"
)

// Event reasons, sent on transitions only.
const (
	EventUserCreated          = "UserCreated"
	EventUserAdopted          = "UserAdopted"
	EventUserUpdated          = "UserUpdated"
	EventUserRenamed          = "UserRenamed"
	EventUserEnabled          = "UserEnabled"
	EventUserDisabled         = "UserDisabled"
	EventUserDeleted          = "UserDeleted"
	EventReleased             = "Released"
	EventGroupCreated         = "GroupCreated"
	EventGroupAdopted         = "GroupAdopted"
	EventGroupRenamed         = "GroupRenamed"
	EventGroupDeleted         = "GroupDeleted"
	EventMembersChanged       = "MembersChanged"
	EventProvisioningFailed   = "ProvisioningFailed"
	EventRemovalHeld          = "RemovalHeld"
	EventRemovalsApproved     = "RemovalsApproved"
	EventDirectoryUnreachable = "DirectoryUnreachable"
	EventDirectoryRecovered   = "DirectoryRecovered"
	EventCredentialsRejected  = "CredentialsRejected"
	EventTokenCreated         = "TokenCreated"
	EventDriftCorrected       = "DriftCorrected"
	EventDriftReported        = "DriftReported"
	EventSweepFailed          = "SweepFailed"
	EventRequestHandled       = "RequestHandled"
)
