package controllers

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// preview previews the present SyncConfig with a change.
func (s *stage) preview(ctx context.Context, change func(*v1alpha1.SyncConfigSpec)) (ConfigPreview, error) {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(env.Client.Get(ctx, s.key("okta"), config)).To(Succeed())
	before := config.DeepCopy()
	change(&config.Spec)
	if !equality.Semantic.DeepEqual(before.Spec, config.Spec) {
		config.Generation++ // as a dry run of the API server gives it
	}
	return Preview(ctx, env.Client, map[string]directory.Connector{
		"Jira": func(directory.Config) (directory.Directory, error) { return s.jira, nil },
	}, config)
}

// previewed are the fates that a preview shows.
func previewed(preview ConfigPreview) fate {
	shown := fate{}
	for _, p := range preview.Planned {
		switch {
		case strings.HasPrefix(p.Detail, "Default group "):
			shown["created "+p.Name] = ""
		default:
			actions := strings.Split(p.Action, ", ")
			if p.Held {
				actions = append(actions, "held")
			}
			shown.set(p.Kind, p.Name, slices.DeleteFunc(actions, func(a string) bool { return strings.HasPrefix(a, "create group ") })...)
		}
	}
	return shown
}

var _ = Describe("A preview", func() {
	unchanged := func(*v1alpha1.SyncConfigSpec) {}
	// versions are the resource versions of everything in the namespace.
	versions := func(ctx context.Context, s *stage) []string {
		GinkgoHelper()
		var all []string
		for _, kind := range []string{"SyncConfigList", "ProvisionedUserList", "ProvisionedGroupList"} {
			list := &metav1.PartialObjectMetadataList{}
			list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
			Expect(env.Client.List(ctx, list, client.InNamespace(s.namespace))).To(Succeed())
			for _, item := range list.Items {
				all = append(all, kind+" "+item.Name+" "+item.ResourceVersion)
			}
		}
		return all
	}

	It("says what a change would do to every account and group, and does nothing", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada-x", "bob-x")
		s.newGroup(ctx, "team", "ada-x")
		s.group(ctx, "team")
		s.newUser(ctx, "new-x")
		s.newGroup(ctx, "fresh", "new-x")
		s.jira.SeedUser(directory.User{Name: "bob", Active: true})
		before, atFirst := versions(ctx, s), s.jira.State()
		s.jira.ResetCalls()

		shown, err := s.preview(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Username = v1alpha1.UsernameSpec{Regex: "(.*)-x", Replacement: "$1"}
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(shown.Planned).To(ConsistOf(
			Planned{Directory: "jira", Kind: "user", Name: "ada-x", Action: "rename", Reason: v1alpha1.ReasonPlanned, Detail: "Active as ada"},
			And(HaveField("Name", "bob-x"), HaveField("Action", ""), HaveField("Reason", v1alpha1.ReasonAlreadyExistsUnmanaged)),
			Planned{Directory: "jira", Kind: "user", Name: "new-x", Action: "create", Reason: v1alpha1.ReasonPlanned, Detail: "Active as new"},
			And(HaveField("Name", "fresh"), HaveField("Kind", "group"), HaveField("Action", "create, add 1")),
		))
		Expect(shown.Changes()).To(Equal(3))
		Expect(shown.Summary()).To(Equal("1 to create, 1 to update, 0 to disable, 0 held; groups: 1 to create, 0 to update, 0 to disable, 0 held"))
		Expect(versions(ctx, s)).To(Equal(before))
		Expect(s.jira.State()).To(Equal(atFirst))
		Expect(s.jira.Writes()).To(BeZero())
	})

	It("shows nothing when nothing would change", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		shown, err := s.preview(ctx, unchanged)
		Expect(err).NotTo(HaveOccurred())
		Expect(shown.Planned).To(BeEmpty())
		Expect(shown.Changes()).To(BeZero())
	})

	It("is what is then done", func(ctx context.Context) {
		s := newStage(ctx, dryRun).open(ctx)
		s.jira.SeedUser(directory.User{Name: "bob", DisplayName: "BOB", Email: "bob@example.com"})
		names := []string{"ada", "bob"}
		for _, name := range names {
			s.newUser(ctx, name)
		}
		shown, err := s.preview(ctx, unchanged)
		Expect(err).NotTo(HaveOccurred())
		var actions []string
		for _, planned := range shown.Planned {
			actions = append(actions, planned.Name+" "+planned.Action)
		}
		Expect(actions).To(ConsistOf("ada create", "bob adopt, enable"))
		s.jira.ResetCalls()
		s.switchTo(ctx, v1alpha1.ModeEnforce)
		for _, name := range names {
			s.user(ctx, name)
		}
		Expect(s.written()).To(HaveLen(2))
		Expect(slices.Sorted(slices.Values(s.written()))).To(Equal([]string{"create user ada ", "update user USER000001 "}))
	})

	It("shows what would become of deleted users", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.switchTo(ctx, v1alpha1.ModeDryRun)
		s.deleteUser(ctx, "ada")
		shown, err := s.preview(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.OnRemoval = v1alpha1.RemoveUserDelete })
		Expect(err).NotTo(HaveOccurred())
		Expect(shown.Planned).To(ConsistOf(Planned{Directory: "jira", Kind: "user", Name: "ada", Action: "delete", Reason: v1alpha1.ReasonPlanned, Detail: "Account ada deleted"}))
		shown, err = s.preview(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.OnRemoval = v1alpha1.RemoveUserKeep })
		Expect(err).NotTo(HaveOccurred())
		Expect(shown.Planned).To(BeEmpty())
	})

	It("is of no use while a directory cannot be read as a whole", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "cleo")
		s.newUser(ctx, "new")
		s.jira.SetPageSize(1)
		s.jira.FailPage(directory.OpEachUser, 1)
		shown, err := s.preview(ctx, unchanged)
		Expect(err).To(MatchError(ContainSubstring("directory jira: list users: unavailable")))
		Expect(shown.Planned).To(BeEmpty())
	})

	It("refuses a configuration that cannot be used", func(ctx context.Context) {
		s := newStage(ctx)
		_, err := s.preview(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Username = v1alpha1.UsernameSpec{Regex: "(a", Replacement: "$1"}
		})
		Expect(err).To(MatchError(HavePrefix("spec.username.regex: ")))
	})

	It("shows nothing of a SyncConfig that is paused", func(ctx context.Context) {
		s := newStage(ctx)
		s.newUser(ctx, "new")
		shown, err := s.preview(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModePaused })
		Expect(err).NotTo(HaveOccurred())
		Expect(shown.Planned).To(BeEmpty())
		Expect(s.jira.Calls()).To(BeEmpty())
	})
})
