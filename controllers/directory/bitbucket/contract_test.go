package bitbucket_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/bitbucket"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
	simulator "github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// pageSize is small, so that a few accounts make several pages.
const pageSize = 3

func TestBitbucketKeepsTheContract(t *testing.T) {
	worlds := map[string]struct {
		start   func(*testing.T, simulator.Options) *simulated
		unknown simulator.Unconfirmed
	}{
		"as documented": {startSimulator, simulator.Unconfirmed{}},
		"otherwise": {startUnchecked, simulator.Unconfirmed{
			NameTakenStatus: http.StatusConflict, AbsentMemberStatus: http.StatusNotFound,
			AbsentContextStatus: http.StatusNotFound, UpdateBlanks: true, DocumentedDirectories: true,
		}},
	}
	for name, world := range worlds {
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, func(t *testing.T) directorytest.Instance {
				sim := world.start(t, simulator.Options{PageLimit: pageSize, ContextPath: "/bitbucket", Unconfirmed: world.unknown})
				client := connect(t, sim.config())
				// Only a probe tells in which directory new accounts are.
				_, err := client.Probe(t.Context())
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
				return directorytest.Instance{Directory: client, Seeder: sim, PageSize: pageSize}
			})
		})
	}
}

// simulated is a Bitbucket simulator, whose traffic is checked against the
// vendor's OpenAPI document if that is there. It implements
// directorytest.Seeder.
type simulated struct {
	*simulator.Server

	t   *testing.T
	url string
}

func startSimulator(t *testing.T, options simulator.Options) *simulated {
	t.Helper()
	options.Middleware = openapi.Middleware(t, openapi.Bitbucket)
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
		Product: "Bitbucket", URL: s.url, Username: "admin", Password: "admin", AllowInsecureHTTP: true,
		RequestsPerSecond: 10000, MaxConcurrentRequests: 8,
	}
}

func connect(t *testing.T, config directory.Config) directory.Directory {
	t.Helper()
	client, err := bitbucket.Connect(config)
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

// add puts an account into the simulator.
func (s *simulated) add(user userbase.User) directory.User {
	s.t.Helper()
	added, err := s.AddUser(user)
	s.must(err)
	return shown(added)
}

// shown is an account of the simulator as its client shows it.
func shown(user userbase.User) directory.User {
	return directory.User{
		ID: user.Name, Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active,
		Directory: user.Directory,
	}
}

func (s *simulated) SeedUser(user directory.User) directory.User {
	s.t.Helper()
	return s.add(userbase.User{Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active})
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
		state.Users = append(state.Users, shown(user))
	}
	for _, group := range held.Groups {
		state.Groups[group.Name] = append(state.Groups[group.Name], group.Members...)
	}
	return state
}

func (s *simulated) FailPage(op string, page int) {
	s.t.Helper()
	path := map[string]string{directory.OpEachUser: "/admin/users?", directory.OpEachMember: "/admin/groups/more-members?context=engineers&"}
	// The simulator counts two rows for each entry.
	start := strconv.Itoa(2 * page * pageSize)
	s.fail(rig.Rule{Kind: rig.KindError, Times: 1, Path: path[op] + "limit=1000&start=" + start})
}

// requests are the writes by operation.
var requests = map[string]rig.Rule{
	directory.OpCreateUser:    {Method: http.MethodPost, Path: "/admin/users?"},
	directory.OpUpdateUser:    {Method: http.MethodPut, Path: "/admin/users"},
	directory.OpDeleteUser:    {Method: http.MethodDelete, Path: "/admin/users?"},
	directory.OpCreateGroup:   {Method: http.MethodPost, Path: "/admin/groups?"},
	directory.OpDeleteGroup:   {Method: http.MethodDelete, Path: "/admin/groups?"},
	directory.OpAddMembers:    {Method: http.MethodPost, Path: "/admin/groups/add-users"},
	directory.OpRemoveMembers: {Method: http.MethodPost, Path: "/admin/users/remove-group"},
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
