package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

func TestWantedUser(t *testing.T) {
	user := func(change func(*v1alpha1.ProvisionedUserSpec)) *v1alpha1.ProvisionedUser {
		u := &v1alpha1.ProvisionedUser{Spec: v1alpha1.ProvisionedUserSpec{UserName: "ada@example.com"}}
		change(&u.Spec)
		return u
	}
	tests := []struct {
		name    string
		change  func(*v1alpha1.ProvisionedUserSpec)
		display string
		email   string
	}{
		{"displayName first", func(s *v1alpha1.ProvisionedUserSpec) {
			s.DisplayName, s.Name = "Ada L.", &v1alpha1.Name{Formatted: "Ada Lovelace"}
		}, "Ada L.", ""},
		{"then name.formatted", func(s *v1alpha1.ProvisionedUserSpec) {
			s.Name = &v1alpha1.Name{Formatted: "Ada Lovelace", GivenName: "A"}
		}, "Ada Lovelace", ""},
		{"then given and family name", func(s *v1alpha1.ProvisionedUserSpec) {
			s.Name = &v1alpha1.Name{GivenName: "Ada", FamilyName: "Lovelace"}
		}, "Ada Lovelace", ""},
		{"one of them alone", func(s *v1alpha1.ProvisionedUserSpec) { s.Name = &v1alpha1.Name{FamilyName: "Lovelace"} }, "Lovelace", ""},
		{"then userName", func(*v1alpha1.ProvisionedUserSpec) {}, "ada@example.com", ""},
		{"the primary address", func(s *v1alpha1.ProvisionedUserSpec) {
			s.Emails = []v1alpha1.MultiValue{{Value: "w@x", Type: "work"}, {Value: "p@x", Primary: true}}
		}, "ada@example.com", "p@x"},
		{"else that of type work", func(s *v1alpha1.ProvisionedUserSpec) {
			s.Emails = []v1alpha1.MultiValue{{Value: "h@x", Type: "home"}, {Value: "w@x", Type: "Work"}}
		}, "ada@example.com", "w@x"},
		{"else the first", func(s *v1alpha1.ProvisionedUserSpec) {
			s.Emails = []v1alpha1.MultiValue{{Type: "work"}, {Value: "h@x", Type: "home"}, {Value: "o@x"}}
		}, "ada@example.com", "h@x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			want := WantedUser(user(test.change), Policy{})
			g.Expect(want.DisplayName).To(Equal(test.display))
			g.Expect(want.Email).To(Equal(test.email))
		})
	}
	t.Run("absent active means active", func(t *testing.T) {
		NewWithT(t).Expect(WantedUser(user(func(*v1alpha1.ProvisionedUserSpec) {}), Policy{}).Active).To(BeTrue())
	})
}
