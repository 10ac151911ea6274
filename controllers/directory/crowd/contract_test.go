package crowd_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/crowd"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// pageSize is small, so that a few accounts make several pages.
const pageSize = 3

// instances are servers that differ in what a client must not care about.
var instances = map[string]simulator.Options{
	"Crowd":                  {ContextPath: "/crowd", MaxResults: pageSize},
	"Jira as user server":    {ContextPath: "/jira", MaxResults: pageSize, WithoutAdmin: true, WithoutFeed: true},
	"Crowd that tells dates": {MaxResults: pageSize, Unconfirmed: simulator.Unconfirmed{NumericDates: true}},
}

func TestCrowdKeepsTheContract(t *testing.T) {
	for name, options := range instances {
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, func(t *testing.T) directorytest.Instance {
				sim := startSimulator(t, options)
				return directorytest.Instance{
					Directory: connect(t, sim.config()), Seeder: sim, PageSize: pageSize, WithoutOwnGroups: true,
				}
			})
		})
	}
}

// simulated is a Crowd simulator, whose traffic is checked against what is
// written of Crowd's API if that is there. It implements
// directorytest.Seeder.
type simulated struct {
	*simulator.Server
	t       *testing.T
	url     string
	keyless bool
}

func startSimulator(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Crowd)
	return startUnchecked(t, options)
}

// startUnchecked is for answers that nobody documents.
func startUnchecked(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	sim := simulator.New(options)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &simulated{Server: sim, t: t, url: server.URL + options.ContextPath, keyless: options.WithoutKeys}
}

func (s *simulated) config() directory.Config {
	return directory.Config{
		Product: "Crowd", URL: s.url, Username: "atlassync", Password: "secret", AllowInsecureHTTP: true,
		RequestsPerSecond: 10000, MaxConcurrentRequests: 8,
	}
}

func connect(t *testing.T, config directory.Config) directory.Directory {
	t.Helper()
	client, err := crowd.Connect(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// must fails the test if the simulator refuses what a test prepares.
func (s *simulated) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *simulated) SeedUser(user directory.User) directory.User {
	s.t.Helper()
	added, err := s.AddUser(userbase.User{
		Key: user.ID, Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active,
	})
	s.must(err)
	return s.seen(added)
}

// seen is an account as a client sees it.
func (s *simulated) seen(user userbase.User) directory.User {
	if s.keyless {
		user.Key = user.Name
	}
	return directory.User{
		ID: user.Key, Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active,
	}
}

func (s *simulated) SeedGroup(name string) {
	s.t.Helper()
	s.must(s.AddGroup(userbase.Group{Name: name}))
}

func (s *simulated) SeedMember(group, username string) {
	s.t.Helper()
	s.must(s.AddMember(group, username))
}

func (s *simulated) State() directorytest.State {
	held := s.Server.State()
	state := directorytest.State{Groups: map[string][]string{}}
	for _, user := range held.Users {
		state.Users = append(state.Users, s.seen(user))
	}
	for _, group := range held.Groups {
		state.Groups[group.Name] = group.Members
	}
	return state
}

func (s *simulated) FailPage(op string, page int) {
	s.t.Helper()
	if op != directory.OpEachUser && op != directory.OpEachMember {
		s.t.Fatalf("%q has no pages", op)
	}
	s.fail(rig.Rule{Kind: rig.KindError, Path: "start-index=" + strconv.Itoa(page*pageSize), Times: 1})
}

// requests are the writes by operation.
var requests = map[string]rig.Rule{
	directory.OpCreateUser:    {Method: http.MethodPost, Path: "/user"},
	directory.OpUpdateUser:    {Method: http.MethodPut, Path: "/user"},
	directory.OpDeleteUser:    {Method: http.MethodDelete, Path: "/user"},
	directory.OpCreateGroup:   {Method: http.MethodPost, Path: "/group"},
	directory.OpDeleteGroup:   {Method: http.MethodDelete, Path: "/group"},
	directory.OpAddMembers:    {Method: http.MethodPost, Path: "/group/user/direct"},
	directory.OpRemoveMembers: {Method: http.MethodDelete, Path: "/group/user/direct"},
}

func (s *simulated) LoseAnswer(op string) {
	s.t.Helper()
	rule := requests[op]
	rule.Kind, rule.Times = rig.KindLostAnswer, 1
	s.fail(rule)
}

// fail makes the simulator spoil requests.
func (s *simulated) fail(rules ...rig.Rule) {
	s.t.Helper()
	s.must(s.SetFaults(rig.Faults{Rules: rules}))
}
