package directorytest_test

import (
	"context"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// The fake keeps the contract as every sort of product, so that the suite
// itself is known to fit each of them.
func TestFakeKeepsTheContract(t *testing.T) {
	everything := directorytest.NewFake().Capabilities()
	products := map[string]func(*directory.Capabilities){
		"everything":         func(*directory.Capabilities) {},
		"one member at once": func(c *directory.Capabilities) { c.MembersPerRequest = 1 },
		"lower case, e-mail hidden, no rename": func(c *directory.Capabilities) {
			c.LowerCaseNames, c.ReadsEmail, c.RenamesUsers, c.ForbiddenInGroupName = true, false, false, "/"
		},
		"no deactivation": func(c *directory.Capabilities) { c.Deactivates = false },
		"no deletion":     func(c *directory.Capabilities) { c.DeletesUsers = false },
	}
	for name, limit := range products {
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, func(*testing.T) directorytest.Instance {
				fake, capabilities := directorytest.NewFake(), everything
				limit(&capabilities)
				fake.SetCapabilities(capabilities)
				fake.SetPageSize(3)
				return directorytest.Instance{Directory: fake, Seeder: fake, PageSize: 3}
			})
		})
	}
}

func TestFakeFailsAsToldAndThenWorksAgain(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	fake.SeedUser(directory.User{Name: "ada"})

	fake.FailNext(directory.OpFindUser, directory.Error{Kind: directory.KindRateLimited, RetryAfter: time.Minute})
	_, err := fake.FindUser(t.Context(), "ada")
	g.Expect(err).To(Equal(&directory.Error{
		Kind: directory.KindRateLimited, Op: directory.OpFindUser, RetryAfter: time.Minute,
	}))
	_, err = fake.FindUser(t.Context(), "ada")
	g.Expect(err).NotTo(HaveOccurred())

	fake.SetDown(directory.Error{Kind: directory.KindUnauthorized})
	g.Expect(directory.KindOf(fake.DeleteGroup(t.Context(), directory.Group{Name: "x"}))).To(Equal(directory.KindUnauthorized))
	fake.SetUp()
	g.Expect(fake.DeleteGroup(t.Context(), directory.Group{Name: "x"})).To(Succeed())
}

func TestFakeLogsCallsButNotSeeding(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	fake.SeedUser(directory.User{Name: "ada"})
	fake.SeedGroup("engineers")

	g.Expect(fake.AddMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}})).To(Succeed())
	_, err := fake.FindUser(t.Context(), "nobody")
	g.Expect(err).To(HaveOccurred())

	g.Expect(fake.Calls()).To(Equal([]directorytest.Call{
		{Op: directory.OpAddMembers, User: "ada", Group: "engineers"},
		{Op: directory.OpFindUser, User: "nobody"},
	}))
	g.Expect(fake.Reads()).To(Equal(1))
	g.Expect(fake.Writes()).To(Equal(1))
	g.Expect(fake.Count(directory.OpAddMembers)).To(Equal(1))
	fake.ResetCalls()
	g.Expect(fake.Calls()).To(BeEmpty())
}

func TestFakeRunsTheHookBeforeTheCallTakesEffect(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	ctx, cancel := context.WithCancel(t.Context())
	fake.Before(func(_ context.Context, call directorytest.Call) {
		g.Expect(call).To(Equal(directorytest.Call{Op: directory.OpCreateGroup, Group: "engineers"}))
		cancel()
	})
	_, err := fake.CreateGroup(ctx, "engineers")
	g.Expect(err).To(MatchError(context.Canceled))
	g.Expect(fake.State().Groups).To(BeEmpty())
}

func TestFakeShowsTheInfoThatWasSet(t *testing.T) {
	fake := directorytest.NewFake()
	info := directory.Info{Version: "2.0.0", Self: "robot"}
	fake.SetInfo(info)
	NewWithT(t).Expect(fake.Probe(t.Context())).To(Equal(info))
}

func TestFakeRefusesWhatTheProductCannotDo(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	ada := fake.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
	fake.SetCapabilities(directory.Capabilities{ForbiddenInUsername: "<>"})

	shown, err := fake.FindUser(t.Context(), "ada")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(shown.Email).To(BeEmpty())
	for _, change := range []directory.UserChange{{Name: new("grace")}, {Active: new(false)}} {
		_, err = fake.UpdateUser(t.Context(), ada.ID, change)
		g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnsupported))
	}
	_, err = fake.CreateUser(t.Context(), directory.NewUser{Name: "a<b"})
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
}
