package controllers

import (
	"context"
	"crypto/rand"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// secretError says which Secret or key is missing. It never holds a value.
type secretError struct {
	reason string
	detail string
}

func (e *secretError) Error() string { return e.detail }

// settingsReader finds out what is needed to connect to a directory.
type settingsReader struct {
	// live reads Secrets from the API server.
	live client.Reader
	// userAgent is how directory clients introduce themselves.
	userAgent string
}

// placeOf is where an entry leads.
func placeOf(dir *v1alpha1.DirectorySpec) directory.Place {
	return directory.Place{Product: string(dir.Product), URL: dir.URL, DirectoryName: dir.DirectoryName, DirectoryID: dir.DirectoryID}
}

// settings reads what is needed to connect to a directory. A *secretError
// says what the administrator has to add.
func (r settingsReader) settings(ctx context.Context, namespace string, dir *v1alpha1.DirectorySpec) (directory.Config, error) {
	settings := directory.Config{
		Product: string(dir.Product), URL: dir.URL, AllowInsecureHTTP: dir.AllowInsecureHTTP,
		DirectoryName: dir.DirectoryName, DirectoryID: dir.DirectoryID,
		RequestsPerSecond:     int(dir.RequestsPerSecond),
		MaxConcurrentRequests: int(dir.MaxConcurrentRequests),
		RequestTimeout:        dir.RequestTimeout.Duration,
		UserAgent:             r.userAgent,
	}
	credentials, err := r.secret(ctx, namespace, dir.CredentialsSecretName, "the credentials of directory "+dir.Name)
	if err != nil {
		return settings, err
	}
	settings.Token = string(credentials.Data["token"])
	settings.Username = string(credentials.Data["username"])
	settings.Password = string(credentials.Data["password"])
	settings.AdminUsername = string(credentials.Data["adminUsername"])
	settings.AdminPassword = string(credentials.Data["adminPassword"])
	if settings.Token == "" && (settings.Username == "" || settings.Password == "") {
		return settings, &secretError{v1alpha1.ReasonSecretKeyMissing, fmt.Sprintf(
			"Secret %s has no credentials for directory %s: add the key token, or the keys username and password", credentials.Name, dir.Name)}
	}
	if dir.CABundleSecretName == "" {
		return settings, nil
	}
	bundle, err := r.secret(ctx, namespace, dir.CABundleSecretName, "the CA bundle of directory "+dir.Name)
	if err != nil {
		return settings, err
	}
	settings.CABundle = string(bundle.Data["ca.crt"])
	if settings.CABundle == "" {
		return settings, &secretError{v1alpha1.ReasonSecretKeyMissing, fmt.Sprintf(
			"Secret %s has no CA bundle for directory %s: add the key ca.crt", bundle.Name, dir.Name)}
	}
	return settings, nil
}

// secret reads one Secret by name, from the API server: Secrets are neither
// cached nor listed, so that the operator needs no right to list them.
func (r settingsReader) secret(ctx context.Context, namespace, name, purpose string) (*corev1.Secret, error) {
	secret := &corev1.Secret{}
	err := r.live.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, secret)
	if apierrors.IsNotFound(err) {
		return nil, &secretError{v1alpha1.ReasonSecretNotFound, fmt.Sprintf(
			"Secret %s, which is to hold %s, does not exist in namespace %s: create it", name, purpose, namespace)}
	}
	if err != nil {
		return nil, fmt.Errorf("read Secret %s/%s: %w", namespace, name, err)
	}
	return secret, nil
}

// ensureToken creates the Secret with a random bearer token if it is absent.
// It has no owner: a SyncConfig deleted by mistake and applied again finds
// its token, and the identity provider goes on as before.
func (r *SyncConfigReconciler) ensureToken(ctx context.Context, config *v1alpha1.SyncConfig) error {
	name := config.TokenSecretName()
	err := r.live.Get(ctx, types.NamespacedName{Namespace: config.Namespace, Name: name}, &corev1.Secret{})
	if err == nil || !apierrors.IsNotFound(err) {
		if err != nil {
			return fmt.Errorf("read token Secret %s/%s: %w", config.Namespace, name, err)
		}
		return nil
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: config.Namespace, Name: name},
		StringData: map[string]string{"token": newToken()},
	}
	// Waiting until the cache shows it would make a cache of Secrets.
	if err := r.client.Create(ctx, secret, client.DisableReadYourWritesConsistency); err != nil {
		if apierrors.IsAlreadyExists(err) {
			return nil
		}
		return fmt.Errorf("create token Secret %s/%s: %w", config.Namespace, name, err)
	}
	r.normal(config, v1alpha1.EventTokenCreated, "CreateToken", "Created Secret %s with a random SCIM token in its key token", name)
	return nil
}

// newToken makes a bearer token of 256 random bits and a little more.
func newToken() string {
	return rand.Text() + rand.Text()
}
