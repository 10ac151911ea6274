package controllers

import (
	"context"
	"errors"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// fuse kills a manager before its next write but so many, to a directory or to
// the API server.
type fuse struct {
	left  int
	burnt bool
}

var errKilled = errors.New("killed")

// blown counts one write, and reports whether the manager is dead by then.
func (f *fuse) blown() bool {
	if f.left == 0 {
		f.burnt = true
	}
	f.left--
	return f.burnt
}

// mortal is the client of a manager with a fuse.
type mortal struct {
	client.Client
	fuse *fuse
}

func (m mortal) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.PatchOption) error {
	if m.fuse.blown() {
		return errKilled
	}
	return m.Client.Patch(ctx, object, patch, options...)
}

func (m mortal) Status() client.SubResourceWriter { return mortalStatus{m.Client.Status(), m.fuse} }

type mortalStatus struct {
	client.SubResourceWriter
	fuse *fuse
}

func (m mortalStatus) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	if m.fuse.blown() {
		return errKilled
	}
	return m.SubResourceWriter.Patch(ctx, object, patch, options...)
}

// killed runs reconciles of ada and of team that are killed before write number
// n, counted from 0, and reports whether they got that far.
func (s *stage) killed(ctx context.Context, n int) bool {
	GinkgoHelper()
	f := &fuse{left: n}
	alive, kill := context.WithCancel(ctx)
	defer kill()
	s.users.client, s.groups.client = mortal{cached, f}, mortal{cached, f}
	s.jira.Before(func(_ context.Context, call directorytest.Call) {
		if writes[call.Op] && f.blown() {
			kill()
		}
	})
	_, _ = s.users.Reconcile(alive, requestFor(s.key("ada")))
	_, _ = s.groups.Reconcile(alive, requestFor(s.key("team")))
	s.jira.Before(nil)
	s.restart()
	s.open(ctx)
	return f.burnt
}

var writes = map[string]bool{
	directory.OpCreateUser: true, directory.OpUpdateUser: true, directory.OpDeleteUser: true,
	directory.OpCreateGroup: true, directory.OpDeleteGroup: true, directory.OpAddMembers: true, directory.OpRemoveMembers: true,
}

// life is a step in the life of ada and of team, and how the directory is then.
type life struct {
	step string
	do   func(context.Context, *stage)
	then func(*stage)
}

func editing(user func(*v1alpha1.ProvisionedUserSpec), group func(*v1alpha1.ProvisionedGroupSpec)) func(context.Context, *stage) {
	return func(ctx context.Context, s *stage) {
		if user != nil {
			u := &v1alpha1.ProvisionedUser{}
			Expect(cached.Get(ctx, s.key("ada"), u)).To(Succeed())
			user(&u.Spec)
			Expect(cached.Update(ctx, u)).To(Succeed())
		}
		if group != nil {
			g := &v1alpha1.ProvisionedGroup{}
			Expect(cached.Get(ctx, s.key("team"), g)).To(Succeed())
			group(&g.Spec)
			Expect(cached.Update(ctx, g)).To(Succeed())
		}
	}
}

func deleting(ctx context.Context, s *stage) {
	for _, object := range []client.Object{&v1alpha1.ProvisionedUser{}, &v1alpha1.ProvisionedGroup{}} {
		object.SetNamespace(s.namespace)
		object.SetName("ada")
		if _, ok := object.(*v1alpha1.ProvisionedGroup); ok {
			object.SetName("team")
		}
		Expect(cached.Delete(ctx, object)).To(Succeed())
	}
}

// holds says that ada's account, under a name, is the only one, and who is in a group.
func holds(name string, active bool, group string, members ...string) func(*stage) {
	return func(s *stage) {
		GinkgoHelper()
		Expect(s.jira.State().Users).To(ConsistOf(
			And(HaveField("Name", name), HaveField("Active", active)), HaveField("Name", "bob")))
		Expect(s.jira.State().Groups[group]).To(ConsistOf(members))
	}
}

var lives = []life{
	{"create", func(ctx context.Context, s *stage) { s.newUser(ctx, "ada"); s.newGroup(ctx, "team", "ada", "bob") },
		holds("ada", true, "team", "ada", "bob")},
	{"update", editing(func(u *v1alpha1.ProvisionedUserSpec) { u.DisplayName = "Ada King" }, func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada") }),
		holds("ada", true, "team", "ada")},
	{"rename", editing(called("countess"), func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "crew" }),
		holds("countess", true, "crew", "countess")},
	{"disable", editing(deactivated, nil), holds("countess", false, "crew", "countess")},
	{"enable and rename", editing(func(u *v1alpha1.ProvisionedUserSpec) { u.Active, u.UserName = new(true), "duchess" }, nil),
		holds("duchess", true, "crew", "duchess")},
	{"delete", deleting, func(s *stage) {
		GinkgoHelper()
		Expect(s.account("duchess")).To(HaveValue(HaveField("Active", false)))
		Expect(s.jira.State().Users).To(HaveLen(2))
	}},
}

var _ = Describe("A manager that is killed before any write", func() {
	for _, adoption := range []v1alpha1.Adoption{v1alpha1.AdoptNever, v1alpha1.AdoptMatchUsername, v1alpha1.AdoptMatchUsernameAndEmail} {
		It(fmt.Sprintf("finds every account and group again, with adoption %s", adoption), func(ctx context.Context) {
			s := newStage(ctx, adopting(adoption)).open(ctx).provisioned(ctx, "bob")
			kills := 0
			for _, life := range lives {
				life.do(ctx, s)
				for n := 0; s.killed(ctx, n); n++ {
					kills++
					Expect(n).To(BeNumerically("<", 20), "%s does not come to an end", life.step)
				}
				s.user(ctx, "ada")
				s.group(ctx, "team")
				By(life.step)
				life.then(s)
				user := &v1alpha1.ProvisionedUser{}
				if err := cached.Get(ctx, s.key("ada"), user); err == nil {
					Expect(user.Status.Conditions).To(have(v1alpha1.ConditionReady))
				}
			}
			Expect(s.user(ctx, "ada")).To(BeNil())
			Expect(s.group(ctx, "team")).To(BeNil())
			Expect(kills).To(BeNumerically(">", 10))
		})
	}

	It("holds whom it found in a group that it takes over, and nobody else's account is touched", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail)).open(ctx).provisioned(ctx, "bob")
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "old", Email: "ada@example.com"})
		s.jira.SeedUser(directory.User{Name: "eve", DisplayName: "Eve", Email: "eve@example.com", Active: true})
		s.jira.SeedGroup("team")
		s.jira.SeedMember("team", "eve")
		s.newUser(ctx, "ada")
		s.newGroup(ctx, "team", "ada", "bob")
		for n := 0; s.killed(ctx, n); n++ {
			Expect(n).To(BeNumerically("<", 20))
		}
		Expect(s.user(ctx, "ada").Status.Directories[0]).To(And(HaveField("Adopted", true), HaveField("State", v1alpha1.UserActive)))
		Expect(s.group(ctx, "team").Status.Directories[0].HeldMembers).To(ConsistOf("eve"))
		Expect(s.members("team")).To(ConsistOf("ada", "bob", "eve"))
		Expect(s.account("eve")).To(HaveValue(And(HaveField("Active", true), HaveField("DisplayName", "Eve"))))
	})
})
