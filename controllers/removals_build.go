package controllers

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// ledgerBuild brings a ledger up to date with a SyncConfig, object by object.
type ledgerBuild struct {
	*ledger
	config *v1alpha1.SyncConfig
	dir    *v1alpha1.DirectorySpec
	// remembers says that the ledger has what the objects remember already.
	remembers bool
	// policy is nil if the SyncConfig cannot be used: it removes nobody.
	policy *plan.Policy
	// earlier are other names that the entry of the directory had.
	earlier map[string]bool
	// leaving and going are the users and groups that may be removed.
	leaving, going []candidate
}

// buildLedger gives the ledger of a directory with places for the SyncConfig as
// it is: one that was built before, or a new one if l is nil.
func (r *removals) buildLedger(ctx context.Context, l *ledger, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) (*ledger, error) {
	b := &ledgerBuild{ledger: l, config: config, dir: dir, remembers: l != nil, earlier: map[string]bool{}}
	if l == nil {
		b.ledger = newLedger()
	}
	if policies, err := plan.Compile(&config.Spec); err == nil {
		b.policy = new(policies.For(dir.Name))
	}
	if err := r.eachUser(ctx, config, b.user); err != nil {
		return nil, fmt.Errorf("count the removals of users: %w", err)
	}
	if err := r.eachGroup(ctx, config, b.group); err != nil {
		return nil, fmt.Errorf("count the removals of groups: %w", err)
	}
	if !b.remembers {
		b.readConfig()
	}
	b.seated = config.Generation
	if b.policy != nil {
		limit := limitOf(config, r.clock.Now())
		b.give(v1alpha1.RemovalOfUser, b.leaving, limit)
		b.give(v1alpha1.RemovalOfGroup, b.going, limit)
	}
	return b.ledger, nil
}

func (b *ledgerBuild) user(user *v1alpha1.ProvisionedUser) error {
	entry := rememberedUser(user, b.dir)
	if !b.remembers {
		what := removal{kind: v1alpha1.RemovalOfUser, object: client.ObjectKeyFromObject(user), label: labelOfUser(user, entry)}
		b.read(what, entry.Managed, entry.RemovalTime, entry.HeldRemovals)
		b.date(user, entry.Managed, b.config)
		for _, e := range user.Status.Directories {
			if leadsTo(b.dir, e.Name, e.Target) && !hasEntry(b.config, e.Name) {
				b.earlier[e.Name] = true
			}
		}
	}
	held := heldOf(entry.HeldRemovals, v1alpha1.RemovalOfUser)
	if b.policy != nil && (held != nil || mayLeave(user, entry, *b.policy)) {
		b.leaving = append(b.leaving, candidate{client.ObjectKeyFromObject(user), held == nil && entry.PlannedAction != "", held})
	}
	return nil
}

func (b *ledgerBuild) group(group *v1alpha1.ProvisionedGroup) error {
	entry := rememberedGroup(group, b.dir)
	if !b.remembers {
		what := removal{kind: v1alpha1.RemovalOfGroup, object: client.ObjectKeyFromObject(group), label: labelOfGroup(group, entry)}
		b.read(what, entry.Managed, entry.RemovalTime, entry.HeldRemovals)
		b.date(group, entry.Managed, b.config)
	}
	held := heldOf(entry.HeldRemovals, v1alpha1.RemovalOfGroup)
	if b.policy != nil && (held != nil || mayGo(group, entry, *b.policy)) {
		b.going = append(b.going, candidate{client.ObjectKeyFromObject(group), held == nil && entry.PlannedAction != "", held})
	}
	return nil
}

// readConfig enters what the SyncConfig remembers, of objects that are gone.
func (b *ledgerBuild) readConfig() {
	for _, past := range b.config.Status.PastRemovals {
		if past.Directory == b.dir.Name || b.earlier[past.Directory] {
			past.Directory = b.dir.Name
			b.past = append(b.past, past)
		}
	}
	if b.approved = b.config.Status.ApprovedRemovals; b.approved != nil {
		b.sealed = b.approved.Time.Time // whatever this process's clock says
	}
}
