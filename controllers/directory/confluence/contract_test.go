package confluence_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/confluence"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// pageSize is small, so that a few accounts make several pages.
const pageSize = 3

// worlds are ways in which Confluence may behave where nobody says how. The
// client keeps the contract in each of them.
var worlds = map[string]simulator.Unconfirmed{
	"as guessed": {},
	"otherwise": {
		ActiveStatus: "CURRENT", InactiveStatus: "DISABLED", AbsentStatus: http.StatusBadRequest,
		EmptyAbsentGroup: true, EmptyAbsentUser: true, RemembersDeleted: true, ForgetsTasks: true,
	},
	"and otherwise again": {NoStatus: true, InactiveStatus: "Inactive", MembersOfSubgroups: true},
}

func TestConfluenceKeepsTheContract(t *testing.T) {
	for name, world := range worlds {
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, func(t *testing.T) directorytest.Instance {
				sim := startSimulator(t, simulator.Options{PageSize: pageSize, ContextPath: "/confluence", Unconfirmed: world})
				return directorytest.Instance{Directory: connect(t, sim.config()), Seeder: sim, PageSize: pageSize}
			})
		})
	}
}

// simulated is a Confluence simulator, whose traffic is checked against the
// vendor's OpenAPI document if that is there. It implements
// directorytest.Seeder.
type simulated struct {
	*simulator.Server
	t   *testing.T
	url string
}

func startSimulator(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Confluence)
	return startUnchecked(t, options)
}

// startUnchecked is for versions and answers that the document does not have.
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
		Product: "Confluence", URL: s.url, Token: "right-token", AllowInsecureHTTP: true,
		RequestsPerSecond: 10000, MaxConcurrentRequests: 8,
	}
}

func connect(t *testing.T, config directory.Config) directory.Directory {
	t.Helper()
	client, err := confluence.Connect(config)
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
		Directory: user.Directory,
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
	path := "/user/list?"
	if op == directory.OpEachMember {
		path = "/member?"
	}
	path += "expand=status&limit=200&start=" + strconv.Itoa(page*pageSize)
	s.fail(rig.Rule{Path: path, Kind: rig.KindError, Status: http.StatusInternalServerError, Times: 1})
}

// requests are the writes by operation.
var requests = map[string]rig.Rule{
	directory.OpCreateUser:    {Method: http.MethodPost, Path: "/admin/user"},
	directory.OpUpdateUser:    {Method: http.MethodPut, Path: "/admin/user/"},
	directory.OpDeleteUser:    {Method: http.MethodDelete, Path: "/admin/user/"},
	directory.OpCreateGroup:   {Method: http.MethodPost, Path: "/admin/group"},
	directory.OpDeleteGroup:   {Method: http.MethodDelete, Path: "/admin/group/"},
	directory.OpAddMembers:    {Method: http.MethodPut, Path: "/group/"},
	directory.OpRemoveMembers: {Method: http.MethodDelete, Path: "/group/"},
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
