package localenv

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// syncConfigReadyTimeout leaves room for a leader election.
const syncConfigReadyTimeout = time.Minute

// ApplySamples applies config/samples with these changes: the URLs, the
// credentials and Cloud's directoryID are the simulators', plain HTTP is
// allowed, and directories of products that do not run are left out. It names
// the SyncConfig in it.
func (e *Environment) ApplySamples(ctx context.Context) (client.ObjectKey, error) {
	objects, err := Render(filepath.Join(e.checkout, "config", "samples"))
	if err != nil {
		return client.ObjectKey{}, err
	}
	config, err := e.pointAtSimulators(objects)
	if err != nil {
		return client.ObjectKey{}, fmt.Errorf("adapt config/samples: %w", err)
	}
	return config, e.ControlPlane.Apply(ctx, objects)
}

func (e *Environment) pointAtSimulators(objects []*unstructured.Unstructured) (client.ObjectKey, error) {
	credentials := map[client.ObjectKey]*Product{}
	var config *unstructured.Unstructured
	for _, object := range objects {
		if object.GetKind() != "SyncConfig" {
			continue
		}
		config = object
		bySecret, err := e.rewriteDirectories(object)
		if err != nil {
			return client.ObjectKey{}, err
		}
		for name, product := range bySecret {
			credentials[client.ObjectKey{Namespace: object.GetNamespace(), Name: name}] = product
		}
	}
	if config == nil {
		return client.ObjectKey{}, errors.New("it holds no SyncConfig")
	}
	for _, object := range objects {
		if product := credentials[client.ObjectKeyFromObject(object)]; product != nil && object.GetKind() == "Secret" {
			delete(object.Object, "data")
			content := map[string]any{}
			for key, value := range product.Secret() {
				content[key] = value
			}
			object.Object["stringData"] = content
		}
	}
	return client.ObjectKeyFromObject(config), nil
}

// rewriteDirectories points the directories of a SyncConfig at the simulators,
// and tells which Secret is to hold the credentials of which product.
func (e *Environment) rewriteDirectories(config *unstructured.Unstructured) (map[string]*Product, error) {
	directories, _, err := unstructured.NestedSlice(config.Object, "spec", "directories")
	if err != nil {
		return nil, err
	}
	secrets := map[string]*Product{}
	simulated := []any{}
	for _, entry := range directories {
		directory, _ := entry.(map[string]any)
		name, _ := directory["product"].(string)
		product := e.Named(v1alpha1.Product(name))
		if product == nil {
			continue
		}
		product.rewrite(directory)
		simulated = append(simulated, directory)
		if name, ok := directory["credentialsSecretName"].(string); ok {
			secrets[name] = product
		}
	}
	return secrets, unstructured.SetNestedSlice(config.Object, simulated, "spec", "directories")
}

// rewrite points a directory of a SyncConfig at the simulator.
func (p *Product) rewrite(directory map[string]any) {
	directory["url"] = p.URL
	directory["allowInsecureHTTP"] = true
	delete(directory, "caBundleSecretName")
	if p.DirectoryID != "" {
		directory["directoryID"] = p.DirectoryID
	}
}

// WaitForSyncConfig waits until a SyncConfig is ready, with its latest
// specification observed, and users are created at the usual speed.
func (e *Environment) WaitForSyncConfig(ctx context.Context, key client.ObjectKey) (*v1alpha1.SyncConfig, error) {
	ctx, cancel := context.WithTimeout(ctx, syncConfigReadyTimeout)
	defer cancel()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	config := &v1alpha1.SyncConfig{}
	for {
		err := e.ControlPlane.Client.Get(ctx, key, config)
		if err == nil && isReady(config) && time.Now().After(e.ControlPlane.slowUntil) {
			return config, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("SyncConfig %s is not ready: %s", key, readiness(config, err))
		case <-poll.C:
		}
	}
}

func isReady(config *v1alpha1.SyncConfig) bool {
	return config.Status.ObservedGeneration == config.Generation &&
		meta.IsStatusConditionTrue(config.Status.Conditions, v1alpha1.ConditionReady)
}

func readiness(config *v1alpha1.SyncConfig, err error) string {
	ready := meta.FindStatusCondition(config.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return fmt.Sprintf("it has no condition Ready yet (last read: %v)", err)
	}
	return ready.Reason + ": " + ready.Message
}

// SCIMToken is a bearer token that the SCIM endpoint of config accepts.
func (e *Environment) SCIMToken(ctx context.Context, config *v1alpha1.SyncConfig) (string, error) {
	key := client.ObjectKey{Namespace: config.Namespace, Name: config.Status.SCIM.TokenSecretName}
	secret := &corev1.Secret{}
	if err := e.ControlPlane.Client.Get(ctx, key, secret); err != nil {
		return "", fmt.Errorf("read the SCIM token: %w", err)
	}
	for name, value := range secret.Data {
		if strings.HasPrefix(name, "token") {
			return string(value), nil
		}
	}
	return "", fmt.Errorf("read the SCIM token: Secret %s has no key that starts with token", key)
}
