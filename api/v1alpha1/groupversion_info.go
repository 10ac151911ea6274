// Package v1alpha1 holds the custom resources of group atlassync.dev.
//
// SyncConfig is written by administrators; ProvisionedUser, ProvisionedGroup
// and its MembershipSlices are written by the SCIM server (or by hand, through
// Git) and made true in the Atlassian directories by the controllers.
//
// +kubebuilder:object:generate=true
// +groupName=atlassync.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// GroupVersion is the API group and version of every kind in this package.
	GroupVersion = schema.GroupVersion{Group: "atlassync.dev", Version: "v1alpha1"}

	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme registers the kinds of this package.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion,
		&SyncConfig{}, &SyncConfigList{},
		&ProvisionedUser{}, &ProvisionedUserList{},
		&ProvisionedGroup{}, &ProvisionedGroupList{},
		&MembershipSlice{}, &MembershipSliceList{},
	)
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
