package store_test

import (
	"context"
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// perPage is how many members the store puts on a page.
const perPage = 250

// pages are what the API server holds of one group.
type pages struct {
	group  *v1alpha1.ProvisionedGroup
	slices []v1alpha1.MembershipSlice
}

func pagesOf(ctx context.Context, s store.Scope, group *v1alpha1.ProvisionedGroup) pages {
	GinkgoHelper()
	p := pages{group: &v1alpha1.ProvisionedGroup{}}
	Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(group), p.group)).To(Succeed())
	var list v1alpha1.MembershipSliceList
	Expect(env.Client.List(ctx, &list, client.InNamespace(s.Namespace))).To(Succeed())
	p.slices = list.Items
	return p
}

// members are the members of all pages, with duplicates if there are any.
func (p pages) members() []string {
	all := slices.Clone(p.group.Spec.Members)
	for _, slice := range p.slices {
		all = append(all, slice.Spec.Members...)
	}
	return all
}

// versions tell which pages were written.
func (p pages) versions() map[string]string {
	versions := map[string]string{"group": p.group.ResourceVersion}
	for _, slice := range p.slices {
		versions[slice.Name] = slice.ResourceVersion
	}
	return versions
}

// writtenSince names the pages that were written since an earlier look.
func (p pages) writtenSince(before pages) []string {
	var written []string
	for name, version := range p.versions() {
		if before.versions()[name] != version {
			written = append(written, name)
		}
	}
	return written
}

// exactly is what holds want, each id once.
func exactly(want []string) OmegaMatcher {
	sorted := slices.Sorted(slices.Values(want))
	return WithTransform(func(got []string) string { return fmt.Sprint(slices.Sorted(slices.Values(got))) }, Equal(fmt.Sprint(sorted)))
}

var _ = Describe("A group of many pages", func() {
	var (
		s     store.Scope
		large *v1alpha1.ProvisionedGroup
	)
	BeforeEach(func(ctx context.Context) {
		s = newScope(ctx)
		var err error
		large, err = a.Store.Groups.Create(ctx, s, group("Everybody"))
		Expect(err).NotTo(HaveOccurred())
	})
	change := func(ctx context.Context, replica *storetest.Replica, change patch.MemberChange) bool {
		GinkgoHelper()
		changed, err := changeMembers(ctx, replica, s, large.SCIMID(), change)
		Expect(err).NotTo(HaveOccurred())
		return changed
	}
	shown := func(ctx context.Context, replica *storetest.Replica) []string {
		GinkgoHelper()
		g, err := replica.Store.Groups.Get(ctx, s, large.SCIMID())
		Expect(err).NotTo(HaveOccurred())
		members, err := replica.Store.Groups.Members(ctx, g)
		Expect(err).NotTo(HaveOccurred())
		return members
	}

	DescribeTable("is made by", func(ctx context.Context, fillUp func(context.Context, []string)) {
		want := manyIDs(10_000)
		fillUp(ctx, want)
		p := pagesOf(ctx, s, large)
		Expect(p.members()).To(exactly(want))
		Expect(p.group.Spec.Members).To(HaveLen(perPage))
		Expect(p.slices).To(HaveLen(len(want)/perPage - 1))
		Expect(p.group.Spec.Pages.Replacing).To(BeEmpty())
		Expect(shown(ctx, a)).To(Equal(want), "in the order in which they were added")
		Eventually(shown).WithArguments(ctx, b).Should(Equal(want))
		for _, slice := range p.slices {
			Expect(slice.Labels).To(HaveKeyWithValue(v1alpha1.LabelGroup, large.Name))
			Expect(slice.OwnerReferences).To(ConsistOf(HaveField("UID", large.UID)))
		}
	},
		Entry("one PUT", func(ctx context.Context, want []string) {
			change(ctx, a, patch.MemberChange{Reset: true, Add: want})
		}),
		Entry("one PATCH", func(ctx context.Context, want []string) {
			change(ctx, a, patch.MemberChange{Add: want})
		}),
		Entry("many PATCHes", func(ctx context.Context, want []string) {
			for batch := range slices.Chunk(want, 330) {
				change(ctx, a, patch.MemberChange{Add: batch})
			}
		}),
	)

	It("is made by one POST, and belongs to its members", func(ctx context.Context) {
		want := manyIDs(2_500)
		created, err := a.Store.Groups.Create(ctx, s, group("Half of them", want...))
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Store.Groups.Members(ctx, created)).To(Equal(want))
		Expect(created.Spec.Pages.Replacing).To(BeEmpty())
		for _, id := range []string{want[0], want[2_499]} {
			Expect(a.Store.Groups.Of(ctx, s, id)).To(HaveExactElements(HaveField("DisplayName", "Half of them")))
		}
	})

	It("has one page written for one member, and none for no change", func(ctx context.Context) {
		want := manyIDs(3_590)
		change(ctx, a, patch.MemberChange{Add: want})
		before := pagesOf(ctx, s, large)

		Expect(change(ctx, a, patch.MemberChange{Add: []string{"new"}})).To(BeTrue())
		added := pagesOf(ctx, s, large)
		Expect(added.writtenSince(before)).To(ConsistOf(before.group.Spec.Pages.OpenSlice))

		for _, id := range []string{want[0], want[1500], "new"} {
			before = pagesOf(ctx, s, large)
			Expect(change(ctx, a, patch.MemberChange{Remove: []string{id}})).To(BeTrue())
			Expect(pagesOf(ctx, s, large).writtenSince(before)).To(HaveLen(1))
		}

		before = pagesOf(ctx, s, large)
		Expect(change(ctx, b, patch.MemberChange{Add: []string{want[1], want[1501], want[3400]}})).To(BeFalse())
		Expect(change(ctx, b, patch.MemberChange{Remove: []string{"new", "nobody"}})).To(BeFalse())
		rest := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return id == want[0] || id == want[1500] })
		Expect(change(ctx, b, patch.MemberChange{Reset: true, Add: rest})).To(BeFalse())
		Expect(pagesOf(ctx, s, large).writtenSince(before)).To(BeEmpty())

		Expect(change(ctx, b, patch.MemberChange{Reset: true, Add: append(rest, "last")})).To(BeTrue())
		Expect(pagesOf(ctx, s, large).writtenSince(before)).To(HaveLen(1), "a PUT writes what differs")
	})

	It("has another version and time of change whichever page changes", func(ctx context.Context) {
		change(ctx, a, patch.MemberChange{Add: manyIDs(1_500)})
		seen := map[string]bool{}
		for _, c := range []patch.MemberChange{{}, {Add: []string{"new"}}, {Remove: []string{"new"}}, {Remove: []string{"id-0"}}} {
			change(ctx, a, c)
			g, err := a.Store.Groups.Get(ctx, s, large.SCIMID())
			Expect(err).NotTo(HaveOccurred())
			seen[store.Version(g)] = true
		}
		Expect(seen).To(HaveLen(4))
		expected := store.WithCondition(ctx, func(version string) bool { return seen[version] })
		_, err := changeMembers(expected, a, s, large.SCIMID(), patch.MemberChange{Add: []string{"met"}})
		Expect(err).NotTo(HaveOccurred())
		_, err = changeMembers(expected, a, s, large.SCIMID(), patch.MemberChange{Add: []string{"missed"}})
		Expect(err).To(beKind(store.Stale))
	})

	It("has no slice left when it is emptied, and goes on as a small group", func(ctx context.Context) {
		want := manyIDs(2_500)
		for _, emptied := range []patch.MemberChange{{Reset: true}, {Remove: want}} {
			change(ctx, a, patch.MemberChange{Add: want})
			Expect(pagesOf(ctx, s, large).slices).NotTo(BeEmpty())
			change(ctx, a, emptied)
			Expect(pagesOf(ctx, s, large).slices).To(BeEmpty())
			Expect(pagesOf(ctx, s, large).group.Spec.Pages.OpenSlice).To(BeEmpty())
			Expect(pagesOf(ctx, s, large).group.Spec.Pages.Replacing).To(BeEmpty())
		}
		change(ctx, b, patch.MemberChange{Add: []string{"one"}})
		p := pagesOf(ctx, s, large)
		Expect(p.slices).To(BeEmpty())
		Expect(p.group.Spec.Members).To(Equal([]string{"one"}))
	})

	It("fills a page that has become half empty before it makes another one", func(ctx context.Context) {
		want := manyIDs(4 * perPage)
		change(ctx, a, patch.MemberChange{Add: want})
		change(ctx, a, patch.MemberChange{Remove: want[perPage : perPage+150]})
		more := make([]string, 150)
		for i := range more {
			more[i] = fmt.Sprintf("more-%d", i)
		}
		change(ctx, a, patch.MemberChange{Add: more})
		p := pagesOf(ctx, s, large)
		Expect(p.slices).To(HaveLen(3))
		Expect(p.members()).To(exactly(slices.Concat(want[:perPage], want[perPage+150:], more)))
	})

	It("loses and doubles nobody when 16 connections on two replicas change it at once", func(ctx context.Context) {
		kept, removed := manyIDs(2_980), make([]string, 0, 16*10)
		for i := range 16 * 10 {
			removed = append(removed, fmt.Sprintf("removed-%d", i))
		}
		change(ctx, a, patch.MemberChange{Add: slices.Concat(kept[:1_500], removed, kept[1_500:])})
		want := slices.Clone(kept)
		for i := range 8 * 10 {
			want = append(want, fmt.Sprintf("added-%d", i))
		}
		replicas := []*storetest.Replica{a, b}
		together(16, func(i int) {
			defer GinkgoRecover()
			for n := range 10 {
				// Every member is added twice, through both replicas.
				change(ctx, replicas[i%2], patch.MemberChange{
					Add:    []string{fmt.Sprintf("added-%d", i/2*10+n)},
					Remove: []string{removed[i*10+n]},
				})
			}
		})
		Expect(pagesOf(ctx, s, large).members()).To(exactly(want))
		Eventually(shown).WithArguments(ctx, a).Should(exactly(want))
		Eventually(shown).WithArguments(ctx, b).Should(exactly(want))
	})

	It("has a member removed on one replica that another has just added, and the reverse", func(ctx context.Context) {
		change(ctx, a, patch.MemberChange{Add: manyIDs(1_200)})
		for i := range 20 {
			id := fmt.Sprintf("brief-%d", i)
			change(ctx, a, patch.MemberChange{Add: []string{id}})
			change(ctx, b, patch.MemberChange{Remove: []string{id}})
			change(ctx, a, patch.MemberChange{Add: []string{id}})
			change(ctx, b, patch.MemberChange{Add: []string{id}})
		}
		Expect(pagesOf(ctx, s, large).members()).To(HaveLen(1_220))
		Expect(pagesOf(ctx, s, large).members()).To(HaveLen(len(shown(ctx, b))))
	})

	It("whose replacement broke off says so until the next one is complete", func(ctx context.Context) {
		want := manyIDs(3_000)
		broken, cancel := context.WithCancel(ctx)
		replica, err := storetest.NewReplica(ctx, env, storetest.AfterWrites(4, cancel))
		Expect(err).NotTo(HaveOccurred())
		_, err = changeMembers(broken, replica, s, large.SCIMID(), patch.MemberChange{Reset: true, Add: want})
		Expect(err).To(beKind(store.Unavailable))
		Expect(pagesOf(ctx, s, large).group.Spec.Pages.Replacing).NotTo(BeEmpty())
		Expect(pagesOf(ctx, s, large).members()).NotTo(exactly(want))

		change(ctx, b, patch.MemberChange{Reset: true, Add: want})
		Expect(pagesOf(ctx, s, large).group.Spec.Pages.Replacing).To(BeEmpty())
		Expect(pagesOf(ctx, s, large).members()).To(exactly(want))
	})

	It("can be changed whichever write of a replacement was the last", func(ctx context.Context) {
		want := manyIDs(600)
		for last := int64(1); last <= 8; last++ {
			broken, cancel := context.WithCancel(ctx)
			replica, err := storetest.NewReplica(ctx, env, storetest.AfterWrites(last, cancel))
			Expect(err).NotTo(HaveOccurred())
			_, _ = changeMembers(broken, replica, s, large.SCIMID(), patch.MemberChange{Reset: true, Add: want})
			cancel()

			change(ctx, b, patch.MemberChange{Add: []string{"late"}})
			Expect(pagesOf(ctx, s, large).members()).To(ContainElement("late"), "after write %d", last)
			change(ctx, b, patch.MemberChange{Reset: true, Add: want})
			Expect(pagesOf(ctx, s, large).members()).To(exactly(want), "after write %d", last)
			Expect(pagesOf(ctx, s, large).group.Spec.Pages.Replacing).To(BeEmpty(), "after write %d", last)
			change(ctx, b, patch.MemberChange{Reset: true})
		}
	})

	It("is replaced although its status is written at the same time, at whichever moment", func(ctx context.Context) {
		want := manyIDs(600)
		for moment := int64(1); moment <= 8; moment++ {
			replica, err := storetest.NewReplica(ctx, env, storetest.AfterWrites(moment, func() {
				defer GinkgoRecover()
				reported := &v1alpha1.ProvisionedGroup{}
				Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(large), reported)).To(Succeed())
				before := reported.DeepCopy()
				reported.Status.MemberCount = int32(moment)
				Expect(env.Client.Status().Patch(ctx, reported, client.MergeFrom(before))).To(Succeed())
			}))
			Expect(err).NotTo(HaveOccurred())
			_, err = changeMembers(ctx, replica, s, large.SCIMID(), patch.MemberChange{Reset: true, Add: want})
			Expect(err).NotTo(HaveOccurred(), "after write %d", moment)
			Expect(pagesOf(ctx, s, large).members()).To(exactly(want), "after write %d", moment)
			Expect(pagesOf(ctx, s, large).group.Spec.Pages.Replacing).To(BeEmpty(), "after write %d", moment)
			change(ctx, b, patch.MemberChange{Reset: true})
		}
	})

	It("kept in Git is shown with the slices written there, and not changed", func(ctx context.Context) {
		owned := &v1alpha1.ProvisionedGroup{Spec: group("From Git", "first")}
		owned.Namespace, owned.Name, owned.Spec.SyncConfigName = s.Namespace, "from-git", s.SyncConfig
		Expect(env.Client.Create(ctx, owned)).To(Succeed())
		slice := &v1alpha1.MembershipSlice{Spec: v1alpha1.MembershipSliceSpec{GroupName: "from-git", Members: []string{"second"}}}
		slice.Namespace, slice.Name = s.Namespace, "from-git-2"
		Expect(env.Client.Create(ctx, slice)).To(Succeed())
		Eventually(func() ([]string, error) { return a.Store.Groups.Members(ctx, owned) }).Should(Equal([]string{"first", "second"}))
		Eventually(func() error { _, err := a.Store.Groups.Get(ctx, s, owned.SCIMID()); return err }).Should(Succeed())
		Expect(a.Store.Groups.Of(ctx, s, "second")).To(HaveLen(1))
		_, err := changeMembers(ctx, a, s, owned.SCIMID(), patch.MemberChange{Remove: []string{"second"}})
		Expect(err).To(beKind(store.Mutability))
	})
})
