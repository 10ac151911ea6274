package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

const (
	// connections is how many requests a row that measures rates has under way.
	connections = 32

	syncConfigName = "okta"
	token          = "a-token-of-the-benchmarks"
)

// tenant is a namespace with a SyncConfig, and a replica of the manager that
// knows this namespace only.
type tenant struct {
	namespace string
	url       string
	replica   *localenv.Manager
	// pprof is where the replica serves its profiles.
	pprof string
	http  *http.Client
}

// replicaFlags let a replica answer as fast as it can.
var replicaFlags = []string{"--scim-token-rate=1000000", "--scim-token-burst=1000000", "--scim-max-operations=10000"}

// tenant makes a namespace and starts its replica. It only answers, unless
// flags say otherwise.
func (w *world) tenant(ctx context.Context, namespace string, flags ...string) (*tenant, error) {
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	if err := w.prepare(ctx, namespace); err != nil {
		return nil, fmt.Errorf("prepare namespace %s: %w", namespace, err)
	}
	pprof, err := localenv.FreeAddress()
	if err != nil {
		return nil, err
	}
	flags = append(flags, "--pprof="+pprof)
	flags = append(flags, replicaFlags...)
	replica, err := w.env.StartManager(ctx, namespace, append(flags, "--watch-namespace="+namespace)...)
	if err != nil {
		return nil, err
	}
	return &tenant{
		namespace: namespace,
		url:       replica.SCIMURL + "/scim/v2/" + namespace + "/" + syncConfigName,
		replica:   replica,
		pprof:     "http://" + pprof,
		http:      &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}, Timeout: time.Minute},
	}, nil
}

// prepare makes a namespace with a paused SyncConfig and its Secrets.
func (w *world) prepare(ctx context.Context, namespace string) error {
	admin := w.env.ControlPlane.Client
	if err := admin.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}); err != nil {
		return err
	}
	config := storetest.SyncConfig(store.Scope{Namespace: namespace, SyncConfig: syncConfigName})
	config.Spec.Mode = v1alpha1.ModePaused
	config.Spec.Directories[0].URL = w.env.Jira.URL
	config.Spec.Directories[0].AllowInsecureHTTP = true
	for name, content := range map[string]map[string]string{
		syncConfigName + "-scim-token":                   {"token": token},
		config.Spec.Directories[0].CredentialsSecretName: {"username": w.env.Jira.User, "password": w.env.Jira.Password},
	} {
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, StringData: content}
		if err := admin.Create(ctx, secret); err != nil {
			return err
		}
	}
	return admin.Create(ctx, config)
}

// send makes a request to the SCIM endpoint of the tenant and gives the whole
// answer, which must be a success.
func (t *tenant) send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, t.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/scim+json")
	response, err := t.http.Do(request)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %.200s", response.Status, answer)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return answer, nil
}

// create makes a resource and gives its id.
func (t *tenant) create(ctx context.Context, path string, resource any) (string, error) {
	body, err := json.Marshal(resource)
	if err != nil {
		return "", err
	}
	answer, err := t.send(ctx, http.MethodPost, path, body)
	if err != nil {
		return "", err
	}
	var created struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &created); err != nil {
		return "", fmt.Errorf("POST %s: read the answer: %w", path, err)
	}
	return created.ID, nil
}

// get reads a resource of the SCIM endpoint.
func (t *tenant) get(ctx context.Context, path string, resource any) error {
	answer, err := t.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, resource)
}

// process is the replica's.
func (t *tenant) process() process { return process(t.replica.PID()) }

// patience bounds a wait; what takes longest is the first sync of the largest
// tenant.
const patience = time.Hour

// await asks until it holds what was to come.
func await(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	poll := time.NewTicker(500 * time.Millisecond)
	defer poll.Stop()
	for {
		if ok, err := done(ctx); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until %s: %w", what, ctx.Err())
		case <-poll.C:
		}
	}
}

// pause lets time pass.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
