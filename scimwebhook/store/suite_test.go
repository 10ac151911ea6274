package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/apitest"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

func TestStore(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(20 * time.Second) // a busy machine is no failure
	suiteConfig, reporterConfig := GinkgoConfiguration()
	suiteConfig.RandomizeAllSpecs = true
	RunSpecs(t, "Store", suiteConfig, reporterConfig)
}

var (
	env *apitest.Env
	// a and b are two replicas, each with its own cache.
	a, b *storetest.Replica
)

var _ = BeforeSuite(func() {
	var err error
	env, err = apitest.Start(filepath.Join("..", "..", "config", "crd", "bases"))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error { return env.Stop() })

	ctx, stop := context.WithCancel(context.Background())
	DeferCleanup(stop)
	a, err = storetest.NewReplica(ctx, env)
	Expect(err).NotTo(HaveOccurred())
	b, err = storetest.NewReplica(ctx, env)
	Expect(err).NotTo(HaveOccurred())
})

// newScope is a SyncConfig in a namespace of its own.
func newScope(ctx context.Context) store.Scope {
	namespace, err := env.Namespace(ctx)
	Expect(err).NotTo(HaveOccurred())
	return store.Scope{Namespace: namespace, SyncConfig: "okta"}
}
