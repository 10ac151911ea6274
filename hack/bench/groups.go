package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

const (
	fewMembers   = 10
	manyMembers  = 100_000
	memberRounds = 60
	// removes is how many operations the PATCH that empties a group has.
	removes = 10_000
)

// operation is one of a PATCH.
type operation struct {
	Op    string   `json:"op"`
	Path  string   `json:"path"`
	Value []member `json:"value,omitempty"`
}

type member struct {
	Value string `json:"value"`
}

// measureMember compares adding a member to a large group with adding one to
// a small group. Both are on the same replica.
func measureMember(ctx context.Context, w *world) ([]result, error) {
	t, err := w.tenant(ctx, "members")
	if err != nil {
		return nil, err
	}
	add := func(size int) (func(context.Context, int) error, error) {
		id, err := t.createGroup(ctx, fmt.Sprintf("Group of %d", size), size)
		return func(ctx context.Context, round int) error {
			joins := []member{{userID(size + 1 + round)}}
			return t.patchGroup(ctx, id, []operation{{"add", "members", joins}})
		}, err
	}
	c := contest{warmUps: memberRounds / 10, rounds: memberRounds}
	if c.reference, err = add(fewMembers); err != nil {
		return nil, err
	}
	if c.ours, err = add(manyMembers); err != nil {
		return nil, err
	}
	taken, err := c.run(ctx)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("PATCH one member into a group of %d", manyMembers)
	return []result{timesLonger(what, fmt.Sprintf("a group of %d", fewMembers), taken, 2)}, nil
}

// createGroup makes a group of a size. Its members need not exist.
func (t *tenant) createGroup(ctx context.Context, name string, size int) (string, error) {
	members := make([]member, 0, size)
	for n := range size {
		members = append(members, member{userID(1 + n)})
	}
	return t.create(ctx, "/Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": name, "members": members,
	})
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
