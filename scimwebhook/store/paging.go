package store

import (
	"context"
	"errors"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// paging changes the members of one group over several pages.
//
// At any time one page, the open one, takes all additions; the group names it.
// Every addition is a conditional write of that page, so that whoever adds the
// same member at the same moment on another replica meets it there. Members
// never move. Before another page is opened the old one is closed, with a
// conditional write too; so whoever finds a page open in the group's turn knows
// that no other page has had additions since, and that a cache which shows
// this shows all of them. docs/design/0007-membership-pages.md has the proof.
type paging struct {
	*Groups
	scope Scope
	group *v1alpha1.ProvisionedGroup
	// creating says that the group is given its first members.
	creating bool
	// changed says that the members are others than before.
	changed bool
	// doubt is set once the cache is known to be behind, or what it shows would
	// lead to no change. From then on group and the open page are read from
	// the API server.
	doubt bool
}

// retry repeats try after conflicts, each time with the group read anew.
func (p *paging) retry(ctx context.Context, try func() error) error {
	backoff := conflictBackoff()
	for range conflictTries {
		err := try()
		if !apierrors.IsConflict(err) {
			return storeError(err)
		}
		if !pause(ctx, backoff.Step()) {
			break
		}
		if err := p.look(ctx); err != nil {
			return err
		}
	}
	return errorf(Unavailable, "the members of the group are being changed by too many requests at once: try again")
}

// look reads the group from the API server, and doubts the cache.
func (p *paging) look(ctx context.Context) (err error) {
	p.doubt = true
	p.group, err = p.reread(ctx, p.scope, p.group)
	return err
}

// storeError makes an Error of what is none yet.
func storeError(err error) error {
	if _, known := errors.AsType[*Error](err); known || err == nil {
		return err
	}
	return fromAPI(err)
}

// writeGroup changes the group object, unless somebody else did.
func (p *paging) writeGroup(ctx context.Context, change func(*v1alpha1.ProvisionedGroupSpec)) error {
	next := p.group.DeepCopy()
	change(&next.Spec)
	setLastModified(next, p.now())
	if err := p.client.Update(ctx, next); err != nil {
		return err
	}
	p.group = next
	return nil
}

// writeSlice changes a slice, unless somebody else did.
func (p *paging) writeSlice(ctx context.Context, slice *v1alpha1.MembershipSlice, change func(*v1alpha1.MembershipSliceSpec)) (*v1alpha1.MembershipSlice, error) {
	next := slice.DeepCopy()
	change(&next.Spec)
	setLastModified(next, p.now())
	err := p.client.Update(ctx, next)
	if apierrors.IsNotFound(err) {
		err = apierrors.NewConflict(v1alpha1.GroupVersion.WithResource("membershipslices").GroupResource(), slice.Name, err)
	}
	return next, err
}

// open gives the open page: a slice, or nil for the group itself. Closed says
// that it takes nothing any more and another one has to be opened. A conflict
// means that the cache, or our view of the group, is behind.
func (p *paging) open(ctx context.Context) (slice *v1alpha1.MembershipSlice, closed bool, err error) {
	name, turn := p.group.Spec.Pages.OpenSlice, p.group.Spec.Pages.Turn
	if name == "" {
		return nil, false, nil
	}
	cached, err := getSlice(ctx, p.client, p.group, name)
	if err != nil {
		return nil, false, err
	}
	if cached != nil && cached.Spec.Turn == turn && !p.doubt {
		return cached, false, nil
	}
	return p.openLive(ctx, cached)
}

// openLive gives the open page as the API server holds it, if the cache shows
// its turn, or that it is closed.
func (p *paging) openLive(ctx context.Context, cached *v1alpha1.MembershipSlice) (slice *v1alpha1.MembershipSlice, closed bool, err error) {
	name, turn := p.group.Spec.Pages.OpenSlice, p.group.Spec.Pages.Turn
	live, err := getSlice(ctx, p.live, p.group, name)
	switch {
	case err != nil:
		return nil, false, err
	case live != nil && live.Spec.Turn > turn:
		return p.catchUp(ctx, live)
	case isClosed(live, turn) && sameVersion(cached, live):
		return nil, true, nil
	case !isClosed(live, turn) && cached != nil && cached.Spec.Turn == turn:
		return live, false, nil
	}
	return nil, false, behind(name)
}

// catchUp gives the group the turn of its open slice. A replacement that ends
// writes the slice first; it may have broken off in between, or somebody may
// have written the group's status, and then nobody else would finish it. If
// only our view of the group is behind, the write is a conflict.
func (p *paging) catchUp(ctx context.Context, open *v1alpha1.MembershipSlice) (slice *v1alpha1.MembershipSlice, closed bool, err error) {
	err = p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) { spec.Pages.Turn = open.Spec.Turn })
	if err != nil {
		return nil, false, err
	}
	return p.open(ctx)
}

// isClosed reports whether a slice that was opened for turn takes additions no more.
func isClosed(slice *v1alpha1.MembershipSlice, turn int64) bool {
	return slice == nil || slice.Spec.Turn < turn
}

func sameVersion(a, b *v1alpha1.MembershipSlice) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ResourceVersion == b.ResourceVersion
}

// behind is the conflict of a cache that has yet to learn of a slice.
func behind(slice string) error {
	return apierrors.NewConflict(v1alpha1.GroupVersion.WithResource("membershipslices").GroupResource(), slice,
		errors.New("the cache is behind"))
}

// add puts ids that are not yet members into the open page, and into as many
// further ones as it takes.
func (p *paging) add(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		err := p.retry(ctx, func() error {
			left, err := p.addPage(ctx, ids)
			ids = left
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addPage fills the open page and gives the ids that are left over. With a
// conflict nothing is lost of them.
func (p *paging) addPage(ctx context.Context, ids []string) (left []string, err error) {
	open, closed, err := p.open(ctx)
	if err == nil && !p.doubt && p.shows(open, ids) {
		return ids, behind(p.group.Name) // they may be gone again
	}
	if err != nil {
		return ids, err
	}
	if closed {
		return p.turn(ctx, ids)
	}
	batch := ids[:min(len(ids), pageSize)]
	rest := ids[len(batch):]
	missing, err := p.missing(ctx, batch, open)
	if err != nil || len(missing) == 0 {
		return slices.Concat(missing, rest), err
	}
	var full bool
	if open == nil {
		left, full, err = p.fillGroup(ctx, missing, len(rest) > 0)
	} else {
		left, full, err = p.fillSlice(ctx, open, missing, len(rest) > 0)
	}
	left = slices.Concat(left, rest)
	if err != nil || !full {
		return left, err
	}
	return p.turn(ctx, left)
}

// shows reports whether the group itself or the open slice holds some of ids.
func (p *paging) shows(open *v1alpha1.MembershipSlice, ids []string) bool {
	_, held := without(ids, setOf(p.group.Spec.Members))
	if open != nil && len(held) == 0 {
		_, held = without(ids, setOf(open.Spec.Members))
	}
	return len(held) > 0
}

// fillSlice puts ids into the open slice. If that fills it and more is to
// come, it is closed by the same write.
func (p *paging) fillSlice(ctx context.Context, open *v1alpha1.MembershipSlice, ids []string, more bool) (left []string, full bool, err error) {
	next, left := fill(open.Spec.Members, ids)
	full = len(left) > 0 || more && len(next) >= pageSize
	_, err = p.writeSlice(ctx, open, func(spec *v1alpha1.MembershipSliceSpec) {
		spec.Members = next
		if full {
			spec.Turn = 0
		}
	})
	if err != nil {
		return ids, false, err
	}
	p.changed = p.changed || len(left) < len(ids)
	return left, full, nil
}

// fillGroup puts ids into the group's own page. It needs no closing: naming
// another page does that.
func (p *paging) fillGroup(ctx context.Context, ids []string, more bool) (left []string, full bool, err error) {
	next, left := fill(p.group.Spec.Members, ids)
	if len(left) < len(ids) {
		if err := p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) { spec.Members = next }); err != nil {
			return ids, false, err
		}
		p.changed = true
	}
	return left, len(left) > 0 || more && len(next) >= pageSize, nil
}

// missing gives those of ids that no page holds. What the cache shows as
// present is looked at once more, because it may have been removed.
func (p *paging) missing(ctx context.Context, ids []string, open *v1alpha1.MembershipSlice) ([]string, error) {
	missing, _ := without(ids, setOf(p.group.Spec.Members))
	if open != nil {
		missing, _ = without(missing, setOf(open.Spec.Members))
	}
	holders, err := p.holding(ctx, p.group, missing)
	if err != nil {
		return nil, err
	}
	for _, cached := range holders {
		if open != nil && cached.Name == open.Name {
			continue
		}
		live, err := getSlice(ctx, p.live, p.group, cached.Name)
		if err != nil {
			return nil, err
		}
		if live != nil {
			missing, _ = without(missing, setOf(live.Spec.Members))
		}
	}
	return missing, nil
}

// turn opens another page in the place of the open one, which is closed
// already, or is the group itself and gets closed by it. A new page begins
// with the first of ids; those that are left over are given back.
func (p *paging) turn(ctx context.Context, ids []string) (left []string, err error) {
	pages, err := p.slicesOf(ctx, p.group)
	if err != nil {
		return ids, err
	}
	if next := reopen(pages, p.group.Spec.Pages.OpenSlice); next != nil {
		turn := p.group.Spec.Pages.Turn + 1
		if next, err = p.writeSlice(ctx, next, func(spec *v1alpha1.MembershipSliceSpec) { spec.Turn = turn }); err != nil {
			return ids, err
		}
		return ids, p.nameOpen(ctx, next)
	}
	batch := ids[:min(len(ids), pageSize)]
	missing, err := p.missing(ctx, batch, nil)
	if err != nil {
		return ids, err
	}
	rest := ids[len(batch):]
	return p.newPage(ctx, missing, rest)
}

// newPage opens a new slice with the members first. If more is to come than
// it can take, it is closed from the beginning.
func (p *paging) newPage(ctx context.Context, first, rest []string) (left []string, err error) {
	slice := newSlice(p.group, p.group.Spec.Pages.Turn+1)
	slice.Spec.Members = first
	if len(first) == pageSize && len(rest) > 0 {
		slice.Spec.Turn = 0
	}
	err = p.client.Create(ctx, slice)
	if apierrors.IsAlreadyExists(err) {
		return slices.Concat(first, rest), p.nameTheirs(ctx, slice.Name)
	}
	if err == nil {
		err = p.nameOpen(ctx, slice)
	}
	if err == nil {
		p.changed = p.changed || len(first) > 0
		return rest, nil
	}
	if apierrors.IsConflict(err) {
		// Somebody else has opened another page. If this one has become theirs
		// it stays, as it is another object then.
		if err := p.deleteSlice(ctx, slice); err != nil && !apierrors.IsConflict(err) {
			return slices.Concat(first, rest), err
		}
	}
	return slices.Concat(first, rest), err
}

// nameTheirs names the slice that somebody else has made for the turn, in case
// they do not get to it.
func (p *paging) nameTheirs(ctx context.Context, name string) error {
	theirs, err := getSlice(ctx, p.live, p.group, name)
	if err == nil && (theirs == nil || theirs.Spec.Turn > p.group.Spec.Pages.Turn+1) {
		err = behind(name)
	}
	if err != nil {
		return err
	}
	return p.nameOpen(ctx, theirs)
}

// nameOpen begins the next turn, in which slice is the open page.
func (p *paging) nameOpen(ctx context.Context, slice *v1alpha1.MembershipSlice) error {
	return p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) {
		spec.Pages.Turn, spec.Pages.OpenSlice = spec.Pages.Turn+1, slice.Name
	})
}

// remove takes ids out of the pages that hold them.
func (p *paging) remove(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	gone, err := p.removeFromGroup(ctx, setOf(ids))
	if err != nil {
		return err
	}
	left, _ := without(ids, setOf(gone))
	holders, err := p.holding(ctx, p.group, ids)
	if err != nil {
		return err
	}
	for _, slice := range holders {
		gone, err := p.removeFrom(ctx, slice, setOf(ids))
		if err != nil {
			return err
		}
		left, _ = without(left, setOf(gone))
	}
	return p.removeUnseen(ctx, left)
}

// removeUnseen takes out ids that the cache shows nowhere: if they are members
// all the same, they were added a moment ago, to the page that is open now, or
// to the group before that.
func (p *paging) removeUnseen(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := p.look(ctx); err != nil {
		return err
	}
	if _, err := p.removeFromGroup(ctx, setOf(ids)); err != nil {
		return err
	}
	return p.retry(ctx, func() error {
		open, _, err := p.open(ctx)
		if err != nil || open == nil {
			return err
		}
		_, err = p.removeFrom(ctx, open, setOf(ids))
		return err
	})
}

func (p *paging) removeFromGroup(ctx context.Context, ids map[string]bool) (gone []string, err error) {
	err = p.retry(ctx, func() error {
		var rest []string
		if rest, gone = without(p.group.Spec.Members, ids); len(gone) == 0 {
			return nil
		}
		p.changed = true
		return p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) { spec.Members = rest })
	})
	return gone, err
}

// removeFrom takes ids out of one slice and gives those that were in it. A
// slice that becomes empty is deleted, unless it is the open one and others
// hold members: then the next additions go there.
func (p *paging) removeFrom(ctx context.Context, slice *v1alpha1.MembershipSlice, ids map[string]bool) (gone []string, err error) {
	backoff := conflictBackoff()
	for range conflictTries {
		var rest []string
		if rest, gone = without(slice.Spec.Members, ids); len(gone) == 0 {
			return nil, nil
		}
		err := p.shrink(ctx, slice, rest)
		if !apierrors.IsConflict(err) {
			return gone, storeError(err)
		}
		if !pause(ctx, backoff.Step()) {
			break
		}
		if slice, err = getSlice(ctx, p.live, p.group, slice.Name); err != nil || slice == nil {
			return nil, err
		}
	}
	return nil, errorf(Unavailable, "the members of the group are being changed by too many requests at once: try again")
}

func (p *paging) shrink(ctx context.Context, slice *v1alpha1.MembershipSlice, rest []string) error {
	if len(rest) == 0 && slice.Spec.Turn == 0 {
		if err := p.deleteSlice(ctx, slice); err != nil {
			return err
		}
		p.changed = true
		return nil
	}
	written, err := p.writeSlice(ctx, slice, func(spec *v1alpha1.MembershipSliceSpec) { spec.Members = rest })
	if err != nil {
		return err
	}
	p.changed = true
	if len(rest) > 0 || slice.Name != p.group.Spec.Pages.OpenSlice {
		return nil
	}
	return p.leaveSlices(ctx, written)
}

func (p *paging) deleteSlice(ctx context.Context, slice *v1alpha1.MembershipSlice) error {
	err := p.client.Delete(ctx, slice, client.Preconditions{UID: new(slice.UID), ResourceVersion: new(slice.ResourceVersion)})
	return client.IgnoreNotFound(err)
}

// leaveSlices makes the group itself the open page again once no slice holds
// members. That somebody else is faster is fine: an empty open slice harms
// nobody.
func (p *paging) leaveSlices(ctx context.Context, open *v1alpha1.MembershipSlice) error {
	pages, err := p.slicesOf(ctx, p.group)
	if err != nil || slices.ContainsFunc(pages, hasMembers) {
		return err
	}
	err = p.leave(ctx, open)
	if apierrors.IsConflict(err) {
		p.group, err = p.reread(ctx, p.scope, p.group)
	}
	return err
}

// leave closes the empty open slice, makes sure that no slice holds members,
// and then names the group itself.
func (p *paging) leave(ctx context.Context, open *v1alpha1.MembershipSlice) error {
	closed, err := p.writeSlice(ctx, open, func(spec *v1alpha1.MembershipSliceSpec) { spec.Turn = 0 })
	if err != nil {
		return err
	}
	pages, err := p.liveSlicesOf(ctx, p.group)
	if err != nil || slices.ContainsFunc(pages, hasMembers) {
		return err
	}
	err = p.writeGroup(ctx, func(spec *v1alpha1.ProvisionedGroupSpec) {
		spec.Pages.Turn, spec.Pages.OpenSlice = spec.Pages.Turn+1, ""
	})
	if err != nil {
		return err
	}
	return p.deleteSlice(ctx, closed)
}

func hasMembers(slice *v1alpha1.MembershipSlice) bool { return len(slice.Spec.Members) > 0 }
