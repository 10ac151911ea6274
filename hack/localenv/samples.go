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

// ApplySamples applies config/samples with three changes: the URL and the
// credentials of Jira are the simulator's, and plain HTTP is allowed. It names
// the SyncConfig in it.
func (e *Environment) ApplySamples(ctx context.Context) (client.ObjectKey, error) {
	objects, err := Render(filepath.Join(e.checkout, "config", "samples"))
	if err != nil {
		return client.ObjectKey{}, err
	}
	config, err := e.pointAtSimulator(objects)
	if err != nil {
		return client.ObjectKey{}, fmt.Errorf("adapt config/samples: %w", err)
	}
	return config, e.ControlPlane.Apply(ctx, objects)
}

func (e *Environment) pointAtSimulator(objects []*unstructured.Unstructured) (client.ObjectKey, error) {
	secrets := map[client.ObjectKey]bool{}
	var config *unstructured.Unstructured
	for _, object := range objects {
		if object.GetKind() != "SyncConfig" {
			continue
		}
		config = object
		names, err := e.rewriteDirectories(object)
		if err != nil {
			return client.ObjectKey{}, err
		}
		for _, name := range names {
			secrets[client.ObjectKey{Namespace: object.GetNamespace(), Name: name}] = true
		}
	}
	if config == nil {
		return client.ObjectKey{}, errors.New("it holds no SyncConfig")
	}
	for _, object := range objects {
		if object.GetKind() == "Secret" && secrets[client.ObjectKeyFromObject(object)] {
			delete(object.Object, "data")
			object.Object["stringData"] = map[string]any{"username": e.Jira.User, "password": e.Jira.Password}
		}
	}
	return client.ObjectKeyFromObject(config), nil
}

// rewriteDirectories points every Jira of a SyncConfig at the simulator and
// names the Secrets with the credentials.
func (e *Environment) rewriteDirectories(config *unstructured.Unstructured) ([]string, error) {
	directories, _, err := unstructured.NestedSlice(config.Object, "spec", "directories")
	if err != nil {
		return nil, err
	}
	var secrets []string
	for _, entry := range directories {
		directory, ok := entry.(map[string]any)
		if !ok || directory["product"] != string(v1alpha1.ProductJira) {
			continue
		}
		directory["url"] = e.Jira.URL
		directory["allowInsecureHTTP"] = true
		delete(directory, "caBundleSecretName")
		if name, ok := directory["credentialsSecretName"].(string); ok {
			secrets = append(secrets, name)
		}
	}
	return secrets, unstructured.SetNestedSlice(config.Object, directories, "spec", "directories")
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
