package compact

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// The samples have what objects of their kind have in common: the better they
// resemble them, the less a real one takes. Nothing else depends on them.

func sampleUser() *v1alpha1.ProvisionedUser {
	user := &v1alpha1.ProvisionedUser{
		TypeMeta: sampleType("ProvisionedUser"), ObjectMeta: sampleMeta(),
		Spec: v1alpha1.ProvisionedUserSpec{
			SyncConfigName: "okta", ID: sampleID, ExternalID: "00u0000000000000000", UserName: sampleName, Active: new(true),
			UserProfile: v1alpha1.UserProfile{
				Name: &v1alpha1.Name{GivenName: "Ada", FamilyName: "Lovelace", Formatted: "Ada Lovelace"}, DisplayName: "Ada Lovelace",
				Title: "Engineer", UserType: "Employee", PreferredLanguage: "en-US", Locale: "en-US", Timezone: "Europe/Berlin",
				Emails:       []v1alpha1.MultiValue{{Value: sampleName, Type: "work", Primary: true}},
				PhoneNumbers: []v1alpha1.MultiValue{{Value: "+1", Type: "work"}},
			},
			Enterprise: &v1alpha1.EnterpriseUser{
				EmployeeNumber: "1", CostCenter: "1", Organization: "Org", Division: "Division", Department: "Department",
				Manager: &v1alpha1.Manager{Value: "1", DisplayName: "Manager"},
			},
		},
		Status: v1alpha1.ProvisionedUserStatus{
			ObservedGeneration: 1,
			Conditions:         sampleConditions(),
		},
	}
	for _, name := range []string{"confluence", "jira"} {
		user.Status.Directories = append(user.Status.Directories, v1alpha1.UserDirectoryStatus{
			Name: name, Target: "0123456789abcdef", Username: sampleName, ID: "JIRAUSER10000", State: v1alpha1.UserActive,
			WrittenEmail: sampleName, Managed: true, DefaultGroups: []string{"jira-software-users"}, Settled: "0123456789abcdef",
			SourceUserName: sampleName, Reason: v1alpha1.ReasonProvisioned, LastTransitionTime: sampleTime(),
		})
	}
	return user
}

func sampleGroup() *v1alpha1.ProvisionedGroup {
	return &v1alpha1.ProvisionedGroup{
		TypeMeta: sampleType("ProvisionedGroup"), ObjectMeta: sampleMeta(),
		Spec: v1alpha1.ProvisionedGroupSpec{
			SyncConfigName: "okta", ID: sampleID, ExternalID: sampleID, DisplayName: "engineering", Members: []string{sampleID},
		},
		Status: v1alpha1.ProvisionedGroupStatus{
			ObservedGeneration: 1, Conditions: sampleConditions(),
			Directories: []v1alpha1.GroupDirectoryStatus{{
				Name: "jira", Target: "0123456789abcdef", GroupName: "engineering", Managed: true,
				Reason: v1alpha1.ReasonProvisioned, LastTransitionTime: sampleTime(),
			}},
		},
	}
}

const (
	sampleID   = "00000000-0000-4000-8000-000000000000"
	sampleName = "ada.lovelace@example.com"
)

func sampleTime() metav1.Time {
	return metav1.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
}

func sampleType(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: kind}
}

func sampleMeta() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: "ada-lovelace-example-com-0123456789abcdef", Namespace: "atlassync-system", UID: sampleID, ResourceVersion: "1000",
		Generation: 1, CreationTimestamp: sampleTime(), Finalizers: []string{v1alpha1.Finalizer},
		Labels: map[string]string{v1alpha1.LabelID: sampleID, v1alpha1.LabelSyncConfig: "okta", v1alpha1.LabelManagedBy: v1alpha1.ManagedBySCIM},
	}
}

func sampleConditions() []metav1.Condition {
	return []metav1.Condition{{
		Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, ObservedGeneration: 1,
		LastTransitionTime: sampleTime(), Reason: v1alpha1.ReasonProvisioned,
	}}
}
