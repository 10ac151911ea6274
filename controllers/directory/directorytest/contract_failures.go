package directorytest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var failureTests = map[string]func(*testing.T, Instance){
	"a lost answer makes the outcome unknown, and trying again is harmless": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedGroup("obsolete")
		ada := in.seed(person("ada"))
		grace := in.seed(person("grace"))
		in.Seeder.SeedMember("engineers", "grace")
		for _, write := range everyWrite(t, in, ada, grace) {
			in.Seeder.LoseAnswer(write.op)
			expectKind(t, write.call(t.Context()), write.op, directory.KindAmbiguous)
			applied := in.Seeder.State()

			err := write.call(t.Context())
			if write.creates {
				expectKind(t, err, write.op, directory.KindAlreadyExists)
			} else {
				NewWithT(t).Expect(err).NotTo(HaveOccurred(), write.op)
			}
			NewWithT(t).Expect(in.Seeder.State()).To(Equal(applied), write.op)
		}
	},
	"a cancelled context stops everything and changes nothing": func(t *testing.T, in Instance) {
		g := NewWithT(t)
		in.Seeder.SeedGroup("engineers")
		in.Seeder.SeedGroup("obsolete")
		ada := in.seed(person("ada"))
		grace := in.seed(person("grace"))
		before := in.Seeder.State()
		ctx := cancelled(t)
		for _, write := range everyWrite(t, in, ada, grace) {
			err := write.call(ctx)
			expectKind(t, err, write.op, directory.KindUnavailable)
			g.Expect(errors.Is(err, context.Canceled)).To(BeTrue(), "%v", err)
		}
		_, err := in.Directory.FindUser(ctx, "ada")
		expectKind(t, err, directory.OpFindUser, directory.KindUnavailable)
		_, err = collect(in.Directory.EachUser(ctx))
		expectKind(t, err, directory.OpEachUser, directory.KindUnavailable)
		g.Expect(in.Seeder.State()).To(Equal(before))
	},
	"many callers at once get what they asked for": func(t *testing.T, in Instance) {
		in.Seeder.SeedGroup("engineers")
		g := NewWithT(t)
		engineers := in.group(t, "engineers")
		var everybody sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			everybody.Go(func() { results[i] = liveThrough(t.Context(), in.Directory, engineers, fmt.Sprintf("person%d", i)) })
		}
		everybody.Wait()
		g.Expect(errors.Join(results...)).NotTo(HaveOccurred())
		g.Expect(in.Seeder.State().Groups["engineers"]).To(HaveLen(8))
	},
	"of many callers that create one user, one does": func(t *testing.T, in Instance) {
		var everybody sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			everybody.Go(func() { _, results[i] = in.Directory.CreateUser(t.Context(), newPerson("ada")) })
		}
		everybody.Wait()
		created := 0
		for _, err := range results {
			if err == nil {
				created++
				continue
			}
			expectKind(t, err, directory.OpCreateUser, directory.KindAlreadyExists)
		}
		NewWithT(t).Expect(created).To(Equal(1))
	},
}

type write struct {
	op      string
	call    func(context.Context) error
	creates bool
}

// everyWrite uses every verb that changes something, each in a way that does
// change something: ada is not in engineers, grace is.
func everyWrite(t *testing.T, in Instance, ada, grace directory.User) []write {
	t.Helper()
	d, engineers, obsolete := in.Directory, in.group(t, "engineers"), in.group(t, "obsolete")
	writes := []write{
		{directory.OpCreateUser, func(ctx context.Context) error {
			_, err := d.CreateUser(ctx, newPerson("new"))
			return err
		}, true},
		{directory.OpUpdateUser, func(ctx context.Context) error {
			_, err := d.UpdateUser(ctx, ada.ID, directory.UserChange{DisplayName: new("Changed")})
			return err
		}, false},
		{directory.OpCreateGroup, func(ctx context.Context) error {
			_, err := d.CreateGroup(ctx, "new")
			return err
		}, true},
		{directory.OpAddMembers, func(ctx context.Context) error {
			return d.AddMembers(ctx, engineers, []directory.User{ada})
		}, false},
		{directory.OpRemoveMembers, func(ctx context.Context) error {
			return d.RemoveMembers(ctx, engineers, []directory.User{grace})
		}, false},
		{directory.OpDeleteGroup, func(ctx context.Context) error { return d.DeleteGroup(ctx, obsolete) }, false},
	}
	if d.Capabilities().DeletesUsers {
		writes = append(writes, write{directory.OpDeleteUser, func(ctx context.Context) error { return d.DeleteUser(ctx, grace.ID) }, false})
	}
	return writes
}

// liveThrough is one person's time in the directory: an account is created,
// updated, put into a group and read back.
func liveThrough(ctx context.Context, d directory.Directory, engineers directory.Group, name string) error {
	created, err := d.CreateUser(ctx, newPerson(name))
	if err != nil {
		return err
	}
	want, err := d.UpdateUser(ctx, created.ID, directory.UserChange{DisplayName: new("Busy " + name)})
	if err != nil {
		return err
	}
	if err := d.AddMembers(ctx, engineers, []directory.User{want}); err != nil {
		return err
	}
	found, err := d.FindUser(ctx, name)
	if err == nil && found != want {
		err = fmt.Errorf("want %+v, found %+v", want, found)
	}
	return err
}
