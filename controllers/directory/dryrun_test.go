package directory_test

import (
	"context"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

func TestReadOnlyRefusesEveryWrite(t *testing.T) {
	ada, staff := directory.User{Name: "ada"}, directory.Group{Name: "staff"}
	writes := map[string]func(context.Context, directory.Directory) error{
		directory.OpCreateUser: func(ctx context.Context, d directory.Directory) error {
			_, err := d.CreateUser(ctx, directory.NewUser{Name: "bob"})
			return err
		},
		directory.OpUpdateUser: func(ctx context.Context, d directory.Directory) error {
			_, err := d.UpdateUser(ctx, "1", directory.UserChange{Active: new(false)})
			return err
		},
		directory.OpDeleteUser: func(ctx context.Context, d directory.Directory) error { return d.DeleteUser(ctx, "1") },
		directory.OpCreateGroup: func(ctx context.Context, d directory.Directory) error {
			_, err := d.CreateGroup(ctx, "staff")
			return err
		},
		directory.OpDeleteGroup: func(ctx context.Context, d directory.Directory) error { return d.DeleteGroup(ctx, staff) },
		directory.OpAddMembers: func(ctx context.Context, d directory.Directory) error {
			return d.AddMembers(ctx, staff, []directory.User{ada})
		},
		directory.OpRemoveMembers: func(ctx context.Context, d directory.Directory) error {
			return d.RemoveMembers(ctx, staff, []directory.User{ada})
		},
	}
	for op, write := range writes {
		t.Run(op, func(t *testing.T) {
			g := NewWithT(t)
			fake := directorytest.NewFake()
			err := write(t.Context(), directory.ReadOnly(fake))
			g.Expect(err).To(MatchError(directory.ErrReadOnly))
			g.Expect(err).To(MatchError(op + ": unsupported: nothing is written in a dry run"))
			g.Expect(fake.Calls()).To(BeEmpty())
		})
	}
}

func TestReadOnlyReads(t *testing.T) {
	g := NewWithT(t)
	fake := directorytest.NewFake()
	ada := fake.SeedUser(directory.User{Name: "ada", Active: true})
	g.Expect(directory.ReadOnly(fake).FindUser(t.Context(), "ada")).To(Equal(ada))
}
