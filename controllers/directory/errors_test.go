package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestErrorSaysWhatWhereAndWhy(t *testing.T) {
	cases := map[string]struct {
		err  directory.Error
		want string
	}{
		"answered": {
			directory.Error{Kind: directory.KindInvalid, Op: directory.OpCreateUser, Status: 400,
				URL: "https://jira.example.com/rest", Message: "email: is needed", Err: errors.New("unused")},
			"create user: invalid (HTTP 400 from https://jira.example.com/rest): email: is needed",
		},
		"answered with an id": {
			directory.Error{Kind: directory.KindInvalid, Op: directory.OpCreateUser, Status: 400,
				URL: "https://jira.example.com/rest", RequestID: "612x7x1", Message: "email: is needed"},
			"create user: invalid (HTTP 400 from https://jira.example.com/rest, request 612x7x1): email: is needed",
		},
		"down, the same for every request": {
			directory.Error{Kind: directory.KindUnauthorized, Op: directory.OpProbe, Status: 401,
				URL: "https://jira.example.com/rest", RequestID: "612x7x1", Message: "no"},
			"probe: unauthorized (HTTP 401 from https://jira.example.com/rest): no",
		},
		"not answered": {
			directory.Error{Kind: directory.KindUnavailable, Op: directory.OpProbe,
				URL: "https://jira.example.com/rest", Err: errors.New("connection refused")},
			"probe: unavailable (https://jira.example.com/rest): connection refused",
		},
		"bare": {
			directory.Error{Kind: directory.KindNotFound, Op: directory.OpFindUser},
			"find user: not found",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			NewWithT(t).Expect(&c.err).To(MatchError(c.want))
		})
	}
}

func TestKindsAreFoundInWrappedErrors(t *testing.T) {
	g := NewWithT(t)
	wrapped := fmt.Errorf("sweeping: %w", &directory.Error{Kind: directory.KindNotFound})
	g.Expect(directory.IsNotFound(wrapped)).To(BeTrue())
	g.Expect(directory.KindOf(wrapped)).To(Equal(directory.KindNotFound))
	g.Expect(directory.KindOf(errors.New("other"))).To(Equal(directory.KindUnknown))
	g.Expect(directory.KindOf(nil)).To(Equal(directory.KindUnknown))
}

func TestWhetherTheWholeDirectoryIsDown(t *testing.T) {
	cases := map[string]struct {
		err  error
		want bool
	}{
		"no answer":             {&directory.Error{Kind: directory.KindUnavailable}, true},
		"bad gateway":           {&directory.Error{Kind: directory.KindUnavailable, Status: 502}, true},
		"wrong credentials":     {&directory.Error{Kind: directory.KindUnauthorized, Status: 401}, true},
		"unknown certificate":   {&directory.Error{Kind: directory.KindUntrusted}, true},
		"wrapped":               {fmt.Errorf("x: %w", &directory.Error{Kind: directory.KindUntrusted}), true},
		"fails for one object":  {&directory.Error{Kind: directory.KindUnavailable, Status: 500}, false},
		"one strange answer":    {&directory.Error{Kind: directory.KindUnavailable, Status: 200}, false},
		"a proxy's not found":   {&directory.Error{Kind: directory.KindUnavailable, Status: 404}, true},
		"cancelled by us":       {&directory.Error{Kind: directory.KindUnavailable, Err: context.Canceled}, false},
		"too many requests":     {&directory.Error{Kind: directory.KindRateLimited, Status: 429}, false},
		"one right is missing":  {&directory.Error{Kind: directory.KindForbidden, Status: 403}, false},
		"one object is missing": {&directory.Error{Kind: directory.KindNotFound, Status: 404}, false},
		"lost answer":           {&directory.Error{Kind: directory.KindAmbiguous}, false},
		"another error":         {errors.New("x"), false},
		"none":                  {nil, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			NewWithT(t).Expect(directory.IsDown(c.err)).To(Equal(c.want))
		})
	}
}

func TestEveryKindHasWordsOfItsOwn(t *testing.T) {
	g := NewWithT(t)
	seen := map[string]bool{}
	for kind := directory.KindUnknown; kind <= directory.KindAmbiguous; kind++ {
		g.Expect(kind.String()).NotTo(BeEmpty())
		g.Expect(seen).NotTo(HaveKey(kind.String()))
		seen[kind.String()] = true
	}
}
