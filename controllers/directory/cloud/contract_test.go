package cloud_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/cloud"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
	simulator "github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// pageSize is small, so that a few users make several pages.
const pageSize = 3

func TestCloudKeepsTheContract(t *testing.T) {
	settings := map[string]simulator.Unconfirmed{
		"as guessed": {},
		"the other way": {
			DeletionErases: true, UnknownMemberStatus: http.StatusNotFound, AbsentMemberStatus: http.StatusBadRequest,
			RemoveTakesAll: true, HidesGroups: true, OmitsEmpty: true, Terse: true, PatchAnswersNothing: true,
		},
		"absent members are not found": {AbsentMemberStatus: http.StatusNotFound, ListsDeleted: true},
	}
	for name, unconfirmed := range settings {
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, func(t *testing.T) directorytest.Instance {
				open := startSimulator
				if unconfirmed.PatchAnswersNothing {
					open = startUnchecked // the document has 200 only
				}
				sim := open(t, simulator.Options{Page: pageSize, Unconfirmed: unconfirmed})
				return directorytest.Instance{
					Directory: connect(t, sim.config()), Seeder: sim, PageSize: pageSize, WithoutOwnGroups: true,
				}
			})
		})
	}
}

// simulated is a simulator, whose traffic is checked against the vendor's
// OpenAPI document if that is there. It implements directorytest.Seeder.
type simulated struct {
	*simulator.Server

	t   *testing.T
	url string
}

func startSimulator(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Cloud)
	return startUnchecked(t, options)
}

// startUnchecked is for answers that the vendor does not document.
func startUnchecked(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.DirectoryID, options.APIKey = "the-directory", "right-key"
	sim := simulator.New(options)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &simulated{Server: sim, t: t, url: server.URL}
}

func (s *simulated) config() directory.Config {
	return directory.Config{
		Product: "Cloud", URL: s.url, DirectoryID: "the-directory", Token: "right-key", AllowInsecureHTTP: true,
		RequestsPerSecond: 10000, MaxConcurrentRequests: 8,
	}
}

func connect(t *testing.T, config directory.Config) directory.Directory {
	t.Helper()
	client, err := cloud.Connect(config)
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
	added, err := s.AddUser(simulator.User{
		ID: user.ID, UserName: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active,
	})
	s.must(err)
	user.ID = added.ID
	return user
}

func (s *simulated) SeedGroup(name string) {
	s.t.Helper()
	s.must(s.AddGroup(simulator.Group{Name: name}))
}

func (s *simulated) SeedMember(group, username string) {
	s.t.Helper()
	s.must(s.AddGroup(simulator.Group{Name: group, Members: []string{username}}))
}

func (s *simulated) State() directorytest.State {
	held := s.Server.State()
	state := directorytest.State{Groups: map[string][]string{}}
	for _, user := range held.Users {
		state.Users = append(state.Users, directory.User{
			ID: user.ID, Name: user.UserName, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active,
		})
	}
	for _, group := range held.Groups {
		state.Groups[group.Name] = group.Members
	}
	return state
}

// FailPage makes the page fail that begins with the last user of the page
// before it. The members of a group come in one answer, which fails as a whole.
func (s *simulated) FailPage(op string, page int) {
	s.t.Helper()
	if op == directory.OpEachMember {
		s.fail(rig.Rule{Kind: rig.KindError, Status: http.StatusBadGateway, Method: http.MethodGet, Path: "/Groups/"})
		return
	}
	s.fail(rig.Rule{
		Kind: rig.KindError, Status: http.StatusBadGateway,
		Path: "startIndex=" + strconv.Itoa(cmp.Or(page*pageSize, 1)),
	})
}

// requests are the writes by operation.
var requests = map[string]rig.Rule{
	directory.OpCreateUser:    {Method: http.MethodPost, Path: "/Users"},
	directory.OpUpdateUser:    {Method: http.MethodPatch, Path: "/Users/"},
	directory.OpCreateGroup:   {Method: http.MethodPost, Path: "/Groups"},
	directory.OpDeleteGroup:   {Method: http.MethodDelete, Path: "/Groups/"},
	directory.OpAddMembers:    {Method: http.MethodPatch, Path: "/Groups/"},
	directory.OpRemoveMembers: {Method: http.MethodPatch, Path: "/Groups/"},
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
