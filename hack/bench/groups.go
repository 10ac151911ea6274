package main

import (
	"context"
	"encoding/json"
	"net/http"
)

// removes is how many operations the PATCH that empties a group has.
const removes = 10_000

// operation is one of a PATCH.
type operation struct {
	Op    string   `json:"op"`
	Path  string   `json:"path"`
	Value []member `json:"value,omitempty"`
}

type member struct {
	Value string `json:"value"`
}

// createGroup makes a group of members, who need not exist.
func (t *tenant) createGroup(ctx context.Context, name string, ids []string) (string, error) {
	return t.create(ctx, "/Groups", groupOf(name, ids))
}

// groupOf is a group as it is sent.
func groupOf(name string, ids []string) map[string]any {
	members := make([]member, 0, len(ids))
	for _, id := range ids {
		members = append(members, member{id})
	}
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": name, "members": members,
	}
}

// userIDs are those of so many users, from the first, that were written
// without SCIM.
func userIDs(count int) []string {
	ids := make([]string, 0, count)
	for n := range count {
		ids = append(ids, userID(1+n))
	}
	return ids
}

func (t *tenant) patchGroup(ctx context.Context, id string, operations []operation) error {
	body, err := patchBody(operations)
	if err != nil {
		return err
	}
	_, err = t.send(ctx, http.MethodPatch, "/Groups/"+id, body)
	return err
}

func patchBody(operations []operation) ([]byte, error) {
	return json.Marshal(map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations,
	})
}
