package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
)

// settings is what other tools need to know about a running environment. Its
// fields are the variables of .run/env, which are a contract.
type settings struct {
	kubeconfig  string // KUBECONFIG: a cluster administrator's
	scimBaseURL string // SCIM_BASE_URL
	scimToken   string // SCIM_TOKEN
	metricsURL  string // METRICS_URL
	// products are the simulated ones: SIM_<PRODUCT>_URL, and what of _USER,
	// _PASSWORD, _TOKEN and _DIRECTORY_ID they have.
	products []*localenv.Product
}

// variable is a name in .run/env and what it is kept in.
type variable struct {
	name  string
	value *string
}

func (s *settings) variables() []variable {
	all := []variable{
		{"KUBECONFIG", &s.kubeconfig},
		{"SCIM_BASE_URL", &s.scimBaseURL},
		{"SCIM_TOKEN", &s.scimToken},
		{"METRICS_URL", &s.metricsURL},
	}
	for _, product := range s.products {
		prefix := "SIM_" + strings.ToUpper(string(product.Name))
		all = append(all,
			variable{prefix + "_URL", &product.URL},
			variable{prefix + "_USER", &product.User},
			variable{prefix + "_PASSWORD", &product.Password},
			variable{prefix + "_TOKEN", &product.Token},
			variable{prefix + "_DIRECTORY_ID", &product.DirectoryID},
		)
	}
	return all
}

// write makes the file, complete from the first moment that it is there.
func (s *settings) write(path string) error {
	var lines strings.Builder
	for _, v := range s.variables() {
		if *v.value == "" {
			continue
		}
		fmt.Fprintf(&lines, "export %s='%s'\n", v.name, strings.ReplaceAll(*v.value, "'", `'\''`))
	}
	if err := os.WriteFile(path+".new", []byte(lines.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// productNames are the products in the order in which they are told of.
var productNames = []v1alpha1.Product{
	v1alpha1.ProductJira, v1alpha1.ProductConfluence, v1alpha1.ProductBitbucket, v1alpha1.ProductCrowd, v1alpha1.ProductCloud,
}

// readSettings reads what write made.
func readSettings(path string) (*settings, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(string(content)) {
		name, quoted, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		value := strings.TrimSuffix(strings.TrimPrefix(quoted, "'"), "'")
		values[name] = strings.ReplaceAll(value, `'\''`, "'")
	}
	s := &settings{}
	for _, name := range productNames {
		s.products = append(s.products, &localenv.Product{Name: name})
	}
	for _, v := range s.variables() {
		*v.value = values[v.name]
	}
	return s, nil
}

// bringUp starts everything in dir and waits until the SyncConfig of
// config/samples is ready. When it fails half-way, the environment is what the
// caller has to stop; it is nil when nothing was started.
func bringUp(ctx context.Context, dir string) (*localenv.Environment, *localenv.Manager, *settings, error) {
	env, err := localenv.Start(ctx, localenv.Options{Dir: dir, AllProducts: true})
	if err != nil {
		return nil, nil, nil, err
	}
	manager, err := env.StartManager(ctx, "manager")
	if err != nil {
		return env, nil, nil, err
	}
	known, err := configure(ctx, env, manager)
	if err != nil {
		return env, manager, nil, withLog(err, manager.Log)
	}
	return env, manager, known, nil
}

// withLog adds the end of a log, where the cause usually is.
func withLog(err error, log string) error {
	return fmt.Errorf("%w\nThe end of %s:\n%s", err, filepath.Base(log), localenv.Tail(log, 12))
}

// configure applies the samples and collects the settings.
func configure(ctx context.Context, env *localenv.Environment, manager *localenv.Manager) (*settings, error) {
	key, err := env.ApplySamples(ctx)
	if err != nil {
		return nil, err
	}
	config, err := env.WaitForSyncConfig(ctx, key)
	if err != nil {
		return nil, err
	}
	token, err := env.SCIMToken(ctx, config)
	if err != nil {
		return nil, err
	}
	return &settings{
		kubeconfig:  env.AdminKubeconfig,
		scimBaseURL: config.Status.SCIM.BaseURL,
		scimToken:   token,
		metricsURL:  manager.MetricsURL,
		products:    env.All(),
	}, nil
}
