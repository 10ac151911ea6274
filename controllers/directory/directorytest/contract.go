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
	// WithoutOwnGroups says that what atlassync signs in as is no account and
	// belongs to no groups.
	WithoutOwnGroups bool
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
		if !in.WithoutOwnGroups {
			g.Expect(info.SelfGroups).NotTo(BeEmpty())
		}
	},
	"the capabilities make sense": func(t *testing.T, in Instance) {
		NewWithT(t).Expect(in.Directory.Capabilities().MembersPerRequest).To(BeNumerically(">=", 1))
	},
}

// person makes the values of an account out of its name.
func person(name string) directory.User {
	return directory.User{
		Name: name, DisplayName: "Display " + name, Email: name + "@example.com", Active: true,
	}
}

// seed stores an account as the product can have it, and returns it as the
// product shows it.
func (in Instance) seed(user directory.User) directory.User {
	capabilities := in.Directory.Capabilities()
	if capabilities.LowerCaseNames {
		user.Name = directory.FoldName(user.Name)
	}
	user.Active = user.Active || !capabilities.Deactivates
	return in.shown(in.Seeder.SeedUser(user))
}

// shown is an account as the product shows it.
func (in Instance) shown(user directory.User) directory.User {
	if !in.Directory.Capabilities().ReadsEmail {
		user.Email = ""
	}
	return user
}

// users are all accounts as the product shows them.
func (in Instance) users() []directory.User {
	var users []directory.User
	for _, user := range in.Seeder.State().Users {
		users = append(users, in.shown(user))
	}
	return users
}

// group is a group that was seeded, as the product shows it.
func (in Instance) group(t *testing.T, name string) directory.Group {
	t.Helper()
	group, err := in.Directory.FindGroup(t.Context(), name)
	if err != nil {
		t.Fatalf("finding group %s: %v", name, err)
	}
	return group
}

// absentGroup is a group that the product once had and has no more.
func absentGroup() directory.Group {
	return directory.Group{ID: "no-such-group", Name: "no-such-group"}
}

// absentUser is an account that the product once had and has no more.
func absentUser() directory.User {
	return directory.User{ID: "nobody", Name: "nobody"}
}

// require skips a test of what the product says it cannot do; that it refuses
// it then is tested elsewhere.
func require(t *testing.T, can bool, what string) {
	t.Helper()
	if !can {
		t.Skip("the product cannot " + what)
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
		names = append(names, in.seed(p).Name)
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
