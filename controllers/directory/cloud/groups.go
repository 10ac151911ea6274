package cloud

import (
	"context"
	"encoding/json"

	"github.com/atlassync/atlassync/controllers/directory"
)

// groupTaken says what a conflict means about a name that no group of the
// directory has.
const groupTaken = "no group of that name is in the directory, so the organisation has one outside of it; " +
	"rename or delete that one at admin.atlassian.com, or give this one another name"

// FindGroup implements directory.Groups with the filter displayName eq.
func (c *Client) FindGroup(ctx context.Context, name string) (directory.Group, error) {
	return c.findGroup(ctx, directory.OpFindGroup, name)
}

func (c *Client) findGroup(ctx context.Context, op, name string) (directory.Group, error) {
	found, err := search(ctx, c, op, "Groups", equals("displayName", name), func(g group) string { return g.DisplayName }, name)
	switch {
	case err != nil:
		return directory.Group{}, err
	case found == nil:
		return directory.Group{}, c.missing(op, "group", name)
	case found.ID == "":
		return directory.Group{}, malformed(op, "no id of a group")
	}
	return found.contract(), nil
}

func (g group) contract() directory.Group {
	return directory.Group{ID: g.ID, Name: g.DisplayName}
}

// CreateGroup implements directory.Groups with POST /Groups. The name stays:
// user provisioning has no way to change it.
func (c *Client) CreateGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	var answer []byte
	refusal := c.post(ctx, op, "Groups", group{Schemas: []string{schemaGroup}, DisplayName: name}, &answer)
	switch {
	case isRefused(refusal):
		return c.groupHolder(ctx, op, name, refusal)
	case refusal != nil:
		return directory.Group{}, refusal
	}
	var created group
	if json.Unmarshal(answer, &created) == nil && created.ID != "" && created.DisplayName != "" {
		return created.contract(), nil
	}
	found, err := c.findGroup(ctx, op, name)
	if err != nil {
		return directory.Group{}, changed(err, directory.KindAmbiguous, "")
	}
	return found, nil
}

// groupHolder looks for the group that is the reason of a refusal.
func (c *Client) groupHolder(ctx context.Context, op, name string, refusal error) (directory.Group, error) {
	found, err := c.findGroup(ctx, op, name)
	switch {
	case err == nil:
		return found, changed(refusal, directory.KindAlreadyExists, "")
	case !directory.IsNotFound(err):
		return directory.Group{}, err
	case directory.KindOf(refusal) == directory.KindAlreadyExists:
		return directory.Group{}, changed(refusal, directory.KindInvalid, groupTaken)
	}
	return directory.Group{}, refusal
}

// DeleteGroup implements directory.Groups with DELETE /Groups/{id}.
func (c *Client) DeleteGroup(ctx context.Context, group directory.Group) error {
	err := c.delete(ctx, directory.OpDeleteGroup, resource("Groups", group.ID))
	if directory.IsNotFound(err) {
		return nil
	}
	return err
}

// GroupsOf implements directory.Groups with the attribute groups of an
// account. It is documented, but SCIM lets a server leave it out: then it is
// KindUnsupported, because that is no proof that there are none.
func (c *Client) GroupsOf(ctx context.Context, account directory.User) ([]directory.Group, error) {
	const op = directory.OpGroupsOf
	found, err := c.user(ctx, op, account.ID)
	if err != nil {
		return nil, err
	}
	if found.Groups == nil {
		return nil, &directory.Error{Kind: directory.KindUnsupported, Op: op,
			Message: "Atlassian does not tell the groups of this user"}
	}
	groups := make([]directory.Group, 0, len(*found.Groups))
	for _, g := range *found.Groups {
		if g.Value == "" || g.Display == "" {
			return nil, malformed(op, "no id or name of a group")
		}
		groups = append(groups, directory.Group{ID: g.Value, Name: g.Display})
	}
	return groups, nil
}
