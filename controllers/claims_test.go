package controllers

import (
	"slices"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
)

// claiming makes claimants of one directory, and notes who is woken.
type claiming struct {
	*claims
	all   []claimant
	woken []string
}

func newClaiming(all ...claimant) *claiming {
	c := &claiming{all: all}
	c.claims = newClaims(func(names ...types.NamespacedName) {
		for _, name := range names {
			c.woken = append(c.woken, name.Name)
		}
	})
	return c
}

// holder claims for one of them and gives the title of who holds its name.
func (c *claiming) holder(t *testing.T, version int64, self claimant) string {
	t.Helper()
	holder, err := c.claim(claimScope{directory: "jira"}, specVersion{generation: version}, self, func() ([]claimant, error) { return slices.Clone(c.all), nil })
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return holder
}

// born makes an object that wants a name; minute is when it was created.
func born(minute int, title, wants string) claimant {
	return claimant{
		object: title, title: title, wants: wants, created: int64(minute),
	}
}

func linkedTo(c claimant, name, id string) claimant {
	c.linkedName, c.linkedID = name, id
	return c
}

func TestTheOlderObjectHasTheName(t *testing.T) {
	g := NewWithT(t)
	older, newer := born(1, "older", "ada"), born(2, "newer", "ADA")
	c := newClaiming(older, newer)
	g.Expect(c.holder(t, 1, newer)).To(Equal("older"))
	g.Expect(c.holder(t, 1, older)).To(BeEmpty())
}

func TestWhoIsLinkedGoesBeforeWhoIsOlder(t *testing.T) {
	g := NewWithT(t)
	older, linked := born(1, "older", "ada"), linkedTo(born(2, "linked", "ada"), "ada", "K1")
	c := newClaiming(older, linked)
	g.Expect(c.holder(t, 1, older)).To(Equal("linked"))
	g.Expect(c.holder(t, 1, linked)).To(BeEmpty())
}

func TestWhoWasLetInStaysAlsoWhenTheSpecChanges(t *testing.T) {
	g := NewWithT(t)
	first, older := born(2, "first", "ada"), born(1, "older", "ada")
	c := newClaiming(first)
	g.Expect(c.holder(t, 1, first)).To(BeEmpty())
	c.all = append(c.all, older)
	g.Expect(c.holder(t, 1, older)).To(Equal("first"))
	g.Expect(c.holder(t, 2, older)).To(Equal("first"), "the table was built anew")
}

func TestTheNameOfALinkedAccountIsHeldUntilItIsRenamed(t *testing.T) {
	g := NewWithT(t)
	renaming, newcomer := linkedTo(born(1, "renaming", "countess"), "ada", "K1"), born(2, "newcomer", "ada")
	c := newClaiming(renaming, newcomer)
	g.Expect(c.holder(t, 1, newcomer)).To(Equal("renaming"))

	g.Expect(c.holder(t, 1, linkedTo(renaming, "countess", "K1"))).To(BeEmpty())
	g.Expect(c.woken).To(ContainElement("newcomer"))
	g.Expect(c.holder(t, 1, newcomer)).To(BeEmpty())
}

func TestAnAccountHasOneOwnerWhateverItIsCalled(t *testing.T) {
	g := NewWithT(t)
	owner, other := linkedTo(born(1, "owner", "ada"), "ada", "K1"), born(2, "other", "bob")
	c := newClaiming(owner, other)
	c.holder(t, 1, other)
	scope := claimScope{directory: "jira"}
	g.Expect(c.ownerOf(scope, types.NamespacedName{Name: other.object}, "K1")).To(Equal("owner"))
	g.Expect(c.ownerOf(scope, types.NamespacedName{Name: owner.object}, "K1")).To(BeEmpty())
	g.Expect(c.ownerOf(scope, types.NamespacedName{Name: other.object}, "K2")).To(BeEmpty())
}

func TestAFreedNameWakesWhoWaits(t *testing.T) {
	g := NewWithT(t)
	first, second := born(1, "first", "ada"), born(2, "second", "ada")
	c := newClaiming(first, second)
	g.Expect(c.holder(t, 1, second)).To(Equal("first"))
	c.forget(types.NamespacedName{Name: first.object})
	g.Expect(c.woken).To(ConsistOf("second"))
	g.Expect(c.holder(t, 1, second)).To(BeEmpty())
}
