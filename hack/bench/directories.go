package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// inFlight is how many requests a directory takes at once, unless a scenario
// says otherwise.
const inFlight = 8

// simulator is what the rows need of a simulated product.
type simulator interface {
	Requests() []rig.Request
	ClearRequests()
	SetFaults(faults rig.Faults) error
}

// followed is a tenant whose replica also follows: it writes to a product that
// is its own.
type followed struct {
	*tenant

	world     *world
	simulator simulator
}

// follow makes a tenant for a product. Its SyncConfig is paused.
func (w *world) follow(ctx context.Context, namespace string, product *localenv.Product, s simulator) (*followed, error) {
	t, err := w.tenant(ctx, namespace, "--leader-elect=false")
	if err != nil {
		return nil, err
	}
	f := &followed{tenant: t, world: w, simulator: s}
	secret := &corev1.Secret{}
	secret.Namespace, secret.Name, secret.StringData = namespace, "bench-credentials", product.Secret()
	if err := w.env.ControlPlane.Client.Create(ctx, secret); err != nil {
		return nil, err
	}
	return f, f.configure(ctx, func(spec *v1alpha1.SyncConfigSpec) {
		spec.Directories = []v1alpha1.DirectorySpec{{
			Name: "bench", Product: product.Name, URL: product.URL, AllowInsecureHTTP: true, CredentialsSecretName: secret.Name,
			RequestsPerSecond: 10_000, MaxConcurrentRequests: inFlight,
		}}
	})
}

// configure changes the spec of the SyncConfig.
func (f *followed) configure(ctx context.Context, change func(*v1alpha1.SyncConfigSpec)) error {
	admin := f.world.env.ControlPlane.Client
	config, err := f.config(ctx)
	if err != nil {
		return err
	}
	before := config.DeepCopy()
	change(&config.Spec)
	return admin.Patch(ctx, config, client.MergeFrom(before))
}

func (f *followed) config(ctx context.Context) (*v1alpha1.SyncConfig, error) {
	config := &v1alpha1.SyncConfig{}
	key := client.ObjectKey{Namespace: f.namespace, Name: syncConfigName}
	return config, f.world.env.ControlPlane.Client.Get(ctx, key, config)
}

// enforce ends the pause and waits until so many users, and groups, are in
// sync.
func (f *followed) enforce(ctx context.Context, users, groups int) error {
	if err := f.configure(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce }); err != nil {
		return err
	}
	return f.inSync(ctx, users, groups)
}

// inSync waits until the SyncConfig says that so many are in sync.
func (f *followed) inSync(ctx context.Context, users, groups int) error {
	what := fmt.Sprintf("%d users and %d groups are in sync", users, groups)
	told := startProgress("in sync", users+groups)
	defer told.end()
	return await(ctx, what, func(ctx context.Context) (bool, error) {
		config, err := f.config(ctx)
		if err != nil {
			return false, err
		}
		status := config.Status
		told.done.Store(int64(status.Users.Ready + status.Groups.Ready))
		return int(status.Users.Ready) >= users && int(status.Groups.Ready) >= groups &&
			meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady), nil
	})
}

// populate writes users without SCIM, all but the first, which SCIM makes.
func (f *followed) populate(ctx context.Context, users int) error {
	stored, err := f.world.storedUser(ctx, f.tenant)
	if err != nil {
		return err
	}
	return f.world.write(ctx, stored, f.namespace, 1, users-1)
}

// counted are the requests since they were last cleared, probes left out.
func (f *followed) counted() (writes, listings, others int) {
	for _, r := range f.simulator.Requests() {
		switch {
		case probeRoutes[r.Route]:
		case r.Method != http.MethodGet:
			writes++
		case listingRoutes[r.Route]:
			listings++
		default:
			others++
		}
	}
	return writes, listings, others
}

// probeRoutes are what a probe, made once a minute, asks for; listingRoutes are
// the pages of listings.
var (
	probeRoutes = map[string]bool{
		"serverInfo": true, "myself": true, "applicationrole": true, "user/duplicated/count": true,
		"application-properties": true, "admin/user-directories": true, "admin/license": true,
	}
	listingRoutes = map[string]bool{"user/list": true, "group/member": true, "admin/users": true, "admin/groups/more-members": true}
)

// swept waits until the directory has been read as a whole after a time.
func (f *followed) swept(ctx context.Context, after time.Time) error {
	return await(ctx, "the directory has been read as a whole", func(ctx context.Context) (bool, error) {
		config, err := f.config(ctx)
		if err != nil || len(config.Status.Directories) == 0 {
			return false, err
		}
		last := config.Status.Directories[0].LastSweep
		return last != nil && last.Time.After(after), nil
	})
}

// amount is the line of a count that has to stay within so many times the
// reference.
func amount(what, against string, reference, ours, most float64) result {
	return result{
		what: what, against: against,
		reference: single(unitRequests, reference), ours: single(unitRequests, ours),
		ratio: ours / reference, bar: bar{limit: most},
	}
}
