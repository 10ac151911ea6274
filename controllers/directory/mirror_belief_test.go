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

// known are accounts, whose ids are like their names, that are sure to be there.
func known(names ...string) directory.Known {
	return func(context.Context) ([]directory.User, error) {
		var accounts []directory.User
		for _, name := range names {
			accounts = append(accounts, directory.User{ID: name, Name: name})
		}
		return accounts, nil
	}
}

// managed is a directory of ten accounts, all of them known, that was read once.
type managed struct {
	*WithT
	t        *testing.T
	fake     *directorytest.Fake
	mirror   *directory.Mirror
	accounts []directory.User
	asked    int
	err      error
}

func newManaged(t *testing.T) *managed {
	t.Helper()
	m := &managed{WithT: NewWithT(t), t: t, fake: directorytest.NewFake()}
	for n := range 10 {
		m.accounts = append(m.accounts, m.fake.SeedUser(directory.User{Name: fmt.Sprintf("person%d", n), Active: true}))
	}
	m.mirror = directory.NewMirror(m.fake)
	m.Expect(m.sweep()).To(Succeed())
	m.Expect(m.asked).To(Equal(1), "before the first reading nobody else can tell")
	m.asked = 0
	return m
}

func (m *managed) sweep() error {
	_, err := m.mirror.Sweep(m.t.Context(), func(context.Context) ([]directory.User, error) {
		m.asked++
		return m.accounts, m.err
	}, -1)
	return err
}

// remove deletes an account behind the mirror's back.
func (m *managed) remove(account directory.User) {
	m.t.Helper()
	m.Expect(m.fake.DeleteUser(m.t.Context(), account.ID)).To(Succeed())
}

func TestWhoIsKnownIsAskedForOnlyWhenSomebodyIsMissing(t *testing.T) {
	m := newManaged(t)
	m.fake.SeedUser(directory.User{Name: "stranger"})
	m.Expect(m.sweep()).To(Succeed())
	m.Expect(m.mirror.DeleteUser(t.Context(), m.accounts[9].ID)).To(Succeed(), "our own deletion")
	m.accounts = m.accounts[:9]
	m.Expect(m.sweep()).To(Succeed())
	m.Expect(m.asked).To(BeZero())

	m.remove(m.accounts[0])
	m.Expect(m.sweep()).To(Succeed(), "one of nine may be missing")
	m.Expect(m.asked).To(Equal(1))
}

func TestAnotherInstanceOfTheSameSizeIsNotBelieved(t *testing.T) {
	m := newManaged(t)
	for n, account := range m.accounts {
		m.remove(account)
		m.fake.SeedUser(directory.User{Name: fmt.Sprintf("other%d", n), Active: true})
	}
	shrunk, ok := errors.AsType[*directory.ShrunkError](m.sweep())
	m.Expect(ok).To(BeTrue())
	m.Expect(shrunk).To(And(HaveField("From", 10), HaveField("To", 0), HaveField("Accept", 10)))
	m.Expect(m.mirror.Disbelieved()).To(MatchError(shrunk))
	m.Expect(m.mirror.FindUserByID(t.Context(), m.accounts[0].ID)).To(Equal(m.accounts[0]), "nothing is concluded")
}

func TestNothingIsConcludedWhileItIsNotKnownWhoIsKnown(t *testing.T) {
	m := newManaged(t)
	m.remove(m.accounts[0])
	m.err = errors.New("no list of users")
	m.Expect(m.sweep()).To(MatchError(m.err))
	m.Expect(m.mirror.Disbelieved()).To(Succeed())
	m.Expect(m.mirror.FindUserByID(t.Context(), m.accounts[0].ID)).To(Equal(m.accounts[0]))
}

func TestWhoCameWhileADirectoryWasReadIsNotMissing(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	accounts := []directory.User{fake.SeedUser(directory.User{Name: "admin", Active: true})}
	mirror := directory.NewMirror(fake)
	_, err := mirror.Sweep(t.Context(), func(ctx context.Context) ([]directory.User, error) {
		for n := range 10 {
			user, err := mirror.CreateUser(ctx, directory.NewUser{Name: fmt.Sprintf("person%d", n), Email: "person@example.com"})
			g.Expect(err).NotTo(HaveOccurred())
			accounts = append(accounts, user)
		}
		return accounts, nil
	}, -1)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(mirror.Disbelieved()).To(Succeed())
}
