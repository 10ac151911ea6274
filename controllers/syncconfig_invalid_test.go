package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// What admission refuses is in TestAdmission of api/v1alpha1; here is what it
// cannot see, or could only at a price that the API server does not pay.
var _ = DescribeTable("A SyncConfig that cannot be used, though admission lets it in, says which field and what to do, and writes nowhere",
	func(ctx context.Context, change func(*v1alpha1.SyncConfigSpec), reason, field, advice string) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { change(&c.Spec) }).open(ctx)
		config := s.config(ctx)
		Expect(config.Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, reason, And(HavePrefix("spec."+field+": "), ContainSubstring(advice))),
			beCondition(v1alpha1.ConditionConfigurationValid, metav1.ConditionFalse, reason),
			beCondition(v1alpha1.ConditionStalled, metav1.ConditionTrue, reason)))
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady, ContainSubstring(field)))
		Expect(s.jira.Writes()).To(BeZero())
	},
	Entry("a named group that the regex lacks", func(s *v1alpha1.SyncConfigSpec) {
		s.Username = v1alpha1.UsernameSpec{Regex: "(?P<local>.*)@.*", Replacement: "${name}"}
	}, v1alpha1.ReasonInvalidRegex, "username.replacement", "the regex does not have: it has 1"),
	Entry("a group that only looks like one", func(s *v1alpha1.SyncConfigSpec) {
		s.Username = v1alpha1.UsernameSpec{Regex: `\(x\)`, Replacement: "$1"}
	}, v1alpha1.ReasonInvalidRegex, "username.replacement", "the regex does not have: it has 0"),
	Entry("the same in an override", func(s *v1alpha1.SyncConfigSpec) {
		s.Directories[0].Username = v1alpha1.UsernameOverride{Regex: new("[(]"), Replacement: "$1"}
	}, v1alpha1.ReasonInvalidRegex, "directories[0].username.replacement", "the regex does not have"),
	Entry("the same for groups", func(s *v1alpha1.SyncConfigSpec) {
		s.Groups.Regex, s.Groups.Replacement = "^okta-(.*)$", "${name}"
	}, v1alpha1.ReasonInvalidRegex, "groups.replacement", "the regex does not have"),
	Entry("one directory twice, its host in capitals", func(s *v1alpha1.SyncConfigSpec) {
		other := s.Directories[0]
		other.Name, other.URL = "other", "https://JIRA.example.com"
		s.Directories = append(s.Directories, other)
	}, v1alpha1.ReasonDuplicateDirectory, "directories[1].url", "jira and other are the same directory: remove one of them"),
	Entry("one directory twice, with and without encryption", func(s *v1alpha1.SyncConfigSpec) {
		other := s.Directories[0]
		other.Name, other.URL, other.AllowInsecureHTTP = "other", "http://jira.example.com", true
		s.Directories = append(s.Directories, other)
	}, v1alpha1.ReasonDuplicateDirectory, "directories[1].url", "remove one of them"),
	Entry("a group mapped twice, once in capitals", func(s *v1alpha1.SyncConfigSpec) {
		s.Groups.Mappings = []v1alpha1.GroupMapping{{From: "staff", To: "a"}, {From: "Staff", To: "b"}}
	}, v1alpha1.ReasonPolicyConflict, "groups.mappings[1].from", "remove one of the two"),
	Entry("a default group that is protected", func(s *v1alpha1.SyncConfigSpec) {
		s.Protected.Groups, s.Groups.DefaultGroups = []string{"Jira-.*"}, []string{"users", "jira-administrators"}
	}, v1alpha1.ReasonPolicyConflict, "groups.defaultGroups[1]", "take it out of defaultGroups or of protected.groups"),
	Entry("the same in an override", func(s *v1alpha1.SyncConfigSpec) {
		s.Protected.Groups, s.Directories[0].Groups.DefaultGroups = []string{"Jira-.*"}, []string{"jira-administrators"}
	}, v1alpha1.ReasonPolicyConflict, "directories[0].groups.defaultGroups[0]", "take it out of defaultGroups or of protected.groups"),
)
