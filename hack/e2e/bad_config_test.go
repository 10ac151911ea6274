package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("A SyncConfig with a mistake", func() {
	DescribeTable("is refused at admission, with a message that says what to do",
		func(ctx SpecContext, change func(*v1alpha1.SyncConfigSpec), message string) {
			err := kube.Create(ctx, prepareTenant(ctx).config(change))
			Expect(err).To(Satisfy(apierrors.IsInvalid))
			Expect(err).To(MatchError(ContainSubstring(message)))
		},
		Entry("look-ahead in the regex", regex("(?=x).*"), "look-around such as (?=…) or (?<!…) is not supported"),
		Entry("look-behind in the regex", regex("(?<!x)y"), "look-around such as"),
		Entry("a back-reference in the regex", regex(`(a)\1`), "in replacement write $1"),
		Entry("a regex that cannot be read", regex("(unclosed"), "missing closing )"),
		Entry("a group that the regex does not have", replacement("$2"), "replacement names a group that regex does not have"),
		Entry("plain HTTP that nobody allowed", func(s *v1alpha1.SyncConfigSpec) { s.Directories[0].AllowInsecureHTTP = false }, "set allowInsecureHTTP: true"),
		Entry("credentials in the URL", func(s *v1alpha1.SyncConfigSpec) { s.Directories[0].URL = "https://me:secret@jira.example.com" }, "spec.directories[0].url"),
		Entry("no directory", func(s *v1alpha1.SyncConfigSpec) { s.Directories = []v1alpha1.DirectorySpec{} }, "spec.directories"),
		Entry("an unknown product", func(s *v1alpha1.SyncConfigSpec) { s.Directories[0].Product = "Trello" }, `"Jira"`),
	)

	It("says so in its conditions when admission cannot know, and heals when it is mended", func(ctx SpecContext) {
		t := createTenant(ctx, replacement("${name}"))
		t.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonInvalidRegex, "${name}"),
			haveCondition(v1alpha1.ConditionConfigurationValid, metav1.ConditionFalse, v1alpha1.ReasonInvalidRegex, "which the regex does not have"),
			haveCondition(v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonInvalidRegex, ""),
		))
		ada := newPerson("ada", "Ada", "Lovelace")
		idp := t.okta(okta.Template, replicas[0])
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred(), "nothing is lost meanwhile")
		t.expectUser(ctx, user.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady, "${name}"))
		Expect(people(t.jira)).To(BeEmpty())

		t.edit(ctx, replacement("$1"))
		t.expectPerson(ctx, idp, user.ID(), ada)
	})
})

func regex(pattern string) func(*v1alpha1.SyncConfigSpec) {
	return func(spec *v1alpha1.SyncConfigSpec) { spec.Username.Regex = pattern }
}

func replacement(text string) func(*v1alpha1.SyncConfigSpec) {
	return func(spec *v1alpha1.SyncConfigSpec) { spec.Username.Regex, spec.Username.Replacement = "(.*)@.*", text }
}
