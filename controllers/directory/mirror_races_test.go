package directory_test

import (
	"context"
	"iter"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// during runs a write once, before the fake answers a call that fits.
func (m *mirrored) during(fits func(directorytest.Call) bool, write func(context.Context)) {
	m.fake.Before(func(ctx context.Context, call directorytest.Call) {
		if fits(call) {
			m.fake.Before(nil)
			write(ctx)
		}
	})
}

func listingUsers(call directorytest.Call) bool { return call.Op == directory.OpEachUser }

// looksFor reports whether a look at an account is a real one.
func (m *mirrored) looksFor(name string) bool {
	before := m.fake.Reads()
	_, err := m.FindUser(m.t.Context(), name)
	m.Expect(ignoreNotFound(err)).To(Succeed())
	return m.fake.Reads() > before
}

func TestAWriteWithoutAnAnswerDuringASweepIsLookedAt(t *testing.T) {
	writes := map[string]struct {
		op, name string
		write    func(context.Context, *mirrored) error
	}{
		"a creation": {directory.OpCreateUser, "eve", func(ctx context.Context, m *mirrored) error {
			_, err := m.CreateUser(ctx, directory.NewUser{Name: "eve", Email: "eve@example.com"})
			return err
		}},
		"an update": {directory.OpUpdateUser, "ada", func(ctx context.Context, m *mirrored) error {
			_, err := m.UpdateUser(ctx, m.ada.ID, directory.UserChange{DisplayName: new("Ada King")})
			return err
		}},
	}
	for name, test := range writes {
		t.Run(name, func(t *testing.T) {
			m := newMirrored(t)
			m.fake.LoseAnswer(test.op)
			m.during(listingUsers, func(ctx context.Context) {
				m.Expect(directory.KindOf(test.write(ctx, m))).To(Equal(directory.KindAmbiguous))
			})
			m.Expect(m.sweep().Drifted).To(BeEmpty(), "it was us")
			m.Expect(m.looksFor(test.name)).To(BeTrue())
		})
	}
}

func TestAWriteWithoutAnAnswerBeforeASweepIsNoDrift(t *testing.T) {
	m := newMirrored(t)
	m.fake.LoseAnswer(directory.OpUpdateUser)
	_, err := m.UpdateUser(t.Context(), m.ada.ID, directory.UserChange{DisplayName: new("Ada King")})
	m.Expect(directory.KindOf(err)).To(Equal(directory.KindAmbiguous))
	m.Expect(m.sweep().Drifted).To(BeEmpty())
	m.Expect(m.looksFor("ada")).To(BeFalse(), "the reading has shown it")
}

func TestADeletionBehindTheFirstSweepIsLookedAt(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	fake.SetPageSize(1)
	ada := fake.SeedUser(directory.User{Name: "ada"})
	fake.SeedUser(directory.User{Name: "bob"})
	mirror := directory.NewMirror(fake)
	fake.Before(func(ctx context.Context, call directorytest.Call) {
		if listingUsers(call) && call.Page == 1 {
			fake.Before(nil)
			g.Expect(mirror.DeleteUser(ctx, ada.ID)).To(Succeed())
		}
	})
	_, err := mirror.Sweep(t.Context(), nil, -1)
	g.Expect(err).NotTo(HaveOccurred())
	_, err = mirror.FindUser(t.Context(), "ada")
	g.Expect(directory.IsNotFound(err)).To(BeTrue())
}

func TestAMemberAddedBehindTheReadingOfItsGroupCounts(t *testing.T) {
	m := newMirrored(t)
	m.fake.SeedGroup("zeta")
	zeta, err := m.FindGroup(t.Context(), "zeta")
	m.must(err)
	for _, err := range m.EachMember(t.Context(), zeta) {
		m.must(err)
	}
	m.during(func(call directorytest.Call) bool { return call.Op == directory.OpEachMember && call.Group == "zeta" },
		func(ctx context.Context) { m.must(m.AddMembers(ctx, m.engineers, []directory.User{m.bob})) })
	m.Expect(m.sweep().DriftedGroups).To(BeEmpty(), "it was us")
	m.Expect(m.members()).To(ConsistOf("Ada", "bob"))
}

// nameIsID is a directory whose ids are the names.
type nameIsID struct{ *directorytest.Fake }

func (d nameIsID) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	updated, err := d.Fake.UpdateUser(ctx, id, change)
	if err != nil || change.Name == nil {
		return updated, err
	}
	if err := d.DeleteUser(ctx, id); err != nil {
		return directory.User{}, err
	}
	updated.ID = updated.Name
	return d.SeedUser(updated), nil
}

func TestAMemberIsFollowedToItsNewNameWhereThatIsTheID(t *testing.T) {
	g, ctx := NewWithT(t), t.Context()
	d := nameIsID{directorytest.NewFake()}
	d.SeedUser(directory.User{ID: "ada", Name: "ada", Email: "ada@example.com"})
	d.SeedGroup("engineers")
	d.SeedMember("engineers", "ada")
	m := directory.NewMirror(d)
	_, err := m.Sweep(ctx, nil, -1)
	g.Expect(err).NotTo(HaveOccurred())
	members := func() (names []string) {
		for member, err := range m.EachMember(ctx, directory.Group{Name: "engineers"}) {
			g.Expect(err).NotTo(HaveOccurred())
			names = append(names, member.Name)
		}
		return names
	}
	g.Expect(members()).To(ConsistOf("ada"))
	_, err = m.UpdateUser(ctx, "ada", directory.UserChange{Name: new("lovelace")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(members()).To(ConsistOf("lovelace"))
}

// lagging is a directory whose answers are old when they arrive.
type lagging struct {
	*telling

	meanwhile func()
}

func (d *lagging) FindUser(ctx context.Context, name string) (directory.User, error) {
	found, err := d.telling.FindUser(ctx, name)
	d.meanwhile()
	return found, err
}

func (d *lagging) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		for member, err := range d.telling.EachMember(ctx, group) {
			if !yield(member, err) {
				return
			}
		}
		d.meanwhile()
	}
}

func TestAnAnswerThatIsOldOnArrivalIsNotKept(t *testing.T) {
	start := func(t *testing.T) (*lagging, *mirrored) {
		t.Helper()
		d, m := newTelling(t)
		slow := &lagging{telling: d, meanwhile: func() {}}
		m.Mirror = directory.NewMirror(slow)
		m.sweep()
		m.members()
		return slow, m
	}
	t.Run("while catching up with an account", func(t *testing.T) {
		d, m := start(t)
		d.changes.Usernames = []string{m.ada.Name}
		d.meanwhile = func() {
			_, err := m.UpdateUser(t.Context(), m.ada.ID, directory.UserChange{Active: new(false)})
			m.must(err)
		}
		_, done := m.CatchUp(t.Context())
		m.Expect(done).To(BeTrue())
		m.Expect(m.FindUserByID(t.Context(), m.ada.ID)).To(HaveField("Active", false))
	})
	t.Run("while catching up with a group", func(t *testing.T) {
		d, m := start(t)
		d.changes.Groups = []string{"engineers"}
		d.meanwhile = func() { m.must(m.RemoveMembers(t.Context(), m.engineers, []directory.User{m.ada})) }
		reading, done := m.CatchUp(t.Context())
		m.Expect(done).To(BeTrue())
		m.Expect(reading.DriftedGroups).To(BeEmpty())
		m.Expect(m.members()).NotTo(ContainElement(m.ada.Name))
	})
	t.Run("of a look at an account in doubt", func(t *testing.T) {
		d, m := start(t)
		m.Doubt(m.ada)
		d.meanwhile = func() {
			d.meanwhile = func() {}
			_, err := m.UpdateUser(t.Context(), m.ada.ID, directory.UserChange{Active: new(false)})
			m.must(err)
		}
		_, err := m.FindUser(t.Context(), m.ada.Name)
		m.must(err)
		m.Expect(m.FindUser(t.Context(), m.ada.Name)).To(HaveField("Active", false))
	})
	t.Run("of a look at the members of a group", func(t *testing.T) {
		d, m := start(t)
		m.fake.FailNext(directory.OpAddMembers, directory.Error{Kind: directory.KindInvalid})
		m.Expect(m.AddMembers(t.Context(), m.engineers, []directory.User{m.ada})).NotTo(Succeed())
		_, err := m.FindGroup(t.Context(), "engineers")
		m.must(err)
		d.meanwhile = func() {
			d.meanwhile = func() {}
			m.must(m.RemoveMembers(t.Context(), m.engineers, []directory.User{m.ada}))
		}
		m.members()
		m.Expect(m.members()).NotTo(ContainElement(m.ada.Name))
	})
}
