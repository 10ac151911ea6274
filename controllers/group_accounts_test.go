package controllers

import (
	"context"
	"errors"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// aMember looks up ada, as what she is at that moment, and counts the looks.
type aMember struct {
	*knownMembers
	is    member
	err   error
	looks int
	// meanwhile happens after each look, before it is remembered.
	meanwhile func()
}

func (a *aMember) find(version string) (member, error) {
	scope := claimScope{config: types.NamespacedName{Namespace: "prod", Name: "okta"}, directory: "jira"}
	return a.knownMembers.find(scope, specVersion{uid: types.UID(version)}, "id-ada", func() (member, error) {
		a.looks++
		was := a.is
		a.meanwhile()
		return was, a.err
	})
}

func TestKnownMembers(t *testing.T) {
	ada := &v1alpha1.ProvisionedUser{Spec: v1alpha1.ProvisionedUserSpec{SyncConfigName: "okta", ID: "id-ada"}}
	ada.Namespace = "prod"
	before, after := member{"1", "ada", standsIn}, member{"1", "ada", isBarred}
	for name, test := range map[string]struct {
		between func(*aMember)
		second  string // version of the SyncConfig
		looks   int
	}{
		"are not looked up again": {func(*aMember) {}, "1", 1},
		"are looked up again once they changed": {
			func(a *aMember) { a.is = after; a.forget(ada) }, "1", 2},
		"are looked up again for another spec": {
			func(a *aMember) { a.is = after }, "2", 2},
		"are looked up again when the SyncConfig is another": {
			func(a *aMember) { a.is = after; a.forgetConfig(types.NamespacedName{Namespace: "prod", Name: "okta"}) }, "1", 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			a := &aMember{knownMembers: newKnownMembers(), is: before, meanwhile: func() {}}
			g.Expect(a.find("1")).To(Equal(before))
			test.between(a)
			g.Expect(a.find(test.second)).To(Equal(a.is))
			g.Expect(a.looks).To(Equal(test.looks))
		})
	}

	t.Run("are not what they were before they changed during the look-up", func(t *testing.T) {
		g := NewWithT(t)
		a := &aMember{knownMembers: newKnownMembers(), is: before}
		a.meanwhile = func() { a.is = after; a.forget(ada) }
		g.Expect(a.find("1")).To(Equal(before))
		g.Expect(a.find("1")).To(Equal(after))
	})

	t.Run("are looked up again after a failure", func(t *testing.T) {
		g := NewWithT(t)
		a := &aMember{knownMembers: newKnownMembers(), is: before, err: errors.New("no cache"), meanwhile: func() {}}
		_, err := a.find("1")
		g.Expect(err).To(MatchError("no cache"))
		a.err = nil
		g.Expect(a.find("1")).To(Equal(before))
	})
}

var _ = Describe("A group that is large", func() {
	It("follows what becomes of its members", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.groups.known.largerThan = 0
		for _, name := range []string{"ada", "bob"} {
			s.newUser(ctx, name)
		}
		s.newGroup(ctx, "team", "ada", "bob")
		Expect(s.group(ctx, "team").Status.Directories[0].PendingMembers).To(Equal(int32(2)))

		changed := func(user client.Object) {
			Expect(s.groups.groupsOfMember(ctx, user)).To(ConsistOf(s.key("team")))
			s.group(ctx, "team")
		}
		changed(s.user(ctx, "ada"))
		Expect(s.members("team")).To(Equal([]string{"ada"}))
		changed(s.user(ctx, "bob"))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		changed(s.editUser(ctx, "ada", func(spec *v1alpha1.ProvisionedUserSpec) { spec.UserName = "zoe" }))
		Expect(s.group(ctx, "team").Status.Directories[0].Members).To(Equal(int32(2)))
		Expect(s.members("team")).To(Equal([]string{"bob", "zoe"}))
	})
})
