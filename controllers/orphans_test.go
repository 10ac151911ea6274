package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var _ = Describe("The list of orphans", func() {
	connectors := func(s *stage) map[string]directory.Connector {
		return map[string]directory.Connector{"Jira": func(directory.Config) (directory.Directory, error) { return s.jira, nil }}
	}

	It("names the accounts that nobody provisions, and touches nothing", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		for _, name := range []string{"stranger", "atlassync"} {
			s.jira.SeedUser(directory.User{Name: name, DisplayName: "The " + name, Active: name == "stranger"})
		}
		before := s.jira.State()
		orphans, err := Orphans(ctx, env.Client, connectors(s), s.key("okta"))
		Expect(err).NotTo(HaveOccurred())
		Expect(orphans).To(Equal([]Orphan{
			{Directory: "jira", Username: "atlassync", DisplayName: "The atlassync", Self: true},
			{Directory: "jira", Username: "stranger", DisplayName: "The stranger", Active: true},
		}))
		Expect(s.jira.State()).To(Equal(before))
	})

	It("is not given when the directory cannot be read as a whole", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.jira.SeedUser(directory.User{Name: "stranger"})
		s.jira.SetPageSize(1)
		s.jira.FailPage(directory.OpEachUser, 2)
		orphans, err := Orphans(ctx, env.Client, connectors(s), s.key("okta"))
		Expect(err).To(MatchError(ContainSubstring("directory jira: list users: unavailable")))
		Expect(orphans).To(BeEmpty())
	})

	It("needs the credentials of the directory", func(ctx context.Context) {
		s := newStage(ctx)
		Expect(cached.Delete(ctx, s.secret("jira-admin", nil))).To(Succeed())
		_, err := Orphans(ctx, env.Client, connectors(s), s.key("okta"))
		Expect(err).To(MatchError(ContainSubstring("Secret jira-admin")))
	})
})
