package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Provider names the identity provider that writes to a SyncConfig.
// +kubebuilder:validation:Enum=Okta;EntraID;OneLogin;JumpCloud;Generic
type Provider string

// The identity providers.
const (
	ProviderOkta      Provider = "Okta"
	ProviderEntraID   Provider = "EntraID"
	ProviderOneLogin  Provider = "OneLogin"
	ProviderJumpCloud Provider = "JumpCloud"
	ProviderGeneric   Provider = "Generic"
)

// Mode says whether directories are written to.
// +kubebuilder:validation:Enum=Enforce;DryRun;Paused
type Mode string

// The modes.
const (
	// ModeEnforce makes the directories follow the resources.
	ModeEnforce Mode = "Enforce"
	// ModeDryRun shows what would be done and writes to no directory.
	ModeDryRun Mode = "DryRun"
	// ModePaused takes SCIM requests as usual and writes to no directory.
	ModePaused Mode = "Paused"
)

// Product is an Atlassian product that atlassync can write to.
// +kubebuilder:validation:Enum=Jira;Confluence;Bitbucket;Crowd;Cloud
type Product string

// The products.
const (
	// ProductJira is Jira Data Center, by its REST API version 2.
	ProductJira Product = "Jira"
	// ProductConfluence is Confluence Data Center, by its REST API.
	ProductConfluence Product = "Confluence"
	// ProductBitbucket is Bitbucket Data Center, by its REST API.
	ProductBitbucket Product = "Bitbucket"
	// ProductCrowd is Crowd Data Center, or Jira as user server, by the user
	// management API of Crowd.
	ProductCrowd Product = "Crowd"
	// ProductCloud is Atlassian Cloud, by its user provisioning API.
	ProductCloud Product = "Cloud"
)

// UsernameCase says what happens to the letter case of directory usernames.
// +kubebuilder:validation:Enum=Preserve;Lower
type UsernameCase string

// The letter cases.
const (
	CasePreserve UsernameCase = "Preserve"
	CaseLower    UsernameCase = "Lower"
)

// Adoption says what happens when an account with the wanted username exists
// already and is not managed by atlassync.
// +kubebuilder:validation:Enum=MatchUsername;MatchUsernameAndEmail;Never
type Adoption string

// The adoption policies.
const (
	// AdoptMatchUsername takes over an account that has the same username.
	AdoptMatchUsername Adoption = "MatchUsername"
	// AdoptMatchUsernameAndEmail takes it over only if the e-mail address is the same too.
	AdoptMatchUsernameAndEmail Adoption = "MatchUsernameAndEmail"
	// AdoptNever leaves it alone and reports a conflict.
	AdoptNever Adoption = "Never"
)

// UserRemoval says what happens to the account of a user deleted at the source.
// +kubebuilder:validation:Enum=Disable;Delete;Keep
type UserRemoval string

// The removal policies for users.
const (
	RemoveUserDisable UserRemoval = "Disable"
	RemoveUserDelete  UserRemoval = "Delete"
	RemoveUserKeep    UserRemoval = "Keep"
)

// MembershipPolicy says what happens to members that the source did not send.
// +kubebuilder:validation:Enum=Exact;Additive
type MembershipPolicy string

// The membership policies.
const (
	// MembershipExact removes members that the source does not send.
	MembershipExact MembershipPolicy = "Exact"
	// MembershipAdditive never removes a member.
	MembershipAdditive MembershipPolicy = "Additive"
)

// GroupRemoval says what happens to a directory group deleted at the source.
// +kubebuilder:validation:Enum=Keep;Delete
type GroupRemoval string

// The removal policies for groups.
const (
	RemoveGroupKeep   GroupRemoval = "Keep"
	RemoveGroupDelete GroupRemoval = "Delete"
)

// DefaultGroupsFor says whom the default groups are given to.
// +kubebuilder:validation:Enum=NewUsers;AllUsers
type DefaultGroupsFor string

// Whom default groups are given to.
const (
	// DefaultGroupsForNewUsers gives them to accounts that atlassync creates, right after that.
	DefaultGroupsForNewUsers DefaultGroupsFor = "NewUsers"
	// DefaultGroupsForAllUsers gives them to every account that atlassync
	// manages while its user is active, one that existed before included.
	DefaultGroupsForAllUsers DefaultGroupsFor = "AllUsers"
)

// GroupMapping gives a group of the source its name in the directories.
type GroupMapping struct {
	// from is the displayName of the group at the source, in any letter case.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	From string `json:"from"`

	// to is the group's name in the directory. Groups that are mapped to one
	// name are one group there: it has the members of all of them.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	To string `json:"to"`
}

// SyncConfigSpec is what an administrator decides for one identity provider:
// its SCIM endpoint, the directories it feeds and the policy between them.
// +kubebuilder:validation:XValidation:rule="self.directories.all(a, self.directories.exists_one(b, a.product == b.product && (a.url == b.url || a.url + '/' == b.url || a.url == b.url + '/') && has(a.directoryID) == has(b.directoryID) && (!has(a.directoryID) || a.directoryID == b.directoryID) && (a.product != 'Crowd' || has(a.directoryName) == has(b.directoryName) && (!has(a.directoryName) || a.directoryName == b.directoryName))))",message="two directories are one and the same (product, url and directoryID): remove one of them; for two directories of one Crowd, give directoryName to each"
type SyncConfigSpec struct {
	// provider is the identity provider that sends the users. It is shown by
	// kubectl and changes nothing else.
	// +optional
	// +kubebuilder:default=Generic
	Provider Provider `json:"provider,omitempty"`

	// mode Enforce makes the directories follow. DryRun decides as Enforce does
	// and shows what it would do, in plannedAction of every user and group; no
	// directory is written to. Paused takes SCIM requests as usual, so that
	// nothing is lost, and looks at no user or group.
	// +optional
	// +kubebuilder:default=Enforce
	Mode Mode `json:"mode,omitempty"`

	// scim configures the SCIM endpoint of this SyncConfig.
	// +optional
	// +kubebuilder:default={}
	SCIM SCIMSpec `json:"scim,omitzero"`

	// directories are the directories that follow, each under its own name.
	// +required
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Directories []DirectorySpec `json:"directories"`

	// username makes the directory username from the SCIM userName.
	// +optional
	// +kubebuilder:default={}
	Username UsernameSpec `json:"username,omitzero"`

	// provisioning says which changes of users are made.
	// +optional
	// +kubebuilder:default={}
	Provisioning ProvisioningSpec `json:"provisioning,omitzero"`

	// groups says which changes of groups are made.
	// +optional
	// +kubebuilder:default={}
	Groups GroupsSpec `json:"groups,omitzero"`

	// protected names accounts and groups that are never changed, disabled
	// or removed. The account that atlassync signs in with, and the groups
	// it belongs to, are always protected.
	// +optional
	Protected ProtectedSpec `json:"protected,omitzero"`

	// removalLimit bounds how many people lose access within a window.
	// +optional
	// +kubebuilder:default={}
	RemovalLimit RemovalLimitSpec `json:"removalLimit,omitzero"`

	// resync says how often every directory is read as a whole, and what
	// happens to what has been changed there by others.
	// +optional
	// +kubebuilder:default={}
	Resync ResyncSpec `json:"resync,omitzero"`
}

// ResyncSpec says how drift is found and what is done about it.
type ResyncSpec struct {
	// interval is how often every directory is read as a whole, from 1m to
	// 168h. Some of them are read a little earlier or later, so that not all
	// are read at once.
	// +optional
	// +kubebuilder:default="1h"
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1m') && duration(self) <= duration('168h')",message="interval must be from 1m to 168h"
	Interval metav1.Duration `json:"interval,omitzero"`

	// correctDrift puts right what was changed in a directory by others.
	// Without it, drift is counted and named in events, and left.
	// +optional
	// +kubebuilder:default=true
	CorrectDrift *bool `json:"correctDrift,omitempty"`
}

// SCIMSpec configures the SCIM endpoint of a SyncConfig.
type SCIMSpec struct {
	// tokenSecretName names the Secret with the bearer tokens; the default
	// is <name>-scim-token. Every key that starts with "token" holds a valid
	// token; every key that starts with "sha256" holds the hex SHA-256 of
	// one. The Secret is created with a random token when absent.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	TokenSecretName string `json:"tokenSecretName,omitempty"`

	// strict refuses what the RFCs do not allow. Without it, what the known
	// identity providers send is taken, such as "False" for false or a PATCH
	// of an attribute that does not exist. Leave it off unless you write a
	// SCIM client and want to hear of its mistakes.
	// +optional
	Strict bool `json:"strict,omitempty"`
}

// DirectorySpec is one Atlassian directory and how to reach it.
// +kubebuilder:validation:XValidation:rule="(self.product == 'Cloud') == (has(self.directoryID) && size(self.directoryID) > 0)",message="directoryID is needed for product Cloud, where it is the id of the provisioning directory, and for no other: to name a directory elsewhere, use directoryName"
// +kubebuilder:validation:XValidation:rule="self.url.startsWith('https://') || (has(self.allowInsecureHTTP) && self.allowInsecureHTTP)",message="url must begin with https://; to send credentials unencrypted all the same, set allowInsecureHTTP: true"
// +kubebuilder:validation:XValidation:rule="!self.url.startsWith('https://') || !has(self.allowInsecureHTTP) || !self.allowInsecureHTTP",message="allowInsecureHTTP is for http:// alone: remove it, so that the URL cannot lose its encryption unnoticed"
// +kubebuilder:validation:XValidation:rule="self.product != 'Cloud' || !has(self.provisioning) || !has(self.provisioning.onRemoval) || self.provisioning.onRemoval != 'Delete'",message="product Cloud cannot delete accounts: use onRemoval Disable or Keep"
// +kubebuilder:validation:XValidation:rule="self.product != 'Confluence' || !has(self.provisioning) || !has(self.provisioning.adoption) || self.provisioning.adoption != 'MatchUsernameAndEmail'",message="product Confluence does not show e-mail addresses, so that nobody would be taken over: use adoption MatchUsername or Never"
type DirectorySpec struct {
	// name is how status, events and metrics call this directory.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Name string `json:"name"`

	// product is the Atlassian product behind the URL.
	// +required
	Product Product `json:"product"`

	// url is the base URL of the product, with its context path if it has
	// one and without credentials, query or fragment.
	// +required
	// +kubebuilder:validation:MinLength=8
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^https?://[^/?#@\s]+(/[^?#\s]*)?$`
	// +kubebuilder:validation:XValidation:rule="isURL(self)",message="url cannot be read: write it as https://host/path"
	URL string `json:"url"`

	// directoryName is the user directory behind the product that must be
	// written to, as the product's administration calls it. Where the product
	// tells which one that is (Bitbucket, Crowd), nothing is written to another.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	DirectoryName string `json:"directoryName,omitempty"`

	// directoryID is the id of the provisioning directory of product Cloud,
	// as its administration shows it in the SCIM base URL.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9-]*$`
	DirectoryID string `json:"directoryID,omitempty"`

	// credentialsSecretName names the Secret with the credentials: key
	// "token" (a personal access token, or the API key of Cloud), or
	// "username" and "password" (of an administrator; for Crowd, the name and
	// password of an application). For Crowd, "adminUsername" and
	// "adminPassword" may be given besides, to verify directoryName.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	CredentialsSecretName string `json:"credentialsSecretName"`

	// caBundleSecretName names a Secret whose key "ca.crt" holds the PEM
	// certificates to trust for this directory, instead of the system's.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	CABundleSecretName string `json:"caBundleSecretName,omitempty"`

	// allowInsecureHTTP permits an http:// URL. Credentials then travel
	// unencrypted.
	// +optional
	AllowInsecureHTTP bool `json:"allowInsecureHTTP,omitempty"`

	// requestsPerSecond is the budget of requests that all work on this
	// directory shares.
	// +optional
	// +kubebuilder:default=20
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	RequestsPerSecond int32 `json:"requestsPerSecond,omitempty"`

	// maxConcurrentRequests is how many requests may be under way at once.
	// +optional
	// +kubebuilder:default=8
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=256
	MaxConcurrentRequests int32 `json:"maxConcurrentRequests,omitempty"`

	// requestTimeout is how long one request may take, from 1s to 5m.
	// +optional
	// +kubebuilder:default="30s"
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1s') && duration(self) <= duration('5m')",message="requestTimeout must be from 1s to 5m"
	RequestTimeout metav1.Duration `json:"requestTimeout,omitzero"`

	// username overrides spec.username for this directory, field by field.
	// +optional
	Username UsernameOverride `json:"username,omitzero"`

	// provisioning overrides spec.provisioning for this directory, field by field.
	// +optional
	Provisioning ProvisioningOverride `json:"provisioning,omitzero"`

	// groups overrides spec.groups for this directory, field by field.
	// +optional
	Groups GroupsOverride `json:"groups,omitzero"`
}

// UsernameOverride is what of UsernameSpec is different for one directory.
// A regex comes with its own replacement.
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || has(self.regex)",message="replacement needs a regex to replace: give both"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !has(self.regex) || [self.regex.split('(').size() - self.regex.split('(?').size() + self.regex.split('(?P<').size() + self.regex.split('(?<').size() - 2].all(groups, (groups > 0 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[1-9]')) && (groups > 1 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[2-9]')) && (groups > 2 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[3-9]')))",message="replacement names a group that regex does not have: put what is to be kept into parentheses, or correct the number"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$([^0-9{]|\\{[^}]*$|$)')",message="replacement has a $ that names no group: write $1 for group 1, \\$ for a dollar sign"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\\\$')",message="replacement ends with a backslash: write two for a backslash"
type UsernameOverride struct {
	// regex takes the place of spec.username.regex, and its replacement that
	// of spec.username.replacement; an empty one leaves the userName as it is.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.matches('\\\\(\\\\?(=|!|<=|<!)')",message="look-around such as (?=…) or (?<!…) is not supported: write the pattern with groups and use them in replacement"
	// +kubebuilder:validation:XValidation:rule="!self.matches('(^|[^\\\\\\\\])(\\\\\\\\\\\\\\\\)*\\\\\\\\[1-9]')",message="back-references such as \\1 are not supported in regex; in replacement write $1"
	// +kubebuilder:validation:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write regex as RE2 has them, and try it with: atlassync username"
	Regex *string `json:"regex,omitempty"`

	// replacement takes the place of every match of regex.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Replacement string `json:"replacement,omitempty"`

	// case Lower makes directory usernames lower case.
	// +optional
	Case UsernameCase `json:"case,omitempty"`
}

// ProvisioningOverride is what of ProvisioningSpec is different for one
// directory; what is left out is as there.
type ProvisioningOverride struct {
	// importUsers creates accounts for active users that have none.
	// +optional
	ImportUsers *bool `json:"importUsers,omitempty"`

	// updateUsers changes the profile of existing accounts, their name included.
	// +optional
	UpdateUsers *bool `json:"updateUsers,omitempty"`

	// enableUsers activates existing accounts of active users.
	// +optional
	EnableUsers *bool `json:"enableUsers,omitempty"`

	// disableUsers deactivates existing accounts of inactive users.
	// +optional
	DisableUsers *bool `json:"disableUsers,omitempty"`

	// adoption says what happens to an account that existed before.
	// +optional
	Adoption Adoption `json:"adoption,omitempty"`

	// onRemoval says what happens to the account of a user that the source deleted.
	// +optional
	OnRemoval UserRemoval `json:"onRemoval,omitempty"`
}

// GroupsOverride is what of GroupsSpec is different for one directory; what is
// left out is as there.
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || has(self.regex)",message="replacement needs a regex to replace: give both"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !has(self.regex) || [self.regex.split('(').size() - self.regex.split('(?').size() + self.regex.split('(?P<').size() + self.regex.split('(?<').size() - 2].all(groups, (groups > 0 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[1-9]')) && (groups > 1 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[2-9]')) && (groups > 2 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[3-9]')))",message="replacement names a group that regex does not have: put what is to be kept into parentheses, or correct the number"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$([^0-9{]|\\{[^}]*$|$)')",message="replacement has a $ that names no group: write $1 for group 1, \\$ for a dollar sign"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\\\$')",message="replacement ends with a backslash: write two for a backslash"
// +kubebuilder:validation:XValidation:rule="!has(self.include) || !has(self.exclude) || !self.include.exists(p, p in self.exclude)",message="include and exclude have the same entry, so that no group of it would take part: remove it from one of them"
type GroupsOverride struct {
	// sync makes the directory groups follow.
	// +optional
	Sync *bool `json:"sync,omitempty"`

	// createGroups creates groups that are missing in the directory.
	// +optional
	CreateGroups *bool `json:"createGroups,omitempty"`

	// membership says what happens to members that the source does not send.
	// +optional
	Membership MembershipPolicy `json:"membership,omitempty"`

	// onRemoval says what happens to the group when the source deleted it.
	// +optional
	OnRemoval GroupRemoval `json:"onRemoval,omitempty"`

	// mappings take the place of spec.groups.mappings, also when empty.
	// +optional
	// +listType=map
	// +listMapKey=from
	// +kubebuilder:validation:MaxItems=500
	Mappings []GroupMapping `json:"mappings,omitzero"`

	// regex takes the place of spec.groups.regex, and its replacement that of
	// spec.groups.replacement; an empty one leaves the displayName as it is.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.matches('\\\\(\\\\?(=|!|<=|<!)')",message="look-around such as (?=…) or (?<!…) is not supported: write the pattern with groups and use them in replacement"
	// +kubebuilder:validation:XValidation:rule="!self.matches('(^|[^\\\\\\\\])(\\\\\\\\\\\\\\\\)*\\\\\\\\[1-9]')",message="back-references such as \\1 are not supported in regex; in replacement write $1"
	// +kubebuilder:validation:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write regex as RE2 has them, and try it with: atlassync username"
	Regex *string `json:"regex,omitempty"`

	// replacement takes the place of every match of regex.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Replacement string `json:"replacement,omitempty"`

	// include takes the place of spec.groups.include, also when empty.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write a regular expression as RE2 has them, without look-around and back-references"
	Include []string `json:"include,omitzero"`

	// exclude takes the place of spec.groups.exclude, also when empty.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write a regular expression as RE2 has them, without look-around and back-references"
	Exclude []string `json:"exclude,omitzero"`

	// defaultGroups take the place of spec.groups.defaultGroups, also when empty.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=255
	DefaultGroups []string `json:"defaultGroups,omitzero"`

	// defaultGroupsFor says whom the default groups are given to.
	// +optional
	DefaultGroupsFor DefaultGroupsFor `json:"defaultGroupsFor,omitempty"`
}

// UsernameSpec turns a SCIM userName into a directory username.
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || has(self.regex)",message="replacement needs a regex to replace"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !has(self.regex) || [self.regex.split('(').size() - self.regex.split('(?').size() + self.regex.split('(?P<').size() + self.regex.split('(?<').size() - 2].all(groups, (groups > 0 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[1-9]')) && (groups > 1 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[2-9]')) && (groups > 2 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[3-9]')))",message="replacement names a group that regex does not have: put what is to be kept into parentheses, or correct the number"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$([^0-9{]|\\{[^}]*$|$)')",message="replacement has a $ that names no group: write $1 for group 1, \\$ for a dollar sign"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\\\$')",message="replacement ends with a backslash: write two for a backslash"
type UsernameSpec struct {
	// regex is an RE2 regular expression. Every match in the userName is
	// replaced; a userName without a match stays as it is. Look-around and
	// back-references are not part of RE2.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.matches('\\\\(\\\\?(=|!|<=|<!)')",message="look-around such as (?=…) or (?<!…) is not supported: write the pattern with groups and use them in replacement"
	// +kubebuilder:validation:XValidation:rule="!self.matches('(^|[^\\\\\\\\])(\\\\\\\\\\\\\\\\)*\\\\\\\\[1-9]')",message="back-references such as \\1 are not supported in regex; in replacement write $1"
	// +kubebuilder:validation:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write regex as RE2 has them, and try it with: atlassync username"
	Regex string `json:"regex,omitempty"`

	// replacement takes the place of every match, as in Java: $1 and ${1}
	// are group 1, $0 is the whole match, \$ is a dollar sign.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Replacement string `json:"replacement,omitempty"`

	// case Lower makes directory usernames lower case.
	// +optional
	// +kubebuilder:default=Preserve
	Case UsernameCase `json:"case,omitempty"`
}

// ProvisioningSpec says which changes of users are made in the directories.
// The switches are independent: with updateUsers off and disableUsers on, an
// account keeps its profile and is still disabled.
type ProvisioningSpec struct {
	// importUsers creates accounts for active users that have none.
	// +optional
	// +kubebuilder:default=true
	ImportUsers *bool `json:"importUsers,omitempty"`

	// updateUsers changes the profile of existing accounts, their name included.
	// +optional
	// +kubebuilder:default=true
	UpdateUsers *bool `json:"updateUsers,omitempty"`

	// enableUsers activates existing accounts of active users.
	// +optional
	// +kubebuilder:default=true
	EnableUsers *bool `json:"enableUsers,omitempty"`

	// disableUsers deactivates existing accounts of inactive users.
	// +optional
	// +kubebuilder:default=true
	DisableUsers *bool `json:"disableUsers,omitempty"`

	// adoption says what happens to an account that existed before: it is
	// taken over when its username matches (MatchUsername), when its e-mail
	// address matches too (MatchUsernameAndEmail), or never (Never).
	// +optional
	// +kubebuilder:default=MatchUsername
	Adoption Adoption `json:"adoption,omitempty"`

	// onRemoval says what happens to the account of a user that the source
	// deleted: Disable, Delete or Keep.
	// +optional
	// +kubebuilder:default=Disable
	OnRemoval UserRemoval `json:"onRemoval,omitempty"`
}

// GroupsSpec says which changes of groups are made in the directories.
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || has(self.regex)",message="replacement needs a regex to replace"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !has(self.regex) || [self.regex.split('(').size() - self.regex.split('(?').size() + self.regex.split('(?P<').size() + self.regex.split('(?<').size() - 2].all(groups, (groups > 0 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[1-9]')) && (groups > 1 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[2-9]')) && (groups > 2 || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$[3-9]')))",message="replacement names a group that regex does not have: put what is to be kept into parentheses, or correct the number"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\$([^0-9{]|\\{[^}]*$|$)')",message="replacement has a $ that names no group: write $1 for group 1, \\$ for a dollar sign"
// +kubebuilder:validation:XValidation:rule="!has(self.replacement) || !self.replacement.matches(r'(^|[^\\\\])(\\\\\\\\)*\\\\$')",message="replacement ends with a backslash: write two for a backslash"
// +kubebuilder:validation:XValidation:rule="!has(self.include) || !has(self.exclude) || !self.include.exists(p, p in self.exclude)",message="include and exclude have the same entry, so that no group of it would take part: remove it from one of them"
type GroupsSpec struct {
	// sync makes the directory groups follow.
	// +optional
	// +kubebuilder:default=true
	Sync *bool `json:"sync,omitempty"`

	// createGroups creates groups that are missing in the directory.
	// +optional
	// +kubebuilder:default=true
	CreateGroups *bool `json:"createGroups,omitempty"`

	// membership Exact removes members that the source does not send;
	// Additive never removes a member.
	// +optional
	// +kubebuilder:default=Exact
	Membership MembershipPolicy `json:"membership,omitempty"`

	// onRemoval says what happens to the group when the source deleted it:
	// Keep or Delete.
	// +optional
	// +kubebuilder:default=Keep
	OnRemoval GroupRemoval `json:"onRemoval,omitempty"`

	// mappings name groups of the source in the directories, one by one. A
	// group that is mapped is not subject to regex.
	// +optional
	// +listType=map
	// +listMapKey=from
	// +kubebuilder:validation:MaxItems=500
	Mappings []GroupMapping `json:"mappings,omitempty"`

	// regex is an RE2 regular expression. Every match in the displayName is
	// replaced, which gives the group's name in the directory; a displayName
	// without a match stays as it is.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.matches('\\\\(\\\\?(=|!|<=|<!)')",message="look-around such as (?=…) or (?<!…) is not supported: write the pattern with groups and use them in replacement"
	// +kubebuilder:validation:XValidation:rule="!self.matches('(^|[^\\\\\\\\])(\\\\\\\\\\\\\\\\)*\\\\\\\\[1-9]')",message="back-references such as \\1 are not supported in regex; in replacement write $1"
	// +kubebuilder:validation:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write regex as RE2 has them, and try it with: atlassync username"
	Regex string `json:"regex,omitempty"`

	// replacement takes the place of every match, as in Java: $1 and ${1}
	// are group 1, $0 is the whole match, \$ is a dollar sign.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Replacement string `json:"replacement,omitempty"`

	// include names the groups of the source that are synchronised: each entry
	// is an RE2 regular expression that must match the whole displayName, in
	// any letter case. Empty means all. A group that is left out stays in the
	// directories as it is.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write a regular expression as RE2 has them, without look-around and back-references"
	Include []string `json:"include,omitempty"`

	// exclude names groups of the source that are left out although include
	// has them; written as include is.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write a regular expression as RE2 has them, without look-around and back-references"
	Exclude []string `json:"exclude,omitempty"`

	// defaultGroups are groups that users become members of without the source
	// saying so, by their names in the directory. They are not taken out again
	// for being absent from the members that the source sends.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=255
	DefaultGroups []string `json:"defaultGroups,omitempty"`

	// defaultGroupsFor NewUsers gives the default groups to accounts that
	// atlassync creates, right after that; AllUsers gives them to every account
	// that it manages while its user is active.
	// +optional
	// +kubebuilder:default=NewUsers
	DefaultGroupsFor DefaultGroupsFor `json:"defaultGroupsFor,omitempty"`
}

// ProtectedSpec names what is never touched. Each entry is an RE2 regular
// expression that must match the whole directory name, in any letter case.
type ProtectedSpec struct {
	// users protects accounts by their directory username.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write a regular expression as RE2 has them, without look-around and back-references"
	Users []string `json:"users,omitempty"`

	// groups protects groups by their directory name.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule="'a'.matches(self) || !'a'.matches(self)",message="write a regular expression as RE2 has them, without look-around and back-references"
	Groups []string `json:"groups,omitempty"`
}

// DirectoryState says whether a directory can be written to.
// +kubebuilder:validation:Enum=Ready;Unreachable;Rejected;Invalid;Unknown
type DirectoryState string

// The states of a directory.
const (
	// DirectoryReady answers and accepts our credentials.
	DirectoryReady DirectoryState = "Ready"
	// DirectoryUnreachable does not answer as it should.
	DirectoryUnreachable DirectoryState = "Unreachable"
	// DirectoryRejected refuses our credentials or rights.
	DirectoryRejected DirectoryState = "Rejected"
	// DirectoryInvalid cannot be tried: a Secret or a setting is missing or wrong.
	DirectoryInvalid DirectoryState = "Invalid"
	// DirectoryUnknown has not been tried yet.
	DirectoryUnknown DirectoryState = "Unknown"
)

// SyncConfigStatus is what atlassync found out about a SyncConfig.
type SyncConfigStatus struct {
	// observedGeneration is the generation that this status describes.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// scim shows what to enter at the identity provider.
	// +optional
	SCIM SCIMStatus `json:"scim,omitzero"`

	// directories shows each directory's state.
	// +optional
	// +listType=map
	// +listMapKey=name
	Directories []DirectoryStatus `json:"directories,omitempty"`

	// lastRequestedAt is the value of annotation atlassync.dev/requested-at
	// that has been acted on.
	// +optional
	LastRequestedAt string `json:"lastRequestedAt,omitempty"`

	// reconciledBy is the Lease (namespace/name) of the managers of which one
	// reconciles this SyncConfig. It is empty when none does, or one that runs
	// without leader election.
	// +optional
	ReconciledBy string `json:"reconciledBy,omitempty"`

	// planned counts what would be done, while mode is DryRun.
	// +optional
	Planned *PlannedCounts `json:"planned,omitempty"`

	// users counts the users of this SyncConfig.
	// +optional
	// +kubebuilder:default={}
	Users UserCounts `json:"users"`

	// groups counts the groups of this SyncConfig.
	// +optional
	// +kubebuilder:default={}
	Groups GroupCounts `json:"groups"`

	// heldRemovals sums up what is not done before somebody approves it.
	// +optional
	// +kubebuilder:default={}
	HeldRemovals HeldRemovalsStatus `json:"heldRemovals"`

	// approvedRemovals is the last approval that was taken.
	// +optional
	ApprovedRemovals *ApprovedRemovals `json:"approvedRemovals,omitempty"`

	// pastRemovals are those removals that still count against removalLimit
	// although the users and groups are gone.
	// +optional
	// +listType=atomic
	PastRemovals []PastRemovals `json:"pastRemovals,omitempty"`

	// conditions are Ready, Reconciling, Stalled, Paused,
	// ConfigurationValid, CredentialsValid, DirectoriesReachable, Synced and
	// RemovalsHeld.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// SCIMStatus shows what to enter at the identity provider, and whether it
// has been heard of.
type SCIMStatus struct {
	// baseURL is the SCIM base URL of this SyncConfig.
	// +optional
	BaseURL string `json:"baseURL,omitempty"`

	// tokenSecretName is the Secret that holds the bearer tokens.
	// +optional
	TokenSecretName string `json:"tokenSecretName,omitempty"`

	// lastRequestTime is when a SCIM request with a valid token last came in,
	// to the minute.
	// +optional
	LastRequestTime *metav1.Time `json:"lastRequestTime,omitempty"`
}

// DirectoryVerified says whether a directory is known to be the right one.
// +kubebuilder:validation:Enum=True;False;Unknown
type DirectoryVerified string

// The results of a verification.
const (
	// DirectoryIsRight: the product has confirmed it.
	DirectoryIsRight DirectoryVerified = "True"
	// DirectoryIsWrong: the product writes to another one; nothing is written.
	DirectoryIsWrong DirectoryVerified = "False"
	// DirectoryIsUnverified: the product does not tell, or was not asked.
	DirectoryIsUnverified DirectoryVerified = "Unknown"
)

// SweepStatus is what a complete reading of a directory showed.
type SweepStatus struct {
	// time is when the reading ended.
	// +optional
	Time metav1.Time `json:"time,omitzero"`

	// duration is how long it took.
	// +optional
	Duration metav1.Duration `json:"duration,omitzero"`

	// users is how many accounts the directory has.
	// +optional
	// +kubebuilder:default=0
	Users int32 `json:"users"`

	// groups is how many groups were read with their members.
	// +optional
	// +kubebuilder:default=0
	Groups int32 `json:"groups"`

	// drifted is how many accounts and groups were not as they had been left.
	// +optional
	// +kubebuilder:default=0
	Drifted int32 `json:"drifted"`

	// corrected is how many of them were handed on to be put right.
	// +optional
	// +kubebuilder:default=0
	Corrected int32 `json:"corrected"`

	// orphans is how many accounts there are that no user of this SyncConfig
	// stands behind. They are never touched.
	// +optional
	// +kubebuilder:default=0
	Orphans int32 `json:"orphans"`

	// failure says why the last attempt at a reading, after time, was of no
	// use; empty if it succeeded.
	// +optional
	Failure string `json:"failure,omitempty"`
}

// DirectoryStatus is the state of one directory.
type DirectoryStatus struct {
	// name is the directory's name in the spec.
	// +required
	Name string `json:"name"`

	// product is the product that was configured.
	// +optional
	Product Product `json:"product,omitempty"`

	// version is the version that the product reported.
	// +optional
	Version string `json:"version,omitempty"`

	// state says whether the directory can be written to.
	// +required
	State DirectoryState `json:"state"`

	// message says why, and what to do.
	// +optional
	Message string `json:"message,omitempty"`

	// capabilities are what the product can do, in words.
	// +optional
	// +listType=set
	Capabilities []string `json:"capabilities,omitempty"`

	// directoryVerified says whether the user directory behind the product is
	// known to be the one that directoryName asks for.
	// +optional
	DirectoryVerified DirectoryVerified `json:"directoryVerified,omitempty"`

	// directoryVerifiedMessage says how that is known, or why it is not.
	// +optional
	DirectoryVerifiedMessage string `json:"directoryVerifiedMessage,omitempty"`

	// lastSweep is what the last complete reading of the directory showed.
	// +optional
	LastSweep *SweepStatus `json:"lastSweep,omitempty"`
}

// PlannedCounts counts what a dry run plans, over all directories.
type PlannedCounts struct {
	// users counts the accounts that would be changed.
	// +optional
	// +kubebuilder:default={}
	Users PlannedActions `json:"users"`
	// groups counts the groups that would be changed.
	// +optional
	// +kubebuilder:default={}
	Groups PlannedActions `json:"groups"`
}

// PlannedActions counts accounts or groups, each once, by the gravest that
// would be done to it.
type PlannedActions struct {
	// create is how many would be created.
	// +optional
	// +kubebuilder:default=0
	Create int32 `json:"create"`
	// update is how many would be changed, enabled or taken over.
	// +optional
	// +kubebuilder:default=0
	Update int32 `json:"update"`
	// disable is how many accounts would lose access.
	// +optional
	// +kubebuilder:default=0
	Disable int32 `json:"disable"`
	// delete is how many would be deleted.
	// +optional
	// +kubebuilder:default=0
	Delete int32 `json:"delete"`
	// held is how many removals would wait for a human.
	// +optional
	// +kubebuilder:default=0
	Held int32 `json:"held"`
}

// UserCounts counts the users of a SyncConfig.
type UserCounts struct {
	// total is the number of ProvisionedUsers.
	// +optional
	// +kubebuilder:default=0
	Total int32 `json:"total"`
	// ready is how many of them are as wanted in every directory.
	// +optional
	// +kubebuilder:default=0
	Ready int32 `json:"ready"`
	// inactive is how many of them the source has deactivated.
	// +optional
	// +kubebuilder:default=0
	Inactive int32 `json:"inactive"`
	// failed is how many need somebody's attention.
	// +optional
	// +kubebuilder:default=0
	Failed int32 `json:"failed"`
	// pending is how many are still to be worked on.
	// +optional
	// +kubebuilder:default=0
	Pending int32 `json:"pending"`
}

// GroupCounts counts the groups of a SyncConfig.
type GroupCounts struct {
	// total is the number of ProvisionedGroups.
	// +optional
	// +kubebuilder:default=0
	Total int32 `json:"total"`
	// ready is how many of them are as wanted in every directory.
	// +optional
	// +kubebuilder:default=0
	Ready int32 `json:"ready"`
	// failed is how many need somebody's attention.
	// +optional
	// +kubebuilder:default=0
	Failed int32 `json:"failed"`
	// pending is how many are still to be worked on.
	// +optional
	// +kubebuilder:default=0
	Pending int32 `json:"pending"`
}

// SyncConfig is one SCIM endpoint and the Atlassian directories it feeds.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=sync,categories=atlassync
// +kubebuilder:printcolumn:name="Provider",type=string,JSONPath=`.spec.provider`
// +kubebuilder:printcolumn:name="Mode",type=string,JSONPath=`.spec.mode`
// +kubebuilder:printcolumn:name="Users",type=integer,JSONPath=`.status.users.total`
// +kubebuilder:printcolumn:name="Groups",type=integer,JSONPath=`.status.groups.total`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Status",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Directories",type=string,priority=1,JSONPath=`.status.directories[*].name`
type SyncConfig struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what the administrator decides.
	// +required
	Spec SyncConfigSpec `json:"spec"`

	// status is what atlassync found out.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1}
	Status SyncConfigStatus `json:"status,omitzero"`
}

// TokenSecretName is the name of the Secret that holds the bearer tokens.
func (c *SyncConfig) TokenSecretName() string {
	if c.Spec.SCIM.TokenSecretName != "" {
		return c.Spec.SCIM.TokenSecretName
	}
	return c.Name + "-scim-token"
}

// SyncConfigList is a list of SyncConfigs.
// +kubebuilder:object:root=true
type SyncConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []SyncConfig `json:"items"`
}
