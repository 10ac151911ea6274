package jira_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
	"github.com/atlassync/atlassync/controllers/directory/jira"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// pageSize is small, so that a few accounts make several pages.
const pageSize = 3

// worlds are instances, and ways in which Jira may behave where nobody says
// how. The client keeps the contract in each of them.
var worlds = map[string]simulator.Options{
	"the latest": {Unconfirmed: simulator.Unconfirmed{NeedsOptIn: true}},
	"the oldest": {Version: "8.14.0"},
	"otherwise": {Unconfirmed: simulator.Unconfirmed{
		AbsentMemberStatus: http.StatusNotFound, ReadOnlyStatus: http.StatusForbidden, DefaultAccess: true,
	}},
	"behind a directory that is read only": {
		Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}},
	},
}

func TestJiraKeepsTheContract(t *testing.T) {
	for name, world := range worlds {
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, func(t *testing.T) directorytest.Instance {
				world.MemberPage, world.UserListPage, world.ContextPath = pageSize, pageSize, "/jira"
				sim := startSimulator(t, world)
				return directorytest.Instance{Directory: connect(t, sim.config()), Seeder: sim, PageSize: pageSize}
			})
		})
	}
}

// simulated is a Jira simulator, whose traffic is checked against the
// vendor's OpenAPI document if that is there. It implements
// directorytest.Seeder.
type simulated struct {
	*simulator.Server
	t   *testing.T
	url string
}

func startSimulator(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Jira)
	return startUnchecked(t, options)
}

// startUnchecked is for answers that the vendor does not document.
func startUnchecked(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.Tokens = map[string]string{"right-token": "admin"}
	sim := simulator.New(options)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &simulated{Server: sim, t: t, url: server.URL + options.ContextPath}
}

func (s *simulated) config() directory.Config {
	return directory.Config{
		Product: "Jira", URL: s.url, Token: "right-token", AllowInsecureHTTP: true,
		RequestsPerSecond: 10000, MaxConcurrentRequests: 8,
	}
}

func connect(t *testing.T, config directory.Config) directory.Directory {
	t.Helper()
	client, err := jira.Connect(config)
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
	user.ID = added.Key
	return user
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
		state.Users = append(state.Users, directory.User{
			ID: user.Key, Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active,
		})
	}
	for _, group := range held.Groups {
		state.Groups[group.Name] = group.Members
	}
	return state
}

func (s *simulated) FailPage(op string, page int) {
	s.t.Helper()
	rule := rig.Rule{Kind: rig.KindError, Status: http.StatusInternalServerError, Times: 1}
	switch {
	case op == directory.OpEachMember:
		rule.Path = "startAt=" + strconv.Itoa(page*pageSize)
	case page == 1:
		rule.Path = "cursor="
	default:
		s.t.Fatalf("page %d of %q cannot be made to fail: cursors do not tell the page", page, op)
	}
	s.fail(rule)
}

// requests are the writes by operation.
var requests = map[string]rig.Rule{
	directory.OpCreateUser:    {Method: http.MethodPost, Path: "/api/2/user"},
	directory.OpUpdateUser:    {Method: http.MethodPut, Path: "/api/2/user"},
	directory.OpDeleteUser:    {Method: http.MethodDelete, Path: "/api/2/user"},
	directory.OpCreateGroup:   {Method: http.MethodPost, Path: "/api/2/group"},
	directory.OpDeleteGroup:   {Method: http.MethodDelete, Path: "/api/2/group"},
	directory.OpAddMembers:    {Method: http.MethodPost, Path: "/api/2/group/user"},
	directory.OpRemoveMembers: {Method: http.MethodDelete, Path: "/api/2/group/user"},
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
