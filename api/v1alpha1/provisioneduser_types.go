package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// ProvisionedUserSpec is a user as the source sees it. Apart from
// syncConfigName, its fields are the attributes of the SCIM core User
// schema (RFC 7643 section 4.1) under their own names. A password is never
// among them.
type ProvisionedUserSpec struct {
	// syncConfigName names the SyncConfig in the same namespace that this
	// user belongs to.
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

	// externalId is the source's own id of the user. It compares exactly
	// and is never interpreted.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	ExternalID string `json:"externalId,omitempty"`

	// userName is the name that the user signs in with at the source,
	// unique within the SyncConfig in any letter case.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	UserName string `json:"userName"`

	// active says whether the user may sign in. It is true unless said otherwise.
	// +optional
	// +kubebuilder:default=true
	Active *bool `json:"active,omitempty"`

	UserProfile `json:",inline"`

	// enterprise is the enterprise extension (RFC 7643 section 4.3).
	// +optional
	Enterprise *EnterpriseUser `json:"enterprise,omitempty"`

	// extensions keeps attributes of other schemas by their URN, as sent.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	Extensions *runtime.RawExtension `json:"extensions,omitempty"`
}

// UserProfile holds the descriptive attributes of a SCIM core User.
type UserProfile struct {
	// name is the user's name in parts.
	// +optional
	Name *Name `json:"name,omitempty"`

	// displayName is the name to show.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	DisplayName string `json:"displayName,omitempty"`

	// nickName is the casual name.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	NickName string `json:"nickName,omitempty"`

	// profileUrl is the address of an online profile.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	ProfileURL string `json:"profileUrl,omitempty"`

	// title is the job title.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Title string `json:"title,omitempty"`

	// userType is the relation to the organisation, such as Employee.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	UserType string `json:"userType,omitempty"`

	// preferredLanguage is a language range as in Accept-Language.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	PreferredLanguage string `json:"preferredLanguage,omitempty"`

	// locale is a language tag such as en-US.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Locale string `json:"locale,omitempty"`

	// timezone is an IANA time zone such as Europe/Berlin.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Timezone string `json:"timezone,omitempty"`

	// emails are the e-mail addresses.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Emails []MultiValue `json:"emails,omitempty"`

	// phoneNumbers are the telephone numbers.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	PhoneNumbers []MultiValue `json:"phoneNumbers,omitempty"`

	// ims are instant messaging addresses.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	IMs []MultiValue `json:"ims,omitempty"`

	// photos are addresses of pictures.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Photos []MultiValue `json:"photos,omitempty"`

	// addresses are postal addresses.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Addresses []Address `json:"addresses,omitempty"`

	// entitlements are things the user is entitled to.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Entitlements []MultiValue `json:"entitlements,omitempty"`

	// roles are the user's roles.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Roles []MultiValue `json:"roles,omitempty"`

	// x509Certificates are DER certificates in base64.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=20
	X509Certificates []Certificate `json:"x509Certificates,omitempty"`
}

// Name is a user's name in parts.
type Name struct {
	// formatted is the whole name, ready to show.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Formatted string `json:"formatted,omitempty"`
	// familyName is the last name.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	FamilyName string `json:"familyName,omitempty"`
	// givenName is the first name.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	GivenName string `json:"givenName,omitempty"`
	// middleName is the middle name.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	MiddleName string `json:"middleName,omitempty"`
	// honorificPrefix is a title such as Dr.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	HonorificPrefix string `json:"honorificPrefix,omitempty"`
	// honorificSuffix is a suffix such as III.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	HonorificSuffix string `json:"honorificSuffix,omitempty"`
}

// MultiValue is one entry of a multi-valued attribute (RFC 7643 section 2.4).
type MultiValue struct {
	// value is the value itself.
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	Value string `json:"value,omitempty"`
	// display is the value in words.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Display string `json:"display,omitempty"`
	// type says what the value is for, such as work or home.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Type string `json:"type,omitempty"`
	// primary marks the preferred entry.
	// +optional
	Primary bool `json:"primary,omitempty"`
}

// Certificate is one X.509 certificate of a user.
type Certificate struct {
	// value is the DER certificate in base64.
	// +optional
	// +kubebuilder:validation:MaxLength=16384
	Value string `json:"value,omitempty"`
	// display is the certificate in words.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Display string `json:"display,omitempty"`
	// type says what the certificate is for.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Type string `json:"type,omitempty"`
	// primary marks the preferred entry.
	// +optional
	Primary bool `json:"primary,omitempty"`
}

// Address is one postal address of a user.
type Address struct {
	// formatted is the whole address, ready to show.
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	Formatted string `json:"formatted,omitempty"`
	// streetAddress is street and number.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	StreetAddress string `json:"streetAddress,omitempty"`
	// locality is the town.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Locality string `json:"locality,omitempty"`
	// region is the state or region.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Region string `json:"region,omitempty"`
	// postalCode is the postal code.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	PostalCode string `json:"postalCode,omitempty"`
	// country is the ISO 3166-1 alpha-2 code.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Country string `json:"country,omitempty"`
	// type says what the address is for, such as work or home.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Type string `json:"type,omitempty"`
	// primary marks the preferred entry.
	// +optional
	Primary bool `json:"primary,omitempty"`
}

// EnterpriseUser holds the attributes of the enterprise extension.
type EnterpriseUser struct {
	// employeeNumber is the number that the organisation gave the user.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	EmployeeNumber string `json:"employeeNumber,omitempty"`
	// costCenter is the cost centre.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	CostCenter string `json:"costCenter,omitempty"`
	// organization is the organisation.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Organization string `json:"organization,omitempty"`
	// division is the division.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Division string `json:"division,omitempty"`
	// department is the department.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Department string `json:"department,omitempty"`
	// manager is the user's manager.
	// +optional
	Manager *Manager `json:"manager,omitempty"`
}

// Manager refers to a user's manager.
type Manager struct {
	// value is the manager's id at the source or here.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Value string `json:"value,omitempty"`
	// $ref is the address of the manager's SCIM resource.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	Ref string `json:"$ref,omitempty"`
	// displayName is the manager's name.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	DisplayName string `json:"displayName,omitempty"`
}

// UserState is a user's state in one directory.
// +kubebuilder:validation:Enum=Pending;Active;Inactive;Absent;Held;Conflict;Error
type UserState string

// The states of a user in a directory.
const (
	// UserPending: not worked on yet, or being retried.
	UserPending UserState = "Pending"
	// UserActive: the account exists and may sign in.
	UserActive UserState = "Active"
	// UserInactive: the account exists and may not sign in.
	UserInactive UserState = "Inactive"
	// UserAbsent: there is no account.
	UserAbsent UserState = "Absent"
	// UserHeld: the account is as it was, since its removal waits for a human.
	UserHeld UserState = "Held"
	// UserConflict: the name belongs to somebody else.
	UserConflict UserState = "Conflict"
	// UserError: the directory refused, and nothing happens until something changes.
	UserError UserState = "Error"
)

// UserDirectoryStatus is a user's account in one directory.
type UserDirectoryStatus struct {
	// name is the directory's name in the SyncConfig.
	// +required
	Name string `json:"name"`

	// target is the directory that the other fields were learnt from: its
	// product, its address and, in Cloud, its id. When the SyncConfig points
	// the entry elsewhere they are not used.
	// +optional
	Target string `json:"target,omitempty"`

	// username is the account's name in the directory.
	// +optional
	Username string `json:"username,omitempty"`

	// id is the product's stable id of the account, where it has one.
	// +optional
	ID string `json:"id,omitempty"`

	// state is the account's state.
	// +required
	State UserState `json:"state"`

	// writtenEmail is the e-mail address that was last written, where the
	// product does not show the one that it has.
	// +optional
	WrittenEmail string `json:"writtenEmail,omitempty"`

	// managed says that atlassync made or adopted the account.
	// +optional
	Managed bool `json:"managed,omitempty"`

	// adopted says that the account existed before atlassync managed it.
	// +optional
	Adopted bool `json:"adopted,omitempty"`

	// outOfGroups says that the account was taken out of its groups, since
	// the product cannot deactivate it. Groups do not take it for a member.
	// +optional
	OutOfGroups bool `json:"outOfGroups,omitempty"`

	// defaultGroups are the default groups that the account was put into.
	// +optional
	// +listType=set
	DefaultGroups []string `json:"defaultGroups,omitempty"`

	// pendingDefaultGroups are those that it is still to be put into.
	// +optional
	// +listType=set
	PendingDefaultGroups []string `json:"pendingDefaultGroups,omitempty"`

	// settled is a fingerprint of what was wanted when the account was last
	// seen to be so. What differs while the same is wanted was changed by
	// others.
	// +optional
	Settled string `json:"settled,omitempty"`

	// plannedAction is what would be done to the account, while mode is DryRun:
	// create, adopt, rename, update, enable, disable, leave groups, delete or
	// join N default groups, several with commas between.
	// +optional
	PlannedAction string `json:"plannedAction,omitempty"`

	// sourceUserName is the userName that username was made from. While it is
	// the same, only a change of the SyncConfig asks for another username.
	// +optional
	SourceUserName string `json:"sourceUserName,omitempty"`

	// removalTime is when the account was last disabled,
	// deleted, taken out of its groups or renamed because the SyncConfig changed,
	// or was about to be. It counts against removalLimit until the
	// window has passed.
	// +optional
	RemovalTime *metav1.Time `json:"removalTime,omitempty"`

	// heldRemovals are those that wait for an approval, or for room in the
	// removal limit.
	// +optional
	// +listType=map
	// +listMapKey=kind
	HeldRemovals []HeldRemoval `json:"heldRemovals,omitempty"`

	// reason says in one word why the account is as it is.
	// +optional
	Reason string `json:"reason,omitempty"`

	// message says it in a sentence, and what to do.
	// +optional
	Message string `json:"message,omitempty"`

	// lastTransitionTime is when state or reason last changed.
	// +optional
	LastTransitionTime metav1.Time `json:"lastTransitionTime,omitzero"`
}

// ProvisionedUserStatus is what became of a user in the directories.
type ProvisionedUserStatus struct {
	// observedGeneration is the generation that this status describes.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// lastRequestedAt is the value of annotation atlassync.dev/requested-at
	// that has been acted on.
	// +optional
	LastRequestedAt string `json:"lastRequestedAt,omitempty"`

	// directories shows the user's account in each directory.
	// +optional
	// +listType=map
	// +listMapKey=name
	Directories []UserDirectoryStatus `json:"directories,omitempty"`

	// conditions are Ready, Reconciling and Stalled.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// ProvisionedUser is one user sent by an identity provider.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=puser,categories=atlassync
// +kubebuilder:printcolumn:name="Username",type=string,JSONPath=`.spec.userName`
// +kubebuilder:printcolumn:name="Active",type=boolean,JSONPath=`.spec.active`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Status",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Email",type=string,priority=1,JSONPath=`.spec.emails[*].value`
// +kubebuilder:printcolumn:name="External-ID",type=string,priority=1,JSONPath=`.spec.externalId`
// +kubebuilder:printcolumn:name="Directory-Usernames",type=string,priority=1,JSONPath=`.status.directories[*].username`
// +kubebuilder:validation:XValidation:rule="has(self.spec.id) == has(oldSelf.spec.id)",message="spec.id cannot be added or removed"
type ProvisionedUser struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is the user as the source sees it.
	// +required
	Spec ProvisionedUserSpec `json:"spec"`

	// status is what became of the user in the directories.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1}
	Status ProvisionedUserStatus `json:"status,omitzero"`
}

// SCIMID is the id that the user is served under: spec.id, or metadata.uid
// for an object written without one.
func (u *ProvisionedUser) SCIMID() string {
	if u.Spec.ID != "" {
		return u.Spec.ID
	}
	return string(u.UID)
}

// IsActive reports whether the user may sign in; absent means yes.
func (u *ProvisionedUser) IsActive() bool {
	return u.Spec.Active == nil || *u.Spec.Active
}

// ProvisionedUserList is a list of ProvisionedUsers.
// +kubebuilder:object:root=true
type ProvisionedUserList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []ProvisionedUser `json:"items"`
}
