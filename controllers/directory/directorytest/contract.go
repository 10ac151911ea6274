package directorytest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Instance is an empty directory that Run opened for one sub-test.
type Instance struct {
	// Directory is the client under test.
	Directory directory.Directory
	// Seeder reaches the state behind it.
	Seeder Seeder
	// PageSize is how many accounts one page of a listing holds at most.
	PageSize int
}

// Run is the contract suite: each sentence of the documentation of
// directory.Directory is at least one sub-test. open gives a fresh instance
// for each of them and cleans up with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Instance) {
	suites := []map[string]func(*testing.T, Instance){
		probeTests, userTests, listingTests, groupTests, memberTests, failureTests,
	}
	for _, suite := range suites {
		for name, test := range suite {
			t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) { test(t, open(t)) })
		}
	}
}

var probeTests = map[string]func(*testing.T, Instance){
	"a probe tells version and own account": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		info, err := in.Directory.Probe(t.Context())
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(info.Version).NotTo(BeEmpty())
		g.Expect(info.Self).NotTo(BeEmpty())
		g.Expect(info.SelfGroups).NotTo(BeEmpty())
	},
}

// person makes the values of an account out of its name.
func person(name string) directory.User {
	return directory.User{
		Name: name, DisplayName: "Display " + name, Email: name + "@example.com", Active: true,
	}
}

func newPerson(name string) directory.NewUser {
	p := person(name)
	return directory.NewUser{Name: p.Name, DisplayName: p.DisplayName, Email: p.Email}
}

// seedPeople stores so many accounts, every third one inactive.
func seedPeople(in Instance, count int) (names []string) {
	for i := range count {
		p := person(fmt.Sprintf("person%03d", i))
		p.Active = i%3 != 0
		names = append(names, in.Seeder.SeedUser(p).Name)
	}
	return names
}

// expectKind expects a *directory.Error of this kind that names the
// operation, as every error of a Directory must be.
func expectKind(t *testing.T, err error, op string, kind directory.Kind) {
	t.Helper()
	g := NewWithT(t)
	g.Expect(err).To(BeAssignableToTypeOf(&directory.Error{}), "%v", err)
	failure, _ := errors.AsType[*directory.Error](err)
	g.Expect(failure.Kind).To(Equal(kind), "%v", err)
	g.Expect(failure.Op).To(Equal(op), "%v", err)
}

// collect reads a listing to its end.
func collect(listing iter.Seq2[directory.User, error]) (found []directory.User, err error) {
	for user, err := range listing {
		if err != nil {
			return found, err
		}
		found = append(found, user)
	}
	return found, nil
}

func namesOf(users []directory.User) []string {
	names := make([]string, 0, len(users))
	for _, user := range users {
		names = append(names, user.Name)
	}
	return names
}

func cancelled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
