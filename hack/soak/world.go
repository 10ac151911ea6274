package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// world is the manager with what it works between.
type world struct {
	env     *localenv.Environment
	manager *localenv.Manager
	okta    *okta.Client
	// pprof is where the manager serves its profiles.
	pprof string
	// scim and token are the endpoint, for what Okta does not do.
	scim, token string
	namespace   string
}

const syncConfigName = "okta"

// start runs everything; stop ends it, also after an error.
func start(ctx context.Context, dir string) (w *world, err error) {
	w = &world{namespace: "soak"}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.stop())
		}
	}()
	if w.env, err = localenv.Start(ctx, localenv.Options{Dir: dir}); err != nil {
		return w, err
	}
	if w.env.Crowd, err = localenv.StartCrowd(crowd.Options{}); err != nil {
		return w, err
	}
	if w.pprof, err = localenv.FreeAddress(); err != nil {
		return w, err
	}
	if w.manager, err = w.env.StartManager(ctx, "manager", "--pprof="+w.pprof); err != nil {
		return w, err
	}
	return w, w.connect(ctx)
}

func (w *world) stop() error {
	if w.env == nil {
		return nil
	}
	return w.env.Stop()
}

// connect makes the SyncConfig, and an Okta app with its token.
func (w *world) connect(ctx context.Context) error {
	kube := w.env.ControlPlane.Client
	config := w.syncConfig()
	if err := kube.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.namespace}}); err != nil {
		return fmt.Errorf("create the namespace: %w", err)
	}
	for _, product := range []*localenv.Product{&w.env.Jira.Product, &w.env.Crowd.Product} {
		secret := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: secretOf(product)}, StringData: product.Secret(),
		}
		if err := kube.Create(ctx, secret); err != nil {
			return fmt.Errorf("create the credentials of %s: %w", product.Name, err)
		}
		config.Spec.Directories = append(config.Spec.Directories, v1alpha1.DirectorySpec{
			Name: secretOf(product), Product: product.Name, URL: product.URL, AllowInsecureHTTP: true,
			CredentialsSecretName: secretOf(product), RequestsPerSecond: 1000,
		})
	}
	if err := kube.Create(ctx, config); err != nil {
		return fmt.Errorf("create the SyncConfig: %w", err)
	}
	ready, err := w.env.WaitForSyncConfig(ctx, client.ObjectKeyFromObject(config))
	if err != nil {
		return err
	}
	if w.token, err = w.env.SCIMToken(ctx, ready); err != nil {
		return err
	}
	w.scim = ready.Status.SCIM.BaseURL
	w.okta = okta.New(w.scim, w.token, okta.Template)
	return nil
}

// syncConfig deletes what is deleted, so that people can come anew, and has a
// removal limit that is on and never reached.
func (w *world) syncConfig() *v1alpha1.SyncConfig {
	const plenty = 1_000_000
	return &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: syncConfigName},
		Spec: v1alpha1.SyncConfigSpec{
			Provider:     v1alpha1.ProviderOkta,
			Username:     v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "$1"},
			Provisioning: v1alpha1.ProvisioningSpec{OnRemoval: v1alpha1.RemoveUserDelete},
			Groups:       v1alpha1.GroupsSpec{OnRemoval: v1alpha1.RemoveGroupDelete},
			Resync:       v1alpha1.ResyncSpec{Interval: metav1.Duration{Duration: 5 * time.Minute}},
			RemovalLimit: v1alpha1.RemovalLimitSpec{
				Window:  metav1.Duration{Duration: time.Minute},
				Users:   v1alpha1.UserRemovalLimit{MaxCount: new(int32(plenty)), MaxPercent: new(int32(100))},
				Members: v1alpha1.MemberRemovalLimit{MaxPercent: new(int32(100))},
				Groups:  v1alpha1.GroupRemovalLimit{MaxCount: new(int32(plenty))},
			},
		},
	}
}

// states is what the directories hold, by name, without the account that
// atlassync signs in with.
func (w *world) states() map[string]userbase.State {
	return map[string]userbase.State{
		"jira": without(w.env.Jira.Simulator.State(), w.env.Jira.User), "crowd": w.env.Crowd.Simulator.State(),
	}
}

// forgetRequests empties the logs of the simulators, which are in the memory of
// this process.
func (w *world) forgetRequests() {
	w.env.Jira.Simulator.ClearRequests()
	w.env.Crowd.Simulator.ClearRequests()
}

func without(state userbase.State, name string) userbase.State {
	state.Users = slices.DeleteFunc(state.Users, func(u userbase.User) bool { return u.Name == name })
	return state
}

func secretOf(product *localenv.Product) string { return strings.ToLower(string(product.Name)) }
