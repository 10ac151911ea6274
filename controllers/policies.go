package controllers

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// specVersion tells the specs of SyncConfigs apart.
type specVersion struct {
	uid        types.UID
	generation int64
}

func versionOf(config *v1alpha1.SyncConfig) specVersion {
	return specVersion{config.UID, config.Generation}
}

// compiled keeps the policies of SyncConfigs, so that they are compiled once
// for each version of a spec, and not for each user.
type compiled struct {
	mu    sync.Mutex
	specs map[types.NamespacedName]compiledSpec
}

type compiledSpec struct {
	version  specVersion
	policies plan.Policies
	err      error
}

func newCompiled() *compiled {
	return &compiled{specs: map[types.NamespacedName]compiledSpec{}}
}

// policies are those of a SyncConfig; the error is that of plan.Compile.
func (c *compiled) policies(config *v1alpha1.SyncConfig) (plan.Policies, error) {
	key, version := client.ObjectKeyFromObject(config), versionOf(config)
	c.mu.Lock()
	defer c.mu.Unlock()
	spec := c.specs[key]
	if spec.version != version {
		spec = compiledSpec{version: version}
		spec.policies, spec.err = plan.Compile(&config.Spec)
		c.specs[key] = spec
	}
	return spec.policies, spec.err
}

// forget drops what is kept of a SyncConfig that is gone.
func (c *compiled) forget(config types.NamespacedName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.specs, config)
}
