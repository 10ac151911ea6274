package directory_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// registry has a connector for the product Fake, and records closings.
func registry(t *testing.T) (r *directory.Registry, closings *[]string) {
	t.Helper()
	closings = &[]string{}
	connectors := map[string]directory.Connector{
		"Fake": func(config directory.Config) (directory.Directory, error) {
			if config.URL == "" {
				return nil, &directory.Error{Kind: directory.KindInvalid, Op: directory.OpConnect, Message: "no URL"}
			}
			return directorytest.NewFake(), nil
		},
		"Other": nil,
	}
	onClose := func(uid, name string) { *closings = append(*closings, uid+"/"+name) }
	return directory.NewRegistry(connectors, onClose, plain), closings
}

// plain decorates nothing.
func plain(_, _ string, d directory.Directory) directory.Directory { return d }

var settings = directory.Config{Product: "Fake", URL: "https://example.com", Token: "one"}

func ensure(t *testing.T, r *directory.Registry, uid, name string, config directory.Config) *directory.Connection {
	t.Helper()
	connection, err := r.Ensure(uid, name, config)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return connection
}

func TestRegistryKeepsAConnectionUntilItsConfigChanges(t *testing.T) {
	g := NewWithT(t)
	r, _ := registry(t)
	_, ok := r.Get("uid", "jira")
	g.Expect(ok).To(BeFalse())

	first := ensure(t, r, "uid", "jira", settings)
	first.Open(directory.Info{})
	g.Expect(ensure(t, r, "uid", "jira", settings)).To(BeIdenticalTo(first))
	got, ok := r.Get("uid", "jira")
	g.Expect(ok).To(BeTrue())
	g.Expect(got).To(BeIdenticalTo(first))

	rotated := settings
	rotated.Token = "two"
	second := ensure(t, r, "uid", "jira", rotated)
	g.Expect(second).NotTo(BeIdenticalTo(first))
	g.Expect(second.Gate().Open).To(BeFalse(), "new credentials are unproven")
}

func TestRegistryKeepsDirectoriesApart(t *testing.T) {
	g := NewWithT(t)
	r, _ := registry(t)
	a := ensure(t, r, "uid", "a", settings)
	g.Expect(ensure(t, r, "uid", "b", settings)).NotTo(BeIdenticalTo(a))
	other := ensure(t, r, "other", "a", settings)

	r.Retain("uid", "b")
	expectHeld(t, r, "uid", "a", false)
	expectHeld(t, r, "uid", "b", true)
	r.Forget("uid")
	expectHeld(t, r, "uid", "b", false)
	g.Expect(ensure(t, r, "other", "a", settings)).To(BeIdenticalTo(other))
}

func expectHeld(t *testing.T, r *directory.Registry, uid, name string, want bool) {
	t.Helper()
	_, held := r.Get(uid, name)
	NewWithT(t).Expect(held).To(Equal(want))
}

func TestRegistryDropsWhatCannotBeConnected(t *testing.T) {
	cases := map[string]struct {
		config directory.Config
		kind   directory.Kind
		want   string
	}{
		"unknown product": {directory.Config{Product: "Trello"}, directory.KindUnsupported, `"Trello"; use one of: Fake, Other`},
		"invalid config":  {directory.Config{Product: "Fake"}, directory.KindInvalid, "no URL"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			r, _ := registry(t)
			ensure(t, r, "uid", "jira", settings)
			_, err := r.Ensure("uid", "jira", c.config)
			g.Expect(err).To(MatchError(ContainSubstring(c.want)))
			g.Expect(directory.KindOf(err)).To(Equal(c.kind))
			expectHeld(t, r, "uid", "jira", false)
		})
	}
}

func TestGateIsClosedUntilAProbeOpensIt(t *testing.T) {
	g := NewWithT(t)
	r, closings := registry(t)
	connection := ensure(t, r, "uid", "jira", settings)
	g.Expect(connection.Gate().Open).To(BeFalse())
	g.Expect(connection.Gate().Reason).To(MatchError(directory.ErrNotProbed))
	g.Expect(connection.Gate().Since).To(BeTemporally("~", time.Now(), time.Minute))

	info := directory.Info{Version: "10.3.24", Self: "admin"}
	g.Expect(connection.Open(info)).To(BeTrue(), "work may be waiting")
	opened := connection.Gate()
	g.Expect(opened).To(Equal(directory.Gate{Open: true, Info: info, Since: opened.Since}))
	g.Expect(connection.Open(info)).To(BeFalse(), "it was open already")
	g.Expect(connection.Gate()).To(Equal(opened))
	g.Expect(*closings).To(BeEmpty())
}

func TestGateTellsItsOwnerOnceWhenItCloses(t *testing.T) {
	g := NewWithT(t)
	r, closings := registry(t)
	connection := ensure(t, r, "uid", "jira", settings)
	connection.Open(directory.Info{Version: "10.3.24"})

	down := errors.New("down")
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() { connection.Close(down) })
	}
	workers.Wait()
	g.Expect(*closings).To(Equal([]string{"uid/jira"}))
	g.Expect(connection.Gate().Open).To(BeFalse())
	g.Expect(connection.Gate().Reason).To(MatchError(down))
	g.Expect(connection.Gate().Info.Version).To(Equal("10.3.24"), "what was known stays known")

	connection.Open(directory.Info{})
	connection.Close(down)
	g.Expect(*closings).To(HaveLen(2))
}

func TestRegistryDecoratesEachClient(t *testing.T) {
	g := NewWithT(t)
	decorated := directorytest.NewFake()
	connectors := map[string]directory.Connector{
		"Fake": func(directory.Config) (directory.Directory, error) { return directorytest.NewFake(), nil },
	}
	decorate := func(uid, name string, _ directory.Directory) directory.Directory {
		g.Expect(uid + "/" + name).To(Equal("uid/jira"))
		return decorated
	}
	r := directory.NewRegistry(connectors, nil, decorate)
	_, err := ensure(t, r, "uid", "jira", settings).CreateGroup(t.Context(), "engineers")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(decorated.Count(directory.OpCreateGroup)).To(Equal(1))
}

// Work waits for the first reading of a directory once, and not after every
// outage.
func TestAConnectionSettlesOnce(t *testing.T) {
	g := NewWithT(t)
	r, _ := registry(t)
	connection := ensure(t, r, "uid", "jira", settings)
	g.Expect(connection.Settling()).To(BeFalse(), "the gate is closed anyway")
	connection.Open(directory.Info{})
	g.Expect(connection.Settling()).To(BeTrue())
	g.Expect(connection.Settle()).To(BeTrue())
	g.Expect(connection.Settle()).To(BeFalse(), "nobody waits any more")
	g.Expect(connection.Settling()).To(BeFalse())

	connection.Close(errors.New("down"))
	connection.Open(directory.Info{})
	g.Expect(connection.Settling()).To(BeFalse())

	other := ensure(t, r, "uid", "other", settings)
	other.Open(directory.Info{})
	other.Close(errors.New("down"))
	g.Expect(other.Settling()).To(BeFalse(), "the gate is closed anyway")
}

func TestConnectionIsTheDirectory(t *testing.T) {
	r, _ := registry(t)
	connection := ensure(t, r, "uid", "jira", settings)
	var d directory.Directory = connection
	_, err := d.CreateGroup(t.Context(), "engineers")
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
}
