package controllers

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

func TestWindowEdges(t *testing.T) {
	g := NewWithT(t)
	start := time.Now().Truncate(time.Second)
	at := func(after time.Duration) limit { return limitOf(&v1alpha1.SyncConfig{}, start.Add(after)) }
	g.Expect(at(0).counts(start)).To(BeTrue())
	g.Expect(at(time.Hour - time.Second).counts(start)).To(BeTrue())
	g.Expect(at(time.Hour).counts(start)).To(BeFalse())
	g.Expect(at(time.Minute).over(start)).To(Equal(59 * time.Minute))

	approval := &v1alpha1.ApprovedRemovals{Value: "x", Time: metav1.NewTime(start)}
	later := metav1.NewTime(start.Add(time.Second))
	g.Expect(at(0).approves(approval, approval.Time)).To(BeTrue())
	g.Expect(at(time.Second).approves(approval, later)).To(BeFalse(), "held later")
	g.Expect(at(time.Hour).approves(approval, approval.Time)).To(BeFalse(), "expired")
	g.Expect(at(0).approves(nil, approval.Time)).To(BeFalse())
}

func TestTracesAreRoundedUp(t *testing.T) {
	g := NewWithT(t)
	minute := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	g.Expect(traceTime(minute, time.Hour).Time).To(BeTemporally("==", minute))
	g.Expect(traceTime(minute.Add(time.Second), time.Hour).Time).To(BeTemporally("==", minute.Add(time.Minute)))
	g.Expect(traceTime(minute.Add(1500*time.Millisecond), time.Minute).Time).To(BeTemporally("==", minute.Add(2*time.Second)))
}
