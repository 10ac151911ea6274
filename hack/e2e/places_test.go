package e2e

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// person is what all three places are to say about a user: SCIM, the custom
// resource, and Jira under the username.
type person struct {
	okta.Profile
	username string
	active   bool
}

// newPerson is an active person whose login is an e-mail address.
func newPerson(username, given, family string) person {
	login := username + "@example.com"
	return person{
		Profile:  okta.Profile{ID: "00u-" + username, Login: login, Email: login, GivenName: given, FamilyName: family},
		username: username, active: true,
	}
}

// expectPerson checks the three places: SCIM and the resource's spec at once,
// its status as soon as the directory has followed, and then Jira.
func (t *tenant) expectPerson(ctx context.Context, idp *okta.Client, id string, want person) {
	GinkgoHelper()
	shown, err := idp.GetUser(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	Expect(shown.UserName()).To(Equal(want.Login))
	Expect(shown.Active()).To(Equal(want.active))
	Expect(shown.DisplayName()).To(Equal(want.GivenName + " " + want.FamilyName))

	user, err := t.user(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	Expect(user.Spec.UserName).To(Equal(want.Login))
	Expect(user.Spec.ExternalID).To(Equal(want.ID))
	Expect(user.IsActive()).To(Equal(want.active))

	reason, state := v1alpha1.ReasonProvisioned, v1alpha1.UserActive
	if !want.active {
		reason, state = v1alpha1.ReasonDeactivated, v1alpha1.UserInactive
	}
	t.expectUser(ctx, id, beReady(metav1.ConditionTrue, reason, ""))
	user, err = t.user(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	Expect(user.Status.Directories).To(HaveLen(1))
	entry := user.Status.Directories[0]
	Expect(entry.Username).To(Equal(want.username))
	Expect(entry.State).To(Equal(state))

	account, _ := t.jira.Simulator.User(want.username)
	Expect(account).To(Equal(userbase.User{
		Key: entry.ID, Name: want.username, DisplayName: want.GivenName + " " + want.FamilyName, Email: want.Email,
		Active: want.active, Directory: "Jira Internal Directory",
	}))
}

// expectUser waits until the conditions of a user match, and describe the
// latest spec.
func (t *tenant) expectUser(ctx context.Context, id string, matcher types.GomegaMatcher) {
	GinkgoHelper()
	Eventually(func() ([]metav1.Condition, error) {
		user, err := t.user(ctx, id)
		if err != nil {
			return nil, err
		}
		return current(user.Status.Conditions, user.Status.ObservedGeneration, user.Generation)
	}).Should(matcher)
}

// expectGroup checks the three places for a group with exactly these members.
func (t *tenant) expectGroup(ctx context.Context, idp *okta.Client, id, name string, members ...okta.Resource) {
	GinkgoHelper()
	ids, usernames := []string{}, []string{}
	for _, member := range members {
		ids = append(ids, member.ID())
		user, err := t.user(ctx, member.ID())
		Expect(err).NotTo(HaveOccurred())
		usernames = append(usernames, user.Status.Directories[0].Username)
	}
	shown, err := idp.GetGroup(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	Expect(shown.DisplayName()).To(Equal(name))
	Expect(shown.MemberIDs()).To(ConsistOf(ids))

	group, err := t.group(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	Expect(group.Spec.DisplayName).To(Equal(name))
	Expect(group.Spec.Members).To(ConsistOf(ids))
	Eventually(func() ([]metav1.Condition, error) {
		group, err := t.group(ctx, id)
		if err != nil {
			return nil, err
		}
		return current(group.Status.Conditions, group.Status.ObservedGeneration, group.Generation)
	}).Should(And(
		beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""),
		haveCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced, ""),
	))
	Expect(t.jira.Simulator.HasGroup(name)).To(BeTrue())
	Expect(t.jira.Simulator.MemberNames(name)).To(ConsistOf(usernames))
}

// expectConfig waits until the conditions of the SyncConfig match.
func (t *tenant) expectConfig(ctx context.Context, matcher types.GomegaMatcher) {
	GinkgoHelper()
	Eventually(func() ([]metav1.Condition, error) {
		config, err := t.read(ctx)
		if err != nil {
			return nil, err
		}
		return current(config.Status.Conditions, config.Status.ObservedGeneration, config.Generation)
	}).Should(matcher)
}

// current are the conditions, unless they describe an earlier spec.
func current(conditions []metav1.Condition, observed, generation int64) ([]metav1.Condition, error) {
	if observed != generation {
		return nil, fmt.Errorf("the status describes generation %d, and the spec is generation %d", observed, generation)
	}
	return conditions, nil
}

func beReady(status metav1.ConditionStatus, reason, message string) types.GomegaMatcher {
	return haveCondition(v1alpha1.ConditionReady, status, reason, message)
}

// haveCondition matches conditions of which one has this status, this reason
// and this part of a message.
func haveCondition(kind string, status metav1.ConditionStatus, reason, message string) types.GomegaMatcher {
	return ContainElement(And(
		HaveField("Type", kind), HaveField("Status", status), HaveField("Reason", reason),
		HaveField("Message", ContainSubstring(message)),
	))
}

func notOne(id string, found int, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%d objects have the SCIM id %s", found, id)
}
