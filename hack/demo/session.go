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

// step is one thing that the administrator does, and what the directories
// hold because of it.
type step struct {
	name string
	do   func(context.Context) error
	then []holding
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

// tell runs the story, sees to it that every directory follows every step, and
// shows what Kubernetes and the directories hold at the end: what it shows is
// true, or it fails.
func tell(ctx context.Context, known *settings) error {
	s := &story{
		okta:   okta.New(known.scimBaseURL, known.scimToken, okta.Template),
		people: map[string]okta.Resource{},
	}
	all := directories(known.products)
	kubernetes, err := newCluster(known.kubeconfig)
	if err != nil {
		return err
	}
	if err := walk(ctx, s.steps(), all); err != nil {
		return err
	}
	// One user is not as wanted everywhere: Confluence cannot rename Grace.
	want := counts{usersReady: 2, usersFailed: 1, groupsReady: 1}
	if err := await(ctx, func(ctx context.Context) ([]string, error) { return kubernetes.uncounted(ctx, want) }); err != nil {
		return err
	}
	fmt.Println("\nWhat Kubernetes holds: kubectl get sync,puser,pgroup -A (here the status is cut to fit)")
	if err := kubernetes.show(ctx); err != nil {
		return err
	}
	fmt.Println("What the directories hold, each asked by its own REST API. Confluence cannot rename accounts,\n" +
		"and Bitbucket cannot deactivate them: there, who is inactive is in no group.")
	return showHoldings(ctx, all)
}

// walk takes the steps and says how long Okta waited for each answer, and how
// long after it the last directory had followed.
func walk(ctx context.Context, steps []step, all []directory) error {
	fmt.Printf("\n%-62s %10s %14s\n", "What Okta does", "answered", "all "+fmt.Sprint(len(all))+" follow")
	for _, step := range steps {
		start := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		answered := time.Now()
		if err := awaitAll(ctx, all, step.then); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		follows := "–"
		if step.then != nil {
			follows = fmt.Sprintf("%d ms", time.Since(answered).Milliseconds())
		}
		fmt.Printf("  %-60s %7d ms %14s\n", step.name, answered.Sub(start).Milliseconds(), follows)
	}
	return nil
}

func active(username, displayName string) holding {
	return holding{account: account{username, displayName, true}}
}

func inactive(username, displayName string) holding {
	return holding{account: account{username, displayName, false}}
}

func member(username, displayName string) holding {
	return holding{account: account{username, displayName, true}, member: true}
}

func absent(username string) holding {
	return holding{account: account{username: username}, absent: true}
}

func (s *story) steps() []step {
	return []step{
		{"Test API credentials", s.okta.TestCredentials, nil},
		{"Assign Ada Lovelace, Grace Hopper and Alan Turing to the app", s.assign(ada, grace, alan), []holding{
			active("ada.lovelace", "Ada Lovelace"),
			active("grace.hopper", "Grace Hopper"),
			active("alan.turing", "Alan Turing"),
		}},
		{"Change the given name of Alan Turing", s.update(alan, person(alan.ID, "alan.turing", "Alan Mathison", "Turing")), []holding{
			active("alan.turing", "Alan Mathison Turing"),
		}},
		{"Rename grace.hopper to grace.murray", s.update(grace, person(grace.ID, "grace.murray", "Grace", "Murray")), []holding{
			absent("grace.hopper"),
			active("grace.murray", "Grace Murray"),
		}},
		{"Push the group developers with Ada and Grace", s.push(ada, grace), []holding{
			member("ada.lovelace", "Ada Lovelace"),
			member("grace.murray", "Grace Murray"),
		}},
		{"Change its members: Alan joins, Ada leaves", s.change(alan, ada), []holding{
			active("ada.lovelace", "Ada Lovelace"),
			member("alan.turing", "Alan Mathison Turing"),
			member("grace.murray", "Grace Murray"),
		}},
		{"Deactivate Ada Lovelace", s.deactivate(ada), []holding{
			inactive("ada.lovelace", "Ada Lovelace"),
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

func (s *story) deactivate(who okta.Profile) func(context.Context) error {
	return func(ctx context.Context) error {
		return s.okta.Deactivate(ctx, s.people[who.ID].ID())
	}
}

func (s *story) members(profiles []okta.Profile) []okta.Member {
	members := make([]okta.Member, 0, len(profiles))
	for _, profile := range profiles {
		members = append(members, okta.MemberOf(s.people[profile.ID]))
	}
	return members
}
