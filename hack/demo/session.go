package main

import (
	"context"
	"fmt"
	"time"

	"github.com/atlassync/atlassync/hack/okta"
)

// story is what an Okta administrator does in a small company, and what Okta
// sends for it.
type story struct {
	okta   *okta.Client
	people map[string]okta.Resource
	group  okta.Resource
}

// groupName is the group that is pushed.
const groupName = "developers"

var (
	ada   = person("00u1ada", "ada.lovelace", "Ada", "Lovelace")
	grace = person("00u2grace", "grace.hopper", "Grace", "Hopper")
	alan  = person("00u3alan", "alan.turing", "Alan", "Turing")
)

func person(id, name, given, family string) okta.Profile {
	login := name + "@example.com"
	return okta.Profile{ID: id, Login: login, Email: login, GivenName: given, FamilyName: family}
}

// step is one thing that the administrator does.
type step struct {
	name string
	do   func(context.Context) error
}

// session runs the story against the environment that is up.
func session(ctx context.Context) error {
	dir, err := findRunDir()
	if err != nil {
		return err
	}
	known, err := readSettings(dir.env())
	if err != nil {
		return fmt.Errorf("the environment is not up, start it with make up: %w", err)
	}
	return tell(ctx, known)
}

// tell runs the story, waits until Jira has followed, and shows what
// Kubernetes and Jira hold at the end.
func tell(ctx context.Context, known *settings) error {
	s := &story{
		okta:   okta.New(known.scimBaseURL, known.scimToken, okta.Template),
		people: map[string]okta.Resource{},
	}
	view := jiraView{known.jiraURL, known.jiraUser, known.jiraPassword}
	fmt.Println("\nWhat Okta does")
	for _, step := range append(s.steps(), step{"(Jira has followed)", view.awaitEnding}) {
		start := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("  %-66s %5d ms\n", step.name, time.Since(start).Milliseconds())
	}
	fmt.Println("\nWhat Kubernetes holds: kubectl get sync,puser,pgroup -A")
	if err := showResources(ctx, known.kubeconfig); err != nil {
		return err
	}
	fmt.Println("What Jira holds")
	return view.show(ctx)
}

func (s *story) steps() []step {
	married := grace
	married.Login, married.Email, married.FamilyName = "grace.murray@example.com", "grace.murray@example.com", "Murray"
	sir := alan
	sir.GivenName = "Alan Mathison"
	return []step{
		{"Test API credentials", s.okta.TestCredentials},
		{"Assign Ada Lovelace, Grace Hopper and Alan Turing to the app", s.assign(ada, grace, alan)},
		{"Change the given name of Alan Turing", s.update(alan, sir)},
		{"Rename grace.hopper to grace.murray", s.update(grace, married)},
		{"Push the group developers with Ada and Grace", s.push(ada, grace)},
		{"Change its members: Alan joins, Ada leaves", s.change(alan, ada)},
		{"Deactivate Ada Lovelace", func(ctx context.Context) error {
			return s.okta.Deactivate(ctx, s.people[ada.ID].ID())
		}},
	}
}

func (s *story) assign(profiles ...okta.Profile) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, profile := range profiles {
			user, err := s.okta.AssignUser(ctx, profile)
			if err != nil {
				return err
			}
			s.people[profile.ID] = user
		}
		return nil
	}
}

func (s *story) update(who, to okta.Profile) func(context.Context) error {
	return func(ctx context.Context) error {
		user, err := s.okta.UpdateUser(ctx, s.people[who.ID].ID(), to)
		if err == nil {
			s.people[who.ID] = user
		}
		return err
	}
}

func (s *story) push(profiles ...okta.Profile) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		s.group, err = s.okta.PushGroup(ctx, groupName, s.members(profiles)...)
		return err
	}
}

func (s *story) change(joins, leaves okta.Profile) func(context.Context) error {
	return func(ctx context.Context) error {
		return s.okta.ChangeMembers(ctx, s.group, s.members([]okta.Profile{joins}), s.members([]okta.Profile{leaves}))
	}
}

func (s *story) members(profiles []okta.Profile) []okta.Member {
	var members []okta.Member
	for _, profile := range profiles {
		members = append(members, okta.MemberOf(s.people[profile.ID]))
	}
	return members
}
