package controllers

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
)

func TestCountingTakesAShareOfTheTime(t *testing.T) {
	g := NewWithT(t)
	okta, entra := types.NamespacedName{Name: "okta"}, types.NamespacedName{Name: "entra"}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var p pace
	g.Expect(p.wait(okta, start)).To(BeZero(), "nothing has been counted yet")

	end := start.Add(300 * time.Millisecond)
	p.counted(okta, start, end)
	g.Expect(p.wait(okta, end)).To(Equal(3 * time.Second))
	g.Expect(p.wait(okta, end.Add(2*time.Second))).To(Equal(time.Second))
	g.Expect(p.wait(okta, end.Add(3*time.Second))).To(BeZero())
	g.Expect(p.wait(entra, end)).To(BeZero(), "another one does not wait for it")

	p.counted(okta, start, start.Add(5*time.Second))
	g.Expect(p.wait(okta, start.Add(5*time.Second))).To(Equal(10*time.Second), "but nobody is told old numbers for long")

	p.forget(okta)
	g.Expect(p.wait(okta, end)).To(BeZero())
}
