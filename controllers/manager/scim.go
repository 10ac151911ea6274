package manager

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// addSCIM adds the SCIM server, which serves on every replica, and what says
// whether this one is ready to.
func addSCIM(ctx context.Context, mgr ctrl.Manager, options Options) error {
	// An identity provider that has just been answered reads back what it
	// wrote. The client is its own, so that nobody waits for what the
	// controllers write.
	consistent, err := client.New(mgr.GetConfig(), client.Options{
		Scheme: mgr.GetScheme(), Mapper: mgr.GetRESTMapper(), HTTPClient: mgr.GetHTTPClient(),
		Cache: &client.CacheOptions{Reader: mgr.GetCache(), EnableReadYourWritesConsistency: new(true)},
	})
	if err != nil {
		return fmt.Errorf("create the client of the SCIM store: %w", err)
	}
	resources := store.New(store.Options{
		Client: consistent, Live: mgr.GetAPIReader(), Namespace: options.WatchNamespace,
		NewID: uuid.NewString, Now: time.Now,
	})
	if err := resources.Watch(ctx, mgr.GetCache()); err != nil {
		return err
	}
	server, err := scimwebhook.New(scimwebhook.Options{
		BindAddress: options.SCIMBindAddress, TLSCertDir: options.SCIMTLSCertDir, BaseURL: options.SCIMBaseURL,
		Limits: options.SCIMLimits, TrustedProxies: options.SCIMTrustedProxies, ShutdownTimeout: options.GracefulShutdownTimeout,
		Store: resources, Log: mgr.GetLogger().WithName("scim"),
	})
	if err != nil {
		return err
	}
	metrics.Registry.MustRegister(server.Collectors()...)
	if err := mgr.Add(server); err != nil {
		return fmt.Errorf("add the SCIM server: %w", err)
	}
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return fmt.Errorf("add the health check: %w", err)
	}
	// The server listens only once the caches are complete.
	if err := mgr.AddReadyzCheck("scim", server.Ready); err != nil {
		return fmt.Errorf("add the readiness check: %w", err)
	}
	return nil
}
