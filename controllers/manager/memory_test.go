package manager

import (
	"testing"

	. "github.com/onsi/gomega"
)

func TestThrift(t *testing.T) {
	g := NewWithT(t)
	const much = busyRate * 10 // of an interval
	var percents []int
	released := 0
	saver := &thrift{
		setPercent: func(percent int) int { percents = append(percents, percent); return 0 },
		release:    func() { released++ },
	}

	saver.look(much - 1)
	g.Expect(percents).To(BeEmpty())
	saver.look(2 * much)
	saver.look(3 * much)
	g.Expect(percents).To(Equal([]int{busyGCPercent}))
	g.Expect(released).To(BeZero())

	saver.look(4*much - 1)
	saver.look(4 * much)
	g.Expect(percents).To(Equal([]int{busyGCPercent, calmGCPercent}))
	g.Expect(released).To(Equal(1), "once, not at every look")
	saver.look(6 * much)
	g.Expect(percents).To(Equal([]int{busyGCPercent, calmGCPercent, busyGCPercent}))
}

func TestAllocatedGrows(t *testing.T) {
	g := NewWithT(t)
	before := allocated()
	kept := make([]byte, 1<<20)
	g.Expect(allocated() - before).To(BeNumerically(">=", len(kept)))
}
