package controllers

import (
	"testing"

	. "github.com/onsi/gomega"
)

func TestWhoeverClaimsIsFoundUntilTheClaimEnds(t *testing.T) {
	g, c := NewWithT(t), newClaimed()
	one, two, three := &claimant{object: "one"}, &claimant{object: "two"}, &claimant{object: "three"}
	for _, entry := range []*claimant{one, two, three} {
		c.add("ada", entry)
	}
	c.add("bob", two)
	g.Expect(c.remove("ada", one)).To(ConsistOf(two, three))
	g.Expect(c.by("ada")).To(ConsistOf(two, three), "the first was not the only one")
	g.Expect(c.remove("ada", three)).To(ConsistOf(two))
	g.Expect(c.by("ada")).To(ConsistOf(two))
	g.Expect(c.remove("ada", two)).To(BeEmpty())
	g.Expect(c.by("ada")).To(BeEmpty())
	g.Expect(c.by("bob")).To(ConsistOf(two))
	g.Expect(c.first).To(HaveLen(1))
	g.Expect(c.others).To(BeEmpty(), "what nobody claims takes no memory")
}
