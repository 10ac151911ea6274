package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"
)

const removeRounds = 3

// measureRemoves compares emptying a large group by one PATCH, durably, with
// what another library takes to parse that PATCH.
func measureRemoves(ctx context.Context, w *world) ([]result, error) {
	t, err := w.tenant(ctx, "removes")
	if err != nil {
		return nil, err
	}
	parser, err := newParser()
	if err != nil {
		return nil, err
	}
	var operations []operation
	for n := range removes {
		operations = append(operations, operation{Op: "remove", Path: fmt.Sprintf("members[value eq %q]", userID(1+n))})
	}
	body, err := patchBody(operations)
	if err != nil {
		return nil, err
	}
	groups := make([]string, removeRounds)
	for round := range groups {
		if groups[round], err = t.createGroup(ctx, fmt.Sprintf("Group %d", round), userIDs(removes)); err != nil {
			return nil, err
		}
	}
	taken, err := contest{
		rounds:    removeRounds,
		reference: func(ctx context.Context, _ int) error { return parser.parse(ctx, body, removes) },
		ours: func(ctx context.Context, round int) error {
			_, err := t.send(ctx, http.MethodPatch, "/Groups/"+groups[round], body)
			return err
		},
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("one PATCH of %d member removes, durable", removes)
	return []result{timesLonger(what, "elimity-com/scim, parse alone", taken, 1)}, nil
}

// parser is elimity's server, called in memory, with a store that does nothing.
type parser struct {
	server  scim.Server
	handler *countingHandler
}

// countingHandler counts the operations of a PATCH. No other verb reaches it.
type countingHandler struct {
	scim.ResourceHandler

	operations int
}

// Patch implements scim.ResourceHandler.
func (h *countingHandler) Patch(_ *http.Request, _ string, operations []scim.PatchOperation) (scim.Resource, error) {
	h.operations = len(operations)
	return scim.Resource{}, nil
}

func newParser() (*parser, error) {
	handler := &countingHandler{}
	server, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{SupportPatch: true},
		ResourceTypes: []scim.ResourceType{{
			Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(), Handler: handler,
		}},
	})
	return &parser{server, handler}, err
}

// parse parses the body of a PATCH, and sees to it that all of it was.
func (p *parser) parse(ctx context.Context, body []byte, operations int) error {
	p.handler.operations = 0
	request := httptest.NewRequestWithContext(ctx, http.MethodPatch, "/Groups/1", bytes.NewReader(body))
	answer := httptest.NewRecorder()
	p.server.ServeHTTP(answer, request)
	if p.handler.operations != operations {
		return errors.New("the reference did not parse the PATCH: " + answer.Body.String())
	}
	return nil
}
