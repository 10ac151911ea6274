package controllers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// The kinds of what would be changed.
const (
	previewOfUser  = "user"
	previewOfGroup = "group"
)

// Planned is what a SyncConfig would make of one user or group in one directory.
type Planned struct {
	// Directory is the directory's name in the SyncConfig.
	Directory string `json:"directory"`
	// Kind is user or group.
	Kind string `json:"kind"`
	// Name is the userName or displayName at the source.
	Name string `json:"name"`
	// Action is what would be done, in the words of plannedAction; empty if
	// nothing would be, for the reason that Detail gives.
	Action string `json:"action,omitempty"`
	// Held says that the removal limit would hold something, which Action
	// leaves out.
	Held bool `json:"held,omitempty"`
	// Reason and Detail are those of the status.
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// ConfigPreview is what would become of everything if a SyncConfig was applied.
type ConfigPreview struct {
	// Namespace and Name are the SyncConfig's, Mode is its mode.
	Namespace string        `json:"namespace"`
	Name      string        `json:"name"`
	Mode      v1alpha1.Mode `json:"mode"`
	// Planned are the changes, and whatever needs somebody's attention.
	Planned []Planned `json:"planned"`
	// Counts sums up the changes.
	Counts v1alpha1.PlannedCounts `json:"counts"`
}

// Changes counts the accounts and groups that would be changed.
func (p *ConfigPreview) Changes() int {
	changes := 0
	for _, planned := range p.Planned {
		if planned.Action != "" {
			changes++
		}
	}
	return changes
}

// Preview says what would be done in each directory if config, with its
// defaults filled in, was applied: it reads every directory as a whole and
// decides as the controllers do. Kubernetes and the directories are only read.
// A directory that cannot be used is an error, next to what the others show.
func Preview(ctx context.Context, kube client.Client, connectors map[string]directory.Connector, config *v1alpha1.SyncConfig) (ConfigPreview, error) {
	result := ConfigPreview{Namespace: config.Namespace, Name: config.Name, Mode: config.Spec.Mode}
	policies, err := plan.Compile(&config.Spec)
	if err != nil {
		return result, err
	}
	if config.Spec.Mode == v1alpha1.ModePaused {
		return result, nil
	}
	dry := &syncConfig{SyncConfig: config.DeepCopy(), policies: policies}
	dry.Spec.Mode = v1alpha1.ModeDryRun
	shown, err := takeSnapshot(ctx, kube, config)
	if err != nil {
		return result, err
	}
	set := newReconcilers(base{
		reader: reader{client: shown}, live: kube, events: noEvents{}, clock: clock.RealClock{},
		metrics: NewMetrics(prometheus.NewRegistry()), news: rate.NewLimiter(0, 0),
	}, Options{Connectors: readOnlyConnectors(connectors)})
	p := &preview{reconcilers: set, config: dry, shown: shown, result: &result}
	p.failures = p.connect(ctx)
	p.settlePlaces(ctx)
	for _, user := range shown.users {
		p.user(ctx, user)
	}
	for _, group := range shown.groups {
		p.group(ctx, group)
	}
	return result, errors.Join(p.failures...)
}

// readOnlyConnectors make clients that refuse to be written to.
func readOnlyConnectors(connectors map[string]directory.Connector) map[string]directory.Connector {
	readOnly := make(map[string]directory.Connector, len(connectors))
	for product, connect := range connectors {
		readOnly[product] = func(config directory.Config) (directory.Directory, error) {
			client, err := connect(config)
			if err != nil {
				return nil, err
			}
			return directory.ReadOnly(client), nil
		}
	}
	return readOnly
}

// preview is one run of Preview.
type preview struct {
	reconcilers
	config   *syncConfig
	shown    *snapshot
	result   *ConfigPreview
	defaults createdDefaults
	failures []error
}

// connect opens and reads every directory, and says which cannot be used.
func (p *preview) connect(ctx context.Context) []error {
	var failures []error
	for i := range p.config.Spec.Directories {
		dir := &p.config.Spec.Directories[i]
		if err := p.connectTo(ctx, dir); err != nil {
			failures = append(failures, fmt.Errorf("directory %s: %w", dir.Name, err))
		}
	}
	return failures
}

func (p *preview) connectTo(ctx context.Context, dir *v1alpha1.DirectorySpec) error {
	settings, err := settingsReader{p.users.live, "atlassync"}.settings(ctx, p.config.Namespace, dir)
	if err != nil {
		return err
	}
	connection, err := p.users.directories.Ensure(string(p.config.UID), dir.Name, settings)
	if err != nil {
		return err
	}
	info, err := connection.Probe(ctx)
	if err != nil {
		return err
	}
	known := func(context.Context) ([]directory.User, error) { return p.knownAccounts(dir), nil }
	if _, err := connection.Sweep(ctx, known, acceptedListing(p.config.SyncConfig, dir.Name)); err != nil {
		return err
	}
	connection.Open(info)
	connection.Settle()
	return nil
}

// knownAccounts are the accounts that users stand behind.
func (p *preview) knownAccounts(dir *v1alpha1.DirectorySpec) []directory.User {
	var known []directory.User
	for _, user := range p.shown.users {
		if account, managed := accountOf(user, dir); managed {
			known = append(known, account)
		}
	}
	return known
}

// settlePlaces has everybody ask who may lose an account or a group, so that
// those who do not make room for those who do, as in the end they will.
func (p *preview) settlePlaces(ctx context.Context) {
	for i := range p.config.Spec.Directories {
		dir := &p.config.Spec.Directories[i]
		for _, user := range p.shown.users {
			work := newUserWork(user.DeepCopy())
			work.config = p.config
			p.users.provision(ctx, work, dir)
		}
		for _, group := range p.shown.groups {
			work := newGroupWork(group.DeepCopy(), groupPages{})
			work.config = p.config
			p.groups.provision(ctx, work, dir)
		}
	}
}

// user decides on one user. What is planned is put into the snapshot, for the
// groups that it is a member of.
func (p *preview) user(ctx context.Context, user *v1alpha1.ProvisionedUser) {
	work := newUserWork(user.DeepCopy())
	work.config = p.config
	for i := range p.config.Spec.Directories {
		work.add(p.users.provision(ctx, work, &p.config.Spec.Directories[i]))
		entry, v := work.entries[i], work.verdicts[i]
		p.add(Planned{Kind: previewOfUser, Name: user.Spec.UserName, Action: entry.PlannedAction, Held: len(entry.HeldRemovals) > 0}, v)
		tallyPlanned(&p.result.Counts.Users, entry.PlannedAction, len(entry.HeldRemovals) > 0, 1)
		p.addDefaults(entry)
	}
	user.Status.Directories = work.entries
}

// addDefaults shows the default groups that would be created for a user.
func (p *preview) addDefaults(entry v1alpha1.UserDirectoryStatus) {
	for _, name := range p.defaults.add(entry, 1) {
		p.result.Counts.Groups.Create++
		p.result.Planned = append(p.result.Planned, Planned{
			Directory: entry.Name, Kind: previewOfGroup, Name: name, Action: "create", Reason: v1alpha1.ReasonPlanned, Detail: "Default group " + name,
		})
	}
}

func (p *preview) group(ctx context.Context, group *v1alpha1.ProvisionedGroup) {
	pages, err := p.groups.pagesOf(ctx, group)
	if err != nil {
		p.failures = append(p.failures, err)
		return
	}
	work := newGroupWork(group.DeepCopy(), pages)
	work.config = p.config
	for i := range p.config.Spec.Directories {
		work.add(p.groups.provision(ctx, work, &p.config.Spec.Directories[i]))
		entry, v := work.entries[i], work.verdicts[i]
		if members := work.members[i]; members.reason == v1alpha1.ReasonRemovalHeld && entry.PlannedAction == "" {
			v.reason, v.message = members.reason, members.message
		}
		p.add(Planned{Kind: previewOfGroup, Name: group.Spec.DisplayName, Action: entry.PlannedAction, Held: len(entry.HeldRemovals) > 0}, v)
		tallyPlanned(&p.result.Counts.Groups, entry.PlannedAction, len(entry.HeldRemovals) > 0, 1)
	}
	group.Status.Directories = work.entries
}

// add shows what would be done, or what needs somebody's attention. What waits
// for a directory that cannot be used is told once, of the directory.
func (p *preview) add(planned Planned, v verdict) {
	switch {
	case v.waiting, planned.Action == "" && !planned.Held && (v.outlook == settled || v.reason == v1alpha1.ReasonPlanned):
		return
	case v.err != nil:
		p.failures = append(p.failures, fmt.Errorf("%s %s in directory %s: %w", planned.Kind, planned.Name, v.directory, v.err))
		return
	}
	planned.Directory, planned.Reason = v.directory, v.reason
	planned.Detail = strings.TrimSuffix(strings.TrimPrefix(v.message, "Dry run, would "+planned.Action+": "), waitsForEnforce)
	p.result.Planned = append(p.result.Planned, planned)
}

// noEvents takes events that nobody is to see.
type noEvents struct{}

func (noEvents) Eventf(runtime.Object, runtime.Object, string, string, string, string, ...any) {}

// Summary tells at a glance what would be done.
func (p *ConfigPreview) Summary() string {
	return plannedSummary(&p.Counts)
}
