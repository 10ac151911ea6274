package controllers

import (
	"cmp"
	"context"
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// provision makes one user true in one directory: observe, plan, apply.
func (r *UserReconciler) provision(ctx context.Context, work *userWork, dir *v1alpha1.DirectorySpec) (v1alpha1.UserDirectoryStatus, verdict) {
	entry := rememberedUser(work.before, dir)
	former := work.former(dir.Name)
	switch deleted := !work.user.DeletionTimestamp.IsZero(); {
	case deleted && former != nil:
		return *former, leftBehind(dir.Name, "account "+former.Username, former.Target, work.config)
	case deleted && !entry.Managed:
		return entry, nothingOfOurs(dir.Name)
	}
	open, wait := r.lookUp(r.waiting, &work.progress, work.key(), dir)
	if wait != nil {
		return *cmp.Or(former, &entry), *wait
	}
	reason, message := entry.Reason, entry.Message
	err := r.converge(ctx, work, open, &entry)
	if observeErr := r.removals.observe(ctx, work.config.SyncConfig, dir, v1alpha1.RemovalOfUser, work.key(), entry.Managed, entry.HeldRemovals); err == nil {
		err = observeErr
	}
	if err == nil {
		v := open.verdictOn(work.user, entry.Reason, entry.Message)
		r.tellDriftLeft(work.user, driftOfUser, reason, message, v)
		r.tellHeld(work.user, reason, v)
		return entry, v
	}
	if v, ok := open.lacksDefaults(err); ok {
		r.tellFailure(work.user, reason, v)
		return entry, v
	}
	v := open.failure(err)
	switch {
	case v.unchanged:
	case v.outlook == stalled:
		entry.State = v1alpha1.UserError
	default:
		entry.State = v1alpha1.UserPending
	}
	r.tellFailure(work.user, entry.Reason, v)
	return entry, v
}

func (r *UserReconciler) converge(ctx context.Context, work *userWork, open *openDirectory, entry *v1alpha1.UserDirectoryStatus) error {
	entry.PlannedAction = ""
	want := plan.WantedUser(work.user, open.policy)
	holder, err := r.claimName(ctx, work, open.spec, *entry)
	if err != nil {
		return err
	}
	want.NameHolder = holder
	work.request.doubtUser(open, directory.User{ID: entry.ID, Name: want.Name})
	change := userChange{UserReconciler: r, work: work, open: open, entry: entry, want: want}
	var doubtful []directory.User
	if change.plan, doubtful, err = r.decide(ctx, work, open, *entry, want); err != nil {
		return err
	}
	if len(doubtful) > 0 && open.connection.Loaded() {
		open.connection.Doubt(doubtful...)
		if change.plan, _, err = r.decide(ctx, work, open, *entry, want); err != nil {
			return err
		}
	}
	if err := change.limitRemoval(ctx); err != nil {
		return err
	}
	work.request.userStep(open.spec.Name, change.plan, entry.Managed)
	if open.dryRun {
		return change.preview(ctx)
	}
	err = change.applyLimited(ctx)
	// The account may have another name now: who waits for the old one can go on.
	_, claimErr := r.claimName(ctx, work, open.spec, *entry)
	return cmp.Or(err, claimErr)
}

// believedGone refuses to take an account for gone that may be there, in the
// directory that was behind the address before: it would be made anew, or its
// user let go, and the account that there is forgotten with its access.
func (o *openDirectory) believedGone(entry v1alpha1.UserDirectoryStatus, found plan.UserFound) error {
	doubt := o.connection.Disbelieved()
	if doubt == nil || !entry.Managed || entry.ID == "" || found.Linked != nil {
		return nil
	}
	return fmt.Errorf("account %s is not in the directory, which is not believed to be as it should be: %w: see condition Synced of the SyncConfig", entry.Username, doubt)
}

// decide looks at the directory and plans. Doubtful are the accounts at which
// a real look has to be taken before such a plan is carried out.
func (r *UserReconciler) decide(ctx context.Context, work *userWork, open *openDirectory, entry v1alpha1.UserDirectoryStatus, want plan.Wanted) (decided plan.UserPlan, doubtful []directory.User, err error) {
	found, err := observeUser(ctx, open, entry, want)
	if err = cmp.Or(err, open.believedGone(entry, found)); err != nil {
		return plan.UserPlan{}, nil, err
	}
	want.NameHolder = cmp.Or(want.NameHolder, r.accountOwner(work, open.spec, found.Named))
	link := plan.UserLink{
		Managed: entry.Managed, Adopted: entry.Adopted, Username: entry.Username, WrittenEmail: entry.WrittenEmail, Settled: entry.Settled,
	}
	rival, err := r.accountOfRival(ctx, work, open.spec, found)
	if err != nil {
		return plan.UserPlan{}, nil, err
	}
	if rival != "" {
		want.NameHolder, link, found.Linked = rival, plan.UserLink{}, nil
	}
	decided = plan.User(want, link, found, open.Capabilities(), open.policy)
	if link.Managed && (found.Linked == nil || !plan.Recognises(want, link, *found.Linked)) {
		// Believed gone: who leaves now would keep an account that is not.
		doubtful = append(doubtful, directory.User{ID: entry.ID, Name: entry.Username})
	}
	if decided.Delete || decided.Link.Adopted && !link.Managed {
		doubtful = append(doubtful, *decided.Account)
	}
	return decided, doubtful, nil
}

// observeUser looks for what the decision on a user depends on.
func observeUser(ctx context.Context, d directory.Directory, entry v1alpha1.UserDirectoryStatus, want plan.Wanted) (plan.UserFound, error) {
	found, err := observeAccounts(ctx, d, entry, want)
	account := cmp.Or(found.Linked, found.Named)
	if err != nil || account == nil || !plan.ReadsGroups(want, d.Capabilities()) {
		return found, err
	}
	found.Groups, err = d.GroupsOf(ctx, *account)
	return found, err
}

// observeAccounts looks for the account that the user is linked to, and for
// the one that has the wanted name.
func observeAccounts(ctx context.Context, d directory.Directory, entry v1alpha1.UserDirectoryStatus, want plan.Wanted) (plan.UserFound, error) {
	var found plan.UserFound
	var err error
	switch {
	case entry.Managed && entry.ID != "":
		found.Linked, err = optional(d.FindUserByID(ctx, entry.ID))
	case entry.Managed:
		found.Linked, err = optional(d.FindUser(ctx, entry.Username))
	}
	if err != nil || want.Deleted || plan.CheckUsername(want.Name, d.Capabilities().ForbiddenInUsername) != "" {
		return found, err
	}
	if found.Linked != nil && directory.SameName(found.Linked.Name, want.Name) {
		found.Named = found.Linked
		return found, nil
	}
	found.Named, err = optional(d.FindUser(ctx, want.Name))
	return found, err
}

// optional turns "not found" into nil.
func optional[T any](found T, err error) (*T, error) {
	if directory.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found, nil
}
