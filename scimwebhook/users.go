package scimwebhook

import (
	"context"
	"iter"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// users serves users out of the store.
type users struct {
	store *store.Store
}

func (u users) create(ctx context.Context, s store.Scope, doc map[string]any) (*v1alpha1.ProvisionedUser, error) {
	var spec v1alpha1.ProvisionedUserSpec
	if err := readSpec(doc, &spec); err != nil {
		return nil, err
	}
	if spec.Active == nil {
		spec.Active = new(true)
	}
	return u.store.Users.Create(ctx, s, spec)
}

func (u users) get(ctx context.Context, s store.Scope, id string) (*v1alpha1.ProvisionedUser, error) {
	return u.store.Users.Get(ctx, s, id)
}

func (u users) list(ctx context.Context, s store.Scope, offset, limit int) ([]*v1alpha1.ProvisionedUser, int, error) {
	return u.store.Users.List(ctx, s, offset, limit)
}

func (u users) after(ctx context.Context, s store.Scope, from store.Position) iter.Seq2[*v1alpha1.ProvisionedUser, error] {
	return u.store.Users.After(ctx, s, from)
}

func (u users) finders() finders[*v1alpha1.ProvisionedUser] {
	return finders[*v1alpha1.ProvisionedUser]{
		{"userName", u.store.Users.FindByName},
		{"externalId", u.store.Users.FindByExternalID},
	}
}

func (u users) update(ctx context.Context, s store.Scope, id string, c change) (user *v1alpha1.ProvisionedUser, changed []string, err error) {
	user, err = u.store.Users.Update(ctx, s, id, func(spec *v1alpha1.ProvisionedUserSpec) (err error) {
		changed, err = editUser(spec, c)
		return err
	})
	return user, changed, err
}

func editUser(spec *v1alpha1.ProvisionedUserSpec, c change) (changed []string, err error) {
	doc, err := documentOf(spec)
	if err != nil {
		return nil, err
	}
	next, changed, err := c.edit(doc)
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	var edited v1alpha1.ProvisionedUserSpec
	if err := readSpec(next, &edited); err != nil {
		return nil, err
	}
	if isSoftDeletion(spec.UserName, edited.UserName) {
		edited.UserName = spec.UserName
	}
	*spec = edited
	return changed, nil
}

// entraPrefix is how many hex digits Entra ID puts before the userName of a
// user that it deletes softly, to free the name in its own directory.
const entraPrefix = 32

// isSoftDeletion recognises that rename. It is none for us: the user keeps
// the name, and the deactivation that comes along does what is needed.
func isSoftDeletion(from, to string) bool {
	if len(to) <= entraPrefix {
		return false
	}
	return strings.EqualFold(to[entraPrefix:], from) && strings.Trim(to[:entraPrefix], "0123456789abcdefABCDEF") == ""
}

func (u users) remove(ctx context.Context, s store.Scope, id string) error {
	return u.store.Users.Delete(ctx, s, id)
}

func (u users) render(ctx context.Context, s store.Scope, user *v1alpha1.ProvisionedUser, v view) (map[string]any, error) {
	doc, err := documentOf(user.Spec)
	if err != nil {
		return nil, err
	}
	if v.shows("groups") {
		if err := u.addGroups(ctx, s, user, v, doc); err != nil {
			return nil, err
		}
	}
	return v.finish(schema.User, user, doc), nil
}

// addGroups adds the read-only attribute groups (RFC 7643 section 4.1.2).
func (u users) addGroups(ctx context.Context, s store.Scope, user *v1alpha1.ProvisionedUser, v view, doc map[string]any) error {
	refs, err := u.store.Groups.Of(ctx, s, user.SCIMID())
	if err != nil || len(refs) == 0 {
		return err
	}
	groups := make([]any, 0, len(refs))
	for _, ref := range refs {
		groups = append(groups, map[string]any{
			"value":   ref.ID,
			"display": ref.DisplayName,
			"$ref":    v.location(schema.Group, ref.ID),
			"type":    "direct",
		})
	}
	doc["groups"] = groups
	return nil
}
