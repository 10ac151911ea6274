package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// A mirror that has read nothing yet is the directory itself.
func TestMirrorKeepsTheContract(t *testing.T) {
	directorytest.Run(t, func(*testing.T) directorytest.Instance {
		fake := directorytest.NewFake()
		fake.SetPageSize(3)
		return directorytest.Instance{Directory: directory.NewMirror(fake), Seeder: fake, PageSize: 3}
	})
}

// mirrored is a directory of ada, bob and the group engineers with ada in it,
// and a mirror that has read it.
type mirrored struct {
	*directory.Mirror
	*WithT
	t         *testing.T
	fake      *directorytest.Fake
	ada, bob  directory.User
	engineers directory.Group
}

func newMirrored(t *testing.T) *mirrored {
	t.Helper()
	m := &mirrored{t: t, WithT: NewWithT(t), fake: directorytest.NewFake()}
	m.ada = m.fake.SeedUser(directory.User{Name: "Ada", DisplayName: "Ada", Email: "ada@example.com", Active: true})
	m.bob = m.fake.SeedUser(directory.User{Name: "bob", DisplayName: "Bob", Email: "bob@example.com", Active: true})
	m.fake.SeedGroup("engineers")
	m.fake.SeedMember("engineers", "Ada")
	m.Mirror = directory.NewMirror(m.fake)
	m.sweep()
	var err error
	m.engineers, err = m.FindGroup(t.Context(), "engineers")
	m.Expect(err).NotTo(HaveOccurred())
	m.members()
	m.fake.ResetCalls()
	return m
}

func (m *mirrored) sweep() directory.Reading {
	m.t.Helper()
	reading, err := m.Sweep(m.t.Context(), nil, -1)
	m.Expect(err).NotTo(HaveOccurred())
	return reading
}

// members are the usernames in engineers.
func (m *mirrored) members() []string {
	m.t.Helper()
	names := []string{}
	for member, err := range m.EachMember(m.t.Context(), m.engineers) {
		m.Expect(err).NotTo(HaveOccurred())
		names = append(names, member.Name)
	}
	return names
}

func TestMirrorAnswersFromWhatItRead(t *testing.T) {
	m := newMirrored(t)
	m.Expect(m.FindUser(t.Context(), "ADA")).To(Equal(m.ada))
	m.Expect(m.FindUserByID(t.Context(), m.bob.ID)).To(Equal(m.bob))
	_, err := m.FindUser(t.Context(), "nobody")
	m.Expect(directory.IsNotFound(err)).To(BeTrue())
	_, err = m.FindUserByID(t.Context(), "nobody")
	m.Expect(directory.IsNotFound(err)).To(BeTrue())
	m.Expect(m.FindGroup(t.Context(), "ENGINEERS")).To(Equal(m.engineers))
	m.Expect(m.members()).To(ConsistOf("Ada"))
	m.Expect(m.fake.Calls()).To(BeEmpty())
}

func TestMirrorFollowsItsOwnWrites(t *testing.T) {
	m, ctx := newMirrored(t), t.Context()
	eve, err := m.CreateUser(ctx, directory.NewUser{Name: "eve", DisplayName: "Eve", Email: "eve@example.com"})
	m.Expect(err).NotTo(HaveOccurred())
	m.Expect(m.AddMembers(ctx, m.engineers, []directory.User{eve, m.bob})).To(Succeed())
	m.Expect(m.RemoveMembers(ctx, m.engineers, []directory.User{m.ada})).To(Succeed())
	renamed, err := m.UpdateUser(ctx, m.bob.ID, directory.UserChange{Name: new("robert")})
	m.Expect(err).NotTo(HaveOccurred())
	crew, err := m.CreateGroup(ctx, "crew")
	m.Expect(err).NotTo(HaveOccurred())
	m.Expect(m.DeleteUser(ctx, m.ada.ID)).To(Succeed())
	m.fake.ResetCalls()

	m.Expect(m.FindUser(ctx, "eve")).To(Equal(eve))
	m.Expect(m.FindUser(ctx, "robert")).To(Equal(renamed))
	for _, gone := range []string{"bob", "ada"} {
		_, err := m.FindUser(ctx, gone)
		m.Expect(directory.IsNotFound(err)).To(BeTrue(), gone)
	}
	m.Expect(m.members()).To(ConsistOf("eve", "robert"))
	for member, err := range m.EachMember(ctx, crew) {
		t.Fatalf("a new group is empty, not %v, %v", member, err)
	}
	m.Expect(m.fake.Calls()).To(BeEmpty())
	m.Expect(m.sweep().Drifted).To(BeEmpty(), "our own writes are no drift")
}

// What a write met that was not as the picture showed it is looked at for real.
func TestMirrorDropsWhatIsInDoubt(t *testing.T) {
	ctx := t.Context()
	update := func(m *mirrored) error {
		_, err := m.UpdateUser(ctx, m.ada.ID, directory.UserChange{DisplayName: new("Ada King")})
		return err
	}
	tests := map[string]struct {
		op    string
		kind  directory.Kind
		write func(*mirrored) error
		look  func(*mirrored) error
	}{
		"an update of an account that is gone": {directory.OpUpdateUser, directory.KindNotFound, update, (*mirrored).findAda},
		"an update without an answer":          {directory.OpUpdateUser, directory.KindAmbiguous, update, (*mirrored).findAda},
		"a rename without an answer": {directory.OpUpdateUser, directory.KindAmbiguous, func(m *mirrored) error {
			_, err := m.UpdateUser(ctx, m.ada.ID, directory.UserChange{Name: new("lovelace")})
			return err
		}, func(m *mirrored) error { _, err := m.FindUser(ctx, "lovelace"); return ignoreNotFound(err) }},
		"a deletion without an answer": {directory.OpDeleteUser, directory.KindAmbiguous,
			func(m *mirrored) error { return m.DeleteUser(ctx, m.ada.ID) }, (*mirrored).findAda},
		"a creation without an answer": {directory.OpCreateUser, directory.KindAmbiguous, func(m *mirrored) error {
			_, err := m.CreateUser(ctx, directory.NewUser{Name: "eve", Email: "eve@example.com"})
			return err
		}, func(m *mirrored) error { _, err := m.FindUser(ctx, "eve"); return ignoreNotFound(err) }},
		"members of whom one is refused": {directory.OpAddMembers, directory.KindInvalid, func(m *mirrored) error {
			return m.AddMembers(ctx, m.engineers, []directory.User{m.bob})
		}, func(m *mirrored) error { m.members(); return nil }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMirrored(t)
			m.fake.FailNext(test.op, directory.Error{Kind: test.kind})
			m.Expect(directory.KindOf(test.write(m))).To(Equal(test.kind))
			reads := m.fake.Reads()
			m.Expect(test.look(m)).To(Succeed())
			m.Expect(m.fake.Reads()).To(Equal(reads+1), "a real look")
			m.Expect(test.look(m)).To(Succeed())
			m.Expect(m.fake.Reads()).To(Equal(reads+1), "once")
		})
	}
}

func (m *mirrored) findAda() error {
	_, err := m.FindUser(m.t.Context(), "ada")
	return err
}

func ignoreNotFound(err error) error {
	if directory.IsNotFound(err) {
		return nil
	}
	return err
}

func TestMirrorLearnsOfAnAccountThatItDidNotSee(t *testing.T) {
	m := newMirrored(t)
	eve := m.fake.SeedUser(directory.User{Name: "eve", Email: "eve@example.com", Active: true})
	_, err := m.CreateUser(t.Context(), directory.NewUser{Name: "EVE", Email: "eve@example.com"})
	m.Expect(directory.KindOf(err)).To(Equal(directory.KindAlreadyExists))
	m.Expect(m.FindUser(t.Context(), "eve")).To(Equal(eve))
}

func TestMirrorLooksAgainWhenTold(t *testing.T) {
	m := newMirrored(t)
	m.fake.SeedUser(directory.User{ID: m.ada.ID, Name: "ada", DisplayName: "Somebody else", Active: true})
	m.Doubt(m.ada)
	found, err := m.FindUserByID(t.Context(), m.ada.ID)
	m.Expect(err).NotTo(HaveOccurred())
	m.Expect(found.DisplayName).To(Equal("Somebody else"))
}

func TestSweepTellsWhatOthersChanged(t *testing.T) {
	tests := map[string]struct {
		change func(*mirrored)
		users  []string
		groups []string
	}{
		"nothing":    {change: func(*mirrored) {}},
		"a new name": {change: func(m *mirrored) { m.fake.SeedUser(directory.User{Name: "eve"}) }},
		"a rename": {change: func(m *mirrored) {
			m.fake.SeedUser(directory.User{ID: m.bob.ID, Name: "robert", DisplayName: "Bob", Email: m.bob.Email, Active: true})
		}, users: []string{"bob"}},
		"a deactivation": {change: func(m *mirrored) {
			bob := m.bob
			bob.Active = false
			m.fake.SeedUser(bob)
		}, users: []string{"bob"}},
		"a deletion": {change: func(m *mirrored) { m.must(m.fake.DeleteUser(context.Background(), m.ada.ID)) }, users: []string{"Ada"}, groups: []string{"engineers"}},
		"a member":   {change: func(m *mirrored) { m.fake.SeedMember("engineers", "bob") }, groups: []string{"engineers"}},
		"a group that is gone": {change: func(m *mirrored) { m.must(m.fake.DeleteGroup(context.Background(), m.engineers)) },
			groups: []string{"engineers"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMirrored(t)
			test.change(m)
			reading := m.sweep()
			var users []string
			for _, user := range reading.Drifted {
				users = append(users, user.Name)
			}
			m.Expect(users).To(Equal(test.users))
			m.Expect(reading.DriftedGroups).To(Equal(test.groups))
			again := m.sweep()
			m.Expect(again.Drifted).To(BeEmpty(), "told once")
			m.Expect(again.DriftedGroups).To(BeEmpty(), "told once")
		})
	}
}

func (m *mirrored) must(err error) {
	m.t.Helper()
	m.Expect(err).NotTo(HaveOccurred())
}

func TestAFailedSweepChangesNothing(t *testing.T) {
	for _, op := range []string{directory.OpEachUser, directory.OpEachMember} {
		t.Run(op, func(t *testing.T) {
			m := newMirrored(t)
			m.fake.SetPageSize(1)
			m.fake.SeedUser(directory.User{ID: m.bob.ID, Name: "robert", Active: true})
			m.fake.SeedMember("engineers", "robert")
			m.fake.FailPage(op, 1)
			_, err := m.Sweep(t.Context(), nil, -1)
			m.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
			m.Expect(m.FindUser(t.Context(), "bob")).To(Equal(m.bob))
			m.Expect(m.members()).To(ConsistOf("Ada"))
		})
	}
}

func TestASuspiciouslyShortSweepIsNotBelieved(t *testing.T) {
	m := newMirrored(t)
	for i := range 5 {
		m.fake.SeedUser(directory.User{Name: fmt.Sprintf("worker%d", i)})
	}
	m.sweep()
	for _, user := range m.fake.State().Users[3:] {
		m.must(m.fake.DeleteUser(t.Context(), user.ID))
	}
	_, err := m.Sweep(t.Context(), nil, -1)
	shrunk, ok := errors.AsType[*directory.ShrunkError](err)
	m.Expect(ok).To(BeTrue(), "%v", err)
	m.Expect(*shrunk).To(Equal(directory.ShrunkError{What: "accounts", From: 7, To: 3}))
	_, err = m.FindUser(t.Context(), "worker4")
	m.Expect(err).NotTo(HaveOccurred(), "it is still believed to be there")

	reading, err := m.Sweep(t.Context(), nil, 3)
	m.Expect(err).NotTo(HaveOccurred(), "somebody has said that it is right")
	m.Expect(reading.Users).To(Equal(3))
}

func TestOurOwnDeletionsAreNotSuspicious(t *testing.T) {
	m := newMirrored(t)
	for _, user := range m.fake.State().Users {
		m.must(m.DeleteUser(t.Context(), user.ID))
	}
	m.Expect(m.sweep().Users).To(BeZero())
}

func TestTheFirstSweepIsHeldAgainstWhatIsManaged(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	fake.SeedUser(directory.User{Name: "ada"})
	m := directory.NewMirror(fake)
	_, err := m.Sweep(t.Context(), known("ada", "bob", "eve"), -1)
	_, short := errors.AsType[*directory.ShrunkError](err)
	g.Expect(short).To(BeTrue(), "%v", err)
	g.Expect(m.Loaded()).To(BeFalse())
	_, err = m.Sweep(t.Context(), known("ada", "bob"), -1)
	g.Expect(err).NotTo(HaveOccurred())
}

func TestAGroupThatShrankIsBelievedTheSecondTime(t *testing.T) {
	m := newMirrored(t)
	for i := range 25 {
		name := fmt.Sprintf("worker%02d", i)
		m.fake.SeedUser(directory.User{Name: name})
		m.fake.SeedMember("engineers", name)
	}
	m.sweep()
	m.Expect(m.members()).To(HaveLen(26))
	for _, user := range m.fake.State().Users[2:] {
		m.must(m.fake.RemoveMembers(t.Context(), m.engineers, []directory.User{user}))
	}
	reading := m.sweep()
	m.Expect(reading.Shrunk).To(ConsistOf(&directory.ShrunkError{What: "members of group engineers", From: 26, To: 1}))
	m.Expect(reading.DriftedGroups).To(BeEmpty())
	m.Expect(m.members()).To(HaveLen(26), "as it was")

	reading = m.sweep()
	m.Expect(reading.Shrunk).To(BeEmpty())
	m.Expect(reading.DriftedGroups).To(ConsistOf("engineers"))
	m.Expect(m.members()).To(ConsistOf("Ada"))
}

// A reading may show what is written meanwhile as it was before or as it was
// after: what was written counts.
func TestWhatIsWrittenDuringASweepCounts(t *testing.T) {
	writes := map[string]struct {
		write func(context.Context, *mirrored) error
		check func(*mirrored)
	}{
		"a creation": {
			func(ctx context.Context, m *mirrored) error {
				_, err := m.CreateUser(ctx, directory.NewUser{Name: "eve", Email: "eve@example.com"})
				return err
			},
			func(m *mirrored) { m.Expect(m.FindUser(m.t.Context(), "eve")).To(HaveField("Active", true)) },
		},
		"a deactivation": {
			func(ctx context.Context, m *mirrored) error {
				_, err := m.UpdateUser(ctx, m.ada.ID, directory.UserChange{Active: new(false)})
				return err
			},
			func(m *mirrored) { m.Expect(m.FindUser(m.t.Context(), "ada")).To(HaveField("Active", false)) },
		},
		"a rename": {
			func(ctx context.Context, m *mirrored) error {
				_, err := m.UpdateUser(ctx, m.ada.ID, directory.UserChange{Name: new("lovelace")})
				return err
			},
			func(m *mirrored) {
				m.Expect(m.FindUser(m.t.Context(), "lovelace")).To(HaveField("ID", m.ada.ID))
				_, err := m.FindUser(m.t.Context(), "ada")
				m.Expect(directory.IsNotFound(err)).To(BeTrue())
			},
		},
		"a deletion": {
			func(ctx context.Context, m *mirrored) error { return m.DeleteUser(ctx, m.ada.ID) },
			func(m *mirrored) {
				_, err := m.FindUser(m.t.Context(), "ada")
				m.Expect(directory.IsNotFound(err)).To(BeTrue())
			},
		},
		"a member": {
			func(ctx context.Context, m *mirrored) error {
				return m.AddMembers(ctx, m.engineers, []directory.User{m.bob})
			},
			func(m *mirrored) { m.Expect(m.members()).To(ConsistOf("Ada", "bob")) },
		},
	}
	for name, test := range writes {
		for _, page := range []int{0, 2} {
			t.Run(fmt.Sprintf("%s, at page %d", name, page), func(t *testing.T) {
				m := newMirrored(t)
				m.fake.SeedUser(directory.User{Name: "zoe"})
				m.fake.SetPageSize(1)
				m.fake.Before(func(ctx context.Context, call directorytest.Call) {
					if call.Op == directory.OpEachUser && call.Page == page {
						m.fake.Before(nil)
						m.must(test.write(ctx, m))
					}
				})
				reading := m.sweep()
				m.Expect(reading.Drifted).To(BeEmpty())
				m.Expect(reading.DriftedGroups).To(BeEmpty())
				m.fake.ResetCalls()
				test.check(m)
				m.Expect(m.fake.Calls()).To(BeEmpty())
			})
		}
	}
}

func TestAWriteDuringTheFirstSweepIsLookedAtAgain(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	m := directory.NewMirror(fake)
	fake.Before(func(ctx context.Context, call directorytest.Call) {
		if call.Op == directory.OpEachUser {
			fake.Before(nil)
			_, err := m.CreateUser(ctx, directory.NewUser{Name: "eve", Email: "eve@example.com"})
			g.Expect(err).NotTo(HaveOccurred())
		}
	})
	_, err := m.Sweep(t.Context(), nil, -1)
	g.Expect(err).NotTo(HaveOccurred())
	_, err = m.FindUser(t.Context(), "eve")
	g.Expect(err).NotTo(HaveOccurred())
}

func TestMirrorGivesErrorsOnAsTheyAre(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	m := directory.NewMirror(fake)
	fake.SetDown(directory.Error{Kind: directory.KindUnauthorized, Message: "no"})
	_, err := m.Sweep(t.Context(), nil, -1)
	g.Expect(errors.Is(err, err) && directory.KindOf(err) == directory.KindUnauthorized).To(BeTrue())
	_, err = m.FindUser(t.Context(), "ada")
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnauthorized))
}
