package controllers

import (
	"context"
	"strings"

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
	plan  plan.UserPlan
}

func (c *userChange) apply(ctx context.Context) error {
	steps := []func(context.Context) error{c.create, c.adopt, c.change, c.remove}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if !c.plan.Link.Managed {
		c.unlink()
	}
	c.entry.State, c.entry.Reason, c.entry.Message = c.plan.State, c.plan.Reason, c.plan.Message
	return nil
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
	c.did(c.work.user, c.entry.Name, v1alpha1.EventUserCreated, "Created account %s in %s", account.Name, c.entry.Name)
	return nil
}

// announce writes down that an account is about to be created, where nothing
// else would show after a crash that it is ours: with adoption Never an
// account that exists is never taken over.
func (c *userChange) announce(ctx context.Context) error {
	if c.open.policy.Adoption != v1alpha1.AdoptNever {
		return nil
	}
	c.entry.Managed, c.entry.Username = true, c.plan.Create.Name
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
	if c.plan.Link.Adopted && !c.entry.Managed {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserAdopted, "Took over account %s, which existed in %s", c.plan.Account.Name, c.entry.Name)
	}
	c.entry.Adopted = c.plan.Link.Adopted
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
			c.tellChange(change, account.Name)
			c.link(&account)
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
	c.did(c.work.user, c.entry.Name, v1alpha1.EventUserDeleted, "Deleted account %s from %s", c.plan.Account.Name, c.entry.Name)
	return nil
}

// tellChange sends one event for each thing that a change did. Values are
// not told: an e-mail address has no place in an event.
func (c *userChange) tellChange(change directory.UserChange, name string) {
	if change.Name != nil {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserRenamed, "Renamed account %s to %s in %s", c.entry.Username, name, c.entry.Name)
	}
	var attributes []string
	if change.DisplayName != nil {
		attributes = append(attributes, "display name")
	}
	if change.Email != nil {
		attributes = append(attributes, "e-mail address")
	}
	if len(attributes) > 0 {
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserUpdated, "Updated %s of account %s in %s", strings.Join(attributes, " and "), name, c.entry.Name)
	}
	switch {
	case change.Active == nil:
	case *change.Active:
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserEnabled, "Enabled account %s in %s", name, c.entry.Name)
	default:
		c.did(c.work.user, c.entry.Name, v1alpha1.EventUserDisabled, "Disabled account %s in %s", name, c.entry.Name)
	}
}

func (c *userChange) link(account *directory.User) {
	c.entry.Managed, c.entry.ID, c.entry.Username = true, account.ID, account.Name
}

func (c *userChange) unlink() {
	c.entry.Managed, c.entry.Adopted, c.entry.ID, c.entry.Username = false, false, "", ""
}
