package controllers

import (
	"context"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// userChange carries out the plan for one user in one directory. Its entry
// tells what is certain at every moment, so that it can be kept on an error.
type userChange struct {
	*UserReconciler
	work  *userWork
	open  *openDirectory
	entry *v1alpha1.UserDirectoryStatus
	want  plan.Wanted
	plan  plan.UserPlan
	// lost are the default groups that others took the account out of.
	lost []string
	// undoRemoval takes back what counts against the removal limit, nil if
	// nothing is to be taken back; removed says that some of it has been done.
	undoRemoval func()
	removed     bool
}

func (c *userChange) apply(ctx context.Context) error {
	if c.entry.Settled != c.plan.Settled {
		c.entry.Settled = "" // until all of it is done
	}
	c.expectDefaults()
	steps := []func(context.Context) error{c.create, c.adopt, c.leave, c.change, c.remove}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if !c.plan.Link.Managed {
		c.unlink()
	}
	c.entry.OutOfGroups, c.entry.Settled = c.plan.OutOfGroups, c.plan.Settled
	c.entry.State, c.entry.Reason, c.entry.Message = c.plan.State, c.plan.Reason, c.plan.Message
	c.tellDrift()
	return c.giveDefaults(ctx)
}

func (c *userChange) create(ctx context.Context) error {
	if c.plan.Create == nil {
		return nil
	}
	if err := c.announce(ctx); err != nil {
		return err
	}
	account, err := c.open.CreateUser(ctx, *c.plan.Create)
	switch {
	case directory.KindOf(err) == directory.KindAmbiguous:
		// If it exists after all it is ours: nobody had the name a moment ago.
		c.entry.Managed, c.entry.Username = true, c.plan.Create.Name
		return err
	case err != nil:
		c.unlink()
		return err
	}
	c.link(&account)
	c.wrote(c.plan.Create.Email)
	c.did(c.work.user, c.entry.Name, v1alpha1.EventUserCreated, "Created account %s in %s", account.Name, c.entry.Name)
	return nil
}

// announce writes down that an account is about to be created, where nothing
// else would show after a crash that it is ours: with adoption Never an
// account that exists is never taken over, and one that is taken over gets no
// default groups for new users.
func (c *userChange) announce(ctx context.Context) error {
	if c.open.policy.Adoption != v1alpha1.AdoptNever && !c.givesOnce() {
		return nil
	}
	c.entry.Managed, c.entry.Username = true, c.plan.Create.Name
	return c.note(ctx)
}

// note writes down what the entry says, before something is done that nothing
// else would tell of after a crash.
func (c *userChange) note(ctx context.Context) error {
	c.work.user.Status.Directories = c.work.withEntry(*c.entry)
	if err := c.writeStatus(ctx, c.work); err != nil {
		return err
	}
	c.work.before = c.work.user.DeepCopy()
	return nil
}

func (c *userChange) adopt(context.Context) error {
	if c.plan.Account == nil || !c.plan.Link.Managed {
		return nil
	}
	if c.plan.Link.Adopted && (!c.entry.Managed || c.entry.ID != c.plan.Account.ID) {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserAdopted, "Took over account %s, which existed in %s", c.plan.Account.Name, c.entry.Name)
	}
	c.entry.Adopted, c.entry.WrittenEmail = c.plan.Link.Adopted, c.plan.Link.WrittenEmail
	c.link(c.plan.Account)
	return nil
}

// change makes the plan's changes. One that is refused does not keep the
// others from being made; the first error is the one to report.
func (c *userChange) change(ctx context.Context) error {
	var first error
	for _, change := range c.plan.Changes {
		account, err := c.open.UpdateUser(ctx, c.plan.Account.ID, change)
		if err == nil {
			c.removed = true
			c.tellChange(change, account.Name)
			c.link(&account)
			if change.Email != nil {
				c.wrote(*change.Email)
			}
			continue
		}
		if first == nil {
			first = err
		}
		if directory.KindOf(err) != directory.KindInvalid {
			break
		}
	}
	return first
}

func (c *userChange) remove(ctx context.Context) error {
	if !c.plan.Delete {
		return nil
	}
	if err := c.open.DeleteUser(ctx, c.plan.Account.ID); err != nil {
		return err
	}
	c.removed = true
	c.did(c.work.user, c.entry.Name, v1alpha1.EventUserDeleted, "Deleted account %s from %s", c.plan.Account.Name, c.entry.Name)
	return nil
}

func (c *userChange) link(account *directory.User) {
	c.entry.Managed, c.entry.ID, c.entry.Username = true, account.ID, account.Name
}

// wrote remembers an e-mail address that was written, where the product does
// not show the one that it has.
func (c *userChange) wrote(email string) {
	if !c.open.Capabilities().ReadsEmail {
		c.entry.WrittenEmail = email
	}
}

func (c *userChange) unlink() {
	c.entry.Managed, c.entry.Adopted, c.entry.OutOfGroups = false, false, false
	c.entry.DefaultGroups, c.entry.PendingDefaultGroups = nil, nil
	c.entry.ID, c.entry.Username, c.entry.SourceUserName, c.entry.WrittenEmail = "", "", "", ""
}
