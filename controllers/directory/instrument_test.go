package directory_test

import (
	"context"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

func TestInstrumentKeepsTheContract(t *testing.T) {
	directorytest.Run(t, func(*testing.T) directorytest.Instance {
		fake := directorytest.NewFake()
		fake.SetPageSize(3)
		ignore := func(string, string, time.Duration) {}
		return directorytest.Instance{Directory: directory.Instrument(fake, ignore, func(time.Duration) {}), Seeder: fake, PageSize: 3}
	})
}

func TestInstrumentTellsOfEveryOperation(t *testing.T) {
	ctx := t.Context()
	engineers, ada := directory.Group{Name: "engineers"}, directory.User{ID: "ADA", Name: "ada"}
	calls := map[string]func(directory.Directory) error{
		directory.OpProbe:        func(d directory.Directory) error { _, err := d.Probe(ctx); return err },
		directory.OpFindUser:     func(d directory.Directory) error { _, err := d.FindUser(ctx, "ada"); return err },
		directory.OpFindUserByID: func(d directory.Directory) error { _, err := d.FindUserByID(ctx, "ADA"); return err },
		directory.OpCreateUser: func(d directory.Directory) error {
			_, err := d.CreateUser(ctx, directory.NewUser{Name: "new", Email: "new@example.com"})
			return err
		},
		directory.OpUpdateUser: func(d directory.Directory) error {
			_, err := d.UpdateUser(ctx, "ADA", directory.UserChange{Active: new(false)})
			return err
		},
		directory.OpDeleteUser:    func(d directory.Directory) error { return d.DeleteUser(ctx, "ADA") },
		directory.OpEachUser:      func(d directory.Directory) error { return last(d.EachUser(ctx)) },
		directory.OpFindGroup:     func(d directory.Directory) error { _, err := d.FindGroup(ctx, "engineers"); return err },
		directory.OpCreateGroup:   func(d directory.Directory) error { _, err := d.CreateGroup(ctx, "new"); return err },
		directory.OpDeleteGroup:   func(d directory.Directory) error { return d.DeleteGroup(ctx, engineers) },
		directory.OpEachMember:    func(d directory.Directory) error { return last(d.EachMember(ctx, engineers)) },
		directory.OpAddMembers:    func(d directory.Directory) error { return d.AddMembers(ctx, engineers, []directory.User{ada}) },
		directory.OpRemoveMembers: func(d directory.Directory) error { return d.RemoveMembers(ctx, engineers, []directory.User{ada}) },
		directory.OpGroupsOf:      func(d directory.Directory) error { _, err := d.GroupsOf(ctx, ada); return err },
	}
	for op, call := range calls {
		t.Run(op, func(t *testing.T) {
			g := NewWithT(t)
			fake := directorytest.NewFake()
			fake.SeedUser(directory.User{ID: "ADA", Name: "ada", Email: "ada@example.com", Active: true})
			fake.SeedGroup("engineers")
			var seen []string
			var waits []time.Duration
			observed := directory.Instrument(fake, func(op, result string, _ time.Duration) {
				seen = append(seen, op+": "+result)
			}, func(wait time.Duration) { waits = append(waits, wait) })
			fake.Before(func(ctx context.Context, _ directorytest.Call) { directory.Waited(ctx, time.Minute) })

			fake.FailNext(op, directory.Error{Kind: directory.KindRateLimited})
			g.Expect(directory.KindOf(call(observed))).To(Equal(directory.KindRateLimited))
			g.Expect(call(observed)).To(Succeed())
			g.Expect(seen).To(Equal([]string{op + ": rate limited", op + ": ok"}))
			g.Expect(waits).To(ConsistOf(time.Minute, time.Minute))
		})
	}
}

func last(listing func(func(directory.User, error) bool)) error {
	var last error
	for _, err := range listing {
		last = err
	}
	return last
}
