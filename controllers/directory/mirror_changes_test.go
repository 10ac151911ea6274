package directory_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// telling is a directory that tells its changes, and all its memberships at once.
type telling struct {
	*directorytest.Fake

	changes directory.Changes
	nowErr  error
	err     error
	asked   []string // cursors
	dumps   int
	dumpErr error
}

func (d *telling) Now(context.Context) (string, error) { return "start", d.nowErr }

func (d *telling) Since(_ context.Context, cursor string) (directory.Changes, error) {
	d.asked = append(d.asked, cursor)
	return d.changes, d.err
}

func (d *telling) EachMembership(context.Context) iter.Seq2[directory.Membership, error] {
	return func(yield func(directory.Membership, error) bool) {
		d.dumps++
		for group, members := range d.State().Groups {
			if !yield(directory.Membership{Group: group, Usernames: members}, nil) {
				return
			}
		}
		if d.dumpErr != nil {
			yield(directory.Membership{}, d.dumpErr)
		}
	}
}

// newTelling is a directory of a hundred accounts, with the first three in
// engineers, and a mirror that has read it.
func newTelling(t *testing.T) (*telling, *mirrored) {
	t.Helper()
	d := &telling{Fake: directorytest.NewFake(), changes: directory.Changes{Cursor: "next"}}
	m := &mirrored{t: t, WithT: NewWithT(t), fake: d.Fake}
	d.SeedGroup("engineers")
	for i := range 100 {
		name := fmt.Sprintf("user%02d", i)
		user := d.SeedUser(directory.User{Name: name, Email: name + "@example.com", Active: true})
		if i < 3 {
			d.SeedMember("engineers", name)
		}
		if i == 0 {
			m.ada = user
		}
	}
	m.Mirror = directory.NewMirror(d)
	m.sweep()
	m.engineers = directory.Group{ID: "engineers", Name: "engineers"}
	m.members()
	d.ResetCalls()
	return d, m
}

func TestCatchingUpLooksOnlyAtWhatChanged(t *testing.T) {
	d, m := newTelling(t)
	ada := m.ada
	ada.Active = false
	d.SeedUser(ada)
	m.must(d.DeleteUser(t.Context(), d.State().Users[1].ID))
	d.SeedUser(directory.User{Name: "new"})
	d.SeedMember("engineers", "new")
	d.changes.Usernames = []string{ada.Name, "user01", "new"}
	d.changes.Groups = []string{"Engineers", "unknown"}
	d.ResetCalls()

	reading, done := m.CatchUp(t.Context())
	m.Expect(done).To(BeTrue())
	m.Expect(reading.Users).To(Equal(100))
	m.Expect(reading.Drifted).To(ConsistOf(HaveField("Name", "user00"), HaveField("Name", "user01")))
	m.Expect(reading.DriftedGroups).To(ConsistOf("engineers"))
	m.Expect(d.Reads()).To(Equal(4), "%v", d.Calls())
	d.ResetCalls()
	m.Expect(m.FindUser(t.Context(), ada.Name)).To(Equal(ada))
	m.Expect(m.members()).To(ConsistOf("user00", "user02", "new"))
	m.Expect(d.Calls()).To(BeEmpty())

	d.changes = directory.Changes{Cursor: "later"}
	_, done = m.CatchUp(t.Context())
	m.Expect(done).To(BeTrue())
	m.Expect(d.asked).To(Equal([]string{"start", "next"}))
}

func TestCatchingUpIsNotDriftWhereItWasOurs(t *testing.T) {
	d, m := newTelling(t)
	_, err := m.UpdateUser(t.Context(), m.ada.ID, directory.UserChange{DisplayName: new("Ada")})
	m.must(err)
	m.must(m.RemoveMembers(t.Context(), m.engineers, []directory.User{m.ada}))
	d.changes.Usernames, d.changes.Groups = []string{m.ada.Name}, []string{"engineers"}
	reading, done := m.CatchUp(t.Context())
	m.Expect(done).To(BeTrue())
	m.Expect(reading.Drifted).To(BeEmpty())
	m.Expect(reading.DriftedGroups).To(BeEmpty())
}

func TestWhenCatchingUpIsNotPossible(t *testing.T) {
	tests := map[string]func(*telling){
		"the cursor is too old":   func(d *telling) { d.err = &directory.Error{Kind: directory.KindNotFound} },
		"the feed cannot be read": func(d *telling) { d.err = &directory.Error{Kind: directory.KindUnavailable} },
		"too much has changed":    func(d *telling) { d.changes.Usernames = make([]string, 6) },
		"an account cannot be": func(d *telling) {
			d.changes.Usernames = []string{"user00"}
			d.FailNext(directory.OpFindUser, directory.Error{Kind: directory.KindUnavailable})
		},
		"the members cannot be": func(d *telling) { d.changes.Groups = []string{"engineers"}; d.FailPage(directory.OpEachMember, 0) },
	}
	for name, trouble := range tests {
		t.Run(name, func(t *testing.T) {
			d, m := newTelling(t)
			trouble(d)
			_, done := m.CatchUp(t.Context())
			m.Expect(done).To(BeFalse())
			m.Expect(m.sweep().Users).To(Equal(100), "a reading as a whole follows")
		})
	}
	t.Run("there was no reading yet", func(t *testing.T) {
		_, done := directory.NewMirror(&telling{Fake: directorytest.NewFake()}).CatchUp(t.Context())
		NewWithT(t).Expect(done).To(BeFalse())
	})
	t.Run("there is no feed", func(t *testing.T) {
		m := newMirrored(t)
		_, done := m.CatchUp(t.Context())
		m.Expect(done).To(BeFalse())
	})
}

func TestASweepTakesAllMembershipsAtOnceWhereItCan(t *testing.T) {
	d, m := newTelling(t)
	d.SeedMember("engineers", "user50")
	reading := m.sweep()
	m.Expect(d.dumps).To(Equal(1), "the first reading knew no group")
	m.Expect(d.Count(directory.OpEachMember)).To(BeZero())
	m.Expect(reading.DriftedGroups).To(ConsistOf("engineers"))
	m.Expect(m.members()).To(ContainElement("user50"))

	d.dumpErr = &directory.Error{Kind: directory.KindUnavailable}
	_, err := m.Sweep(t.Context(), nil, -1)
	m.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
	d.dumpErr = nil
	d.dumps = 0
	m.Expect(m.sweep().DriftedGroups).To(BeEmpty())
}

func TestASweepReadsGroupByGroupWhereThereIsNoDump(t *testing.T) {
	d, m := newTelling(t)
	observed := directory.NewMirror(directory.Instrument(d.Fake, func(string, string, time.Duration) {}, func(time.Duration) {}))
	_, err := observed.Sweep(t.Context(), nil, -1)
	m.must(err)
	for _, err := range observed.EachMember(t.Context(), m.engineers) {
		m.must(err)
	}
	d.ResetCalls()
	_, err = observed.Sweep(t.Context(), nil, -1)
	m.must(err)
	m.Expect(d.Count(directory.OpEachMember)).To(Equal(1))
}
