package directory_test

import (
	"slices"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestMirrorTellsWhoIsNotInAGroup(t *testing.T) {
	ada := func(m *mirrored) directory.User { return m.ada }
	bob := func(m *mirrored) directory.User { return m.bob }
	stranger := func(*mirrored) directory.User { return directory.User{ID: "999", Name: "stranger"} }
	tests := []struct {
		name  string
		when  func(*testing.T, *mirrored)
		group string
		of    func(*mirrored) directory.User
		want  bool
	}{
		{"a member", nil, "Engineers", ada, false},
		{"not a member", nil, "Engineers", bob, true},
		{"one that nobody knows", nil, "engineers", stranger, false},
		{"a group that nobody has looked for", nil, "other", bob, false},
		{"a group that there is not", func(t *testing.T, m *mirrored) {
			NewWithT(t).Expect(m.Know(t.Context(), "Other", "engineers")).To(Succeed())
		}, "other", bob, true},
		{"a group that was made since", func(t *testing.T, m *mirrored) {
			g := NewWithT(t)
			g.Expect(m.Know(t.Context(), "other")).To(Succeed())
			other, err := m.CreateGroup(t.Context(), "other")
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(m.AddMembers(t.Context(), other, []directory.User{m.bob})).To(Succeed())
		}, "other", bob, false},
		{"a group that others made since", func(t *testing.T, m *mirrored) {
			g := NewWithT(t)
			g.Expect(m.Know(t.Context(), "other")).To(Succeed())
			m.fake.SeedGroup("other")
			_, err := m.CreateGroup(t.Context(), "other")
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindAlreadyExists))
		}, "other", bob, false},
		{"a group in doubt", func(_ *testing.T, m *mirrored) { m.DoubtGroup("engineers") }, "engineers", bob, false},
		{"an account in doubt", func(_ *testing.T, m *mirrored) { m.Doubt(m.bob) }, "engineers", bob, false},
		{"a change that failed", func(t *testing.T, m *mirrored) {
			m.fake.FailNext(directory.OpAddMembers, directory.Error{Kind: directory.KindAmbiguous})
			NewWithT(t).Expect(m.AddMembers(t.Context(), m.engineers, []directory.User{m.bob})).NotTo(Succeed())
		}, "engineers", bob, false},
		{"taken out by others, after a reading", func(t *testing.T, m *mirrored) {
			NewWithT(t).Expect(m.fake.RemoveMembers(t.Context(), m.engineers, []directory.User{m.ada})).To(Succeed())
			m.sweep()
		}, "engineers", ada, true},
		{"before the first reading", func(_ *testing.T, m *mirrored) { m.Mirror = directory.NewMirror(m.fake) }, "engineers", bob, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t)
			if test.when != nil {
				test.when(t, m)
			}
			m.fake.ResetCalls()
			m.Expect(m.Lacks(test.group, test.of(m))).To(Equal(test.want))
			m.Expect(slices.Contains(m.Lacking([]string{"Never looked for", test.group}), test.of(m))).To(Equal(test.want))
			m.Expect(m.fake.Calls()).To(BeEmpty(), "it never asks")
		})
	}
}

func TestMirrorKnowsAGroupAtOneReadAndThenWithTheReadings(t *testing.T) {
	m := newMirrored(t)
	m.fake.SeedGroup("users")
	m.fake.SeedMember("users", "bob")
	for range 2 {
		m.Expect(m.Know(t.Context(), "users")).To(Succeed())
	}
	m.Expect(m.fake.Calls()).To(HaveLen(2), "looked for and read once: %v", m.fake.Calls())
	m.fake.FailNext(directory.OpFindGroup, directory.Error{Kind: directory.KindUnavailable})
	m.Expect(m.Know(t.Context(), "users", "other")).NotTo(Succeed())
}

func TestKnowingAGroupTakesMoreThanToHaveFoundIt(t *testing.T) {
	m := newMirrored(t)
	m.fake.SeedGroup("staff")
	m.Expect(m.FindGroup(t.Context(), "staff")).To(HaveField("Name", "staff"))
	m.Expect(m.Lacks("staff", m.ada)).To(BeFalse(), "nobody has looked who is in it")
	m.Expect(m.Know(t.Context(), "staff")).To(Succeed())
	m.Expect(m.Lacks("staff", m.ada)).To(BeTrue())
	m.fake.ResetCalls()
	m.Expect(m.Know(t.Context(), "staff")).To(Succeed())
	m.Expect(m.fake.Calls()).To(BeEmpty())
}
