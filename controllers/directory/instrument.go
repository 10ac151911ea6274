package directory

import (
	"context"
	"iter"
	"time"
)

// ResultOK is the result of an operation that succeeded, as Observer gets it.
const ResultOK = "ok"

// Observer learns of every operation: its name (OpFindUser, …), its result
// (ResultOK or the error's Kind in words) and how long it took. A listing is
// one operation that ends with the consumption of its sequence.
type Observer func(op, result string, took time.Duration)

// Instrument tells observe of every operation on d, and waited of every wait
// that the limits of the directory cause.
func Instrument(d Directory, observe Observer, waited func(time.Duration)) Directory {
	return &instrumented{next: d, observe: observe, waited: waited}
}

type instrumented struct {
	next    Directory
	observe Observer
	waited  func(time.Duration)
}

func (i *instrumented) watched(ctx context.Context) context.Context {
	return ObserveWaits(ctx, i.waited)
}

// done is deferred with the start time already fixed and the error still open.
func (i *instrumented) done(op string, start time.Time, err *error) {
	result := ResultOK
	if *err != nil {
		result = KindOf(*err).String()
	}
	i.observe(op, result, time.Since(start))
}

func (i *instrumented) Probe(ctx context.Context) (_ Info, err error) {
	defer i.done(OpProbe, time.Now(), &err)
	return i.next.Probe(i.watched(ctx))
}

func (i *instrumented) Capabilities() Capabilities {
	return i.next.Capabilities()
}

func (i *instrumented) FindUser(ctx context.Context, name string) (_ User, err error) {
	defer i.done(OpFindUser, time.Now(), &err)
	return i.next.FindUser(i.watched(ctx), name)
}

func (i *instrumented) FindUserByID(ctx context.Context, id string) (_ User, err error) {
	defer i.done(OpFindUserByID, time.Now(), &err)
	return i.next.FindUserByID(i.watched(ctx), id)
}

func (i *instrumented) CreateUser(ctx context.Context, user NewUser) (_ User, err error) {
	defer i.done(OpCreateUser, time.Now(), &err)
	return i.next.CreateUser(i.watched(ctx), user)
}

func (i *instrumented) UpdateUser(ctx context.Context, id string, change UserChange) (_ User, err error) {
	defer i.done(OpUpdateUser, time.Now(), &err)
	return i.next.UpdateUser(i.watched(ctx), id, change)
}

func (i *instrumented) DeleteUser(ctx context.Context, id string) (err error) {
	defer i.done(OpDeleteUser, time.Now(), &err)
	return i.next.DeleteUser(i.watched(ctx), id)
}

func (i *instrumented) EachUser(ctx context.Context) iter.Seq2[User, error] {
	return listing(i, OpEachUser, i.next.EachUser(i.watched(ctx)))
}

func (i *instrumented) FindGroup(ctx context.Context, name string) (_ Group, err error) {
	defer i.done(OpFindGroup, time.Now(), &err)
	return i.next.FindGroup(i.watched(ctx), name)
}

func (i *instrumented) CreateGroup(ctx context.Context, name string) (_ Group, err error) {
	defer i.done(OpCreateGroup, time.Now(), &err)
	return i.next.CreateGroup(i.watched(ctx), name)
}

func (i *instrumented) DeleteGroup(ctx context.Context, group Group) (err error) {
	defer i.done(OpDeleteGroup, time.Now(), &err)
	return i.next.DeleteGroup(i.watched(ctx), group)
}

func (i *instrumented) GroupsOf(ctx context.Context, user User) (_ []Group, err error) {
	defer i.done(OpGroupsOf, time.Now(), &err)
	return i.next.GroupsOf(i.watched(ctx), user)
}

func (i *instrumented) EachMember(ctx context.Context, group Group) iter.Seq2[User, error] {
	return listing(i, OpEachMember, i.next.EachMember(i.watched(ctx), group))
}

func (i *instrumented) AddMembers(ctx context.Context, group Group, users []User) (err error) {
	defer i.done(OpAddMembers, time.Now(), &err)
	return i.next.AddMembers(i.watched(ctx), group, users)
}

func (i *instrumented) RemoveMembers(ctx context.Context, group Group, users []User) (err error) {
	defer i.done(OpRemoveMembers, time.Now(), &err)
	return i.next.RemoveMembers(i.watched(ctx), group, users)
}

// EachMembership implements MembershipDump for a Directory that does or does not.
func (i *instrumented) EachMembership(ctx context.Context) iter.Seq2[Membership, error] {
	dump, ok := i.next.(MembershipDump)
	if !ok {
		return func(yield func(Membership, error) bool) { yield(Membership{}, unsupported(OpEachMembership)) }
	}
	return listing(i, OpEachMembership, dump.EachMembership(i.watched(ctx)))
}

// Now implements ChangeFeed for a Directory that does or does not.
func (i *instrumented) Now(ctx context.Context) (_ string, err error) {
	feed, ok := i.next.(ChangeFeed)
	if !ok {
		return "", unsupported(OpChanges)
	}
	defer i.done(OpChanges, time.Now(), &err)
	return feed.Now(i.watched(ctx))
}

// Since implements ChangeFeed for a Directory that does or does not.
func (i *instrumented) Since(ctx context.Context, cursor string) (_ Changes, err error) {
	feed, ok := i.next.(ChangeFeed)
	if !ok {
		return Changes{}, unsupported(OpChanges)
	}
	defer i.done(OpChanges, time.Now(), &err)
	return feed.Since(i.watched(ctx), cursor)
}

func unsupported(op string) error {
	return &Error{Kind: KindUnsupported, Op: op, Message: "the product does not offer it"}
}

func listing[T any](i *instrumented, op string, items iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var failed error
		defer i.done(op, time.Now(), &failed)
		for item, err := range items {
			failed = err
			if !yield(item, err) {
				return
			}
		}
	}
}
