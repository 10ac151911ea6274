package manager

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers"
	"github.com/atlassync/atlassync/controllers/compact"
)

// Run serves SCIM and reconciles until ctx ends, and then waits for what is
// under way. The error says what could not be started or stopped.
func Run(ctx context.Context, config *rest.Config, options Options) error {
	if err := options.validate(); err != nil {
		return err
	}
	objects := &compact.Cache{}
	mgr, err := newManager(config, options, objects)
	if err != nil {
		return err
	}
	if err := addIndexes(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	shard, err := options.shard()
	if err != nil {
		return err
	}
	userAgent := "atlassync/" + options.Version
	err = controllers.Setup(mgr, controllers.Options{
		BaseURL: options.SCIMBaseURL, Connectors: Connectors(), UserAgent: userAgent, Objects: objects,
		Workers: options.Workers, Shard: shard, Metrics: controllers.NewMetrics(metrics.Registry),
	})
	if err != nil {
		return err
	}
	if err := addSCIM(ctx, mgr, options); err != nil {
		return err
	}
	if err := addThrift(mgr); err != nil {
		return fmt.Errorf("watch the memory: %w", err)
	}
	metrics.Registry.MustRegister(BuildInfo(options.Version))
	mgr.GetLogger().Info("Starting", "version", options.Version, "scim", options.SCIMBindAddress, "selector", options.Selector, "lease", shard.Lease.String())
	return mgr.Start(ctx)
}

// newScheme knows the built-in kinds and ours.
func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("register the built-in kinds: %w", err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("register the kinds of atlassync.dev: %w", err)
	}
	return scheme, nil
}

func newManager(config *rest.Config, options Options, objects *compact.Cache) (ctrl.Manager, error) {
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.UserAgent = "atlassync/" + options.Version
	// The API server's own fairness limits us; a client-side limit on top
	// would only slow down a mass import.
	config.QPS = -1
	// Since Kubernetes 1.37 the API server compresses every event of a watch by
	// itself if it may. In a cluster that costs both sides more than it saves.
	config.DisableCompression = true
	// The lease has a client of its own, so that no limit on other work can
	// keep it from being renewed.
	lease := rest.CopyConfig(config)
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		MapperProvider:                newMapper,
		Cache:                         cacheOptions(options.WatchNamespace, objects),
		Client:                        client.Options{Cache: clientCacheOptions()},
		Metrics:                       metricsserver.Options{BindAddress: options.MetricsBindAddress},
		HealthProbeBindAddress:        options.HealthProbeBindAddress,
		PprofBindAddress:              options.PprofBindAddress,
		LeaderElection:                options.LeaderElect,
		LeaderElectionID:              options.leaseName(),
		LeaderElectionNamespace:       options.LeaderElectionNamespace,
		LeaderElectionConfig:          lease,
		LeaderElectionReleaseOnCancel: true,
		GracefulShutdownTimeout:       &options.GracefulShutdownTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("create the manager: %w", err)
	}
	return mgr, nil
}

// clientCacheOptions make reads wait for our own earlier writes: a reconciler
// that does not see its last status would take what it made for somebody
// else's. Secrets and namespaces are read by name and never cached.
func clientCacheOptions() *client.CacheOptions {
	return &client.CacheOptions{
		DisableFor:                      []client.Object{&corev1.Secret{}, &corev1.Namespace{}},
		EnableReadYourWritesConsistency: new(true),
	}
}

func cacheOptions(namespace string, objects *compact.Cache) cache.Options {
	options := cache.Options{NewInformer: objects.NewInformer}
	if namespace != "" {
		options.DefaultNamespaces = map[string]cache.Config{namespace: {}}
	}
	return options
}

// addIndexes registers the indexes that the SCIM server and the controllers
// share; it must come before the cache starts.
func addIndexes(ctx context.Context, indexer client.FieldIndexer) error {
	for _, index := range v1alpha1.Indexes() {
		err := indexer.IndexField(ctx, index.Kind, index.Name, func(o client.Object) []string { return index.Keys(o) })
		if err != nil {
			return fmt.Errorf("index %T by %s: %w", index.Kind, index.Name, err)
		}
	}
	return nil
}

// BuildInfo tells the version to whoever looks at the metrics.
func BuildInfo(version string) prometheus.Collector {
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "atlassync_build_info",
		Help: "Always 1; the label says which version runs.",
	}, []string{"version"})
	info.WithLabelValues(version).Set(1)
	return info
}
