package manager

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const rotateUsage = `usage: atlassync token [--rotate|--finish] NAMESPACE/SYNCCONFIG

Makes the SCIM token of a SyncConfig that has none yet, and prints it, once.
With --rotate it makes a second one beside the first and prints it: both are
taken until, with --finish, the first one is withdrawn. The token alone goes to
stdout; where to enter it, to stderr. It reads and writes the token Secret of
the SyncConfig with your kubeconfig.
`

// The keys of the token Secret. Every key that begins with "token" is valid.
const (
	tokenKey     = "token"
	nextTokenKey = "token-next"
)

// Token is the command of that name: it makes and rotates the bearer token of
// a SyncConfig's SCIM endpoint.
func Token(ctx context.Context, std Streams, connect func() (*rest.Config, error), args []string) error {
	flags := newFlags("token", std.Out, rotateUsage)
	rotate := flags.Bool("rotate", false, "")
	finish := flags.Bool("finish", false, "")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w; see atlassync token -help", err)
	}
	namespace, name, ok := strings.Cut(flags.Arg(0), "/")
	if !ok || namespace == "" || name == "" || flags.NArg() != 1 || *rotate && *finish {
		return errors.New(strings.TrimSpace(rotateUsage))
	}
	kube, err := newClient(connect)
	if err != nil {
		return err
	}
	keeper := tokenKeeper{client: kube, std: std}
	secret, err := keeper.secretOf(ctx, types.NamespacedName{Namespace: namespace, Name: name})
	switch {
	case err != nil:
		return err
	case *rotate:
		return keeper.rotate(ctx, secret)
	case *finish:
		return keeper.finish(ctx, secret)
	}
	return keeper.make(ctx, secret)
}

// newClient makes a client of the API server that the kubeconfig names.
func newClient(connect func() (*rest.Config, error)) (client.Client, error) {
	config, err := connect()
	if err != nil {
		return nil, fmt.Errorf("find the Kubernetes API server: %w", err)
	}
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	kube, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, fmt.Errorf("connect to the Kubernetes API server: %w", err)
	}
	return kube, nil
}

// tokenKeeper changes the token Secret of a SyncConfig.
type tokenKeeper struct {
	client client.Client
	std    Streams
	config v1alpha1.SyncConfig
}

// secretOf is the token Secret of a SyncConfig; one that does not exist has no
// resource version.
func (k *tokenKeeper) secretOf(ctx context.Context, key types.NamespacedName) (*corev1.Secret, error) {
	config := &k.config
	if err := k.client.Get(ctx, key, config); err != nil {
		return nil, fmt.Errorf("read SyncConfig %s: %w", key, err)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: config.Namespace, Name: config.TokenSecretName()}}
	err := k.client.Get(ctx, client.ObjectKeyFromObject(secret), secret)
	if client.IgnoreNotFound(err) != nil {
		return nil, fmt.Errorf("read token Secret %s: %w", client.ObjectKeyFromObject(secret), err)
	}
	return secret, nil
}

func (k *tokenKeeper) make(ctx context.Context, secret *corev1.Secret) error {
	if len(secret.Data[tokenKey]) > 0 {
		return fmt.Errorf("the Secret %s/%s has a token already: use --rotate for a new one", secret.Namespace, secret.Name)
	}
	return k.put(ctx, secret, tokenKey)
}

func (k *tokenKeeper) rotate(ctx context.Context, secret *corev1.Secret) error {
	switch {
	case len(secret.Data[tokenKey]) == 0:
		return fmt.Errorf("the Secret %s/%s has no key %s to rotate: make a token without --rotate", secret.Namespace, secret.Name, tokenKey)
	case len(secret.Data[nextTokenKey]) > 0:
		return fmt.Errorf("the Secret %s/%s has a second token already: give that one to the identity provider and use --finish, or delete its key %s", secret.Namespace, secret.Name, nextTokenKey)
	}
	return k.put(ctx, secret, nextTokenKey)
}

// finish withdraws the first token: the second one takes its place.
func (k *tokenKeeper) finish(ctx context.Context, secret *corev1.Secret) error {
	next := secret.Data[nextTokenKey]
	if len(next) == 0 {
		return fmt.Errorf("the Secret %s/%s has no second token: begin with --rotate", secret.Namespace, secret.Name)
	}
	secret.Data[tokenKey] = next
	delete(secret.Data, nextTokenKey)
	if err := k.write(ctx, secret); err != nil {
		return err
	}
	_, err := fmt.Fprintf(k.std.Out, "The earlier token in Secret %s/%s is not taken any more.\n", secret.Namespace, secret.Name)
	return err
}

// put writes a new token under a key and, once it is written, prints it.
func (k *tokenKeeper) put(ctx context.Context, secret *corev1.Secret, key string) error {
	token := rand.Text() + rand.Text()
	if secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	secret.Data[key] = []byte(token)
	if err := k.write(ctx, secret); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(k.std.Out, token); err != nil {
		return fmt.Errorf("print the token, which is in Secret %s/%s, key %s: %w", secret.Namespace, secret.Name, key, err)
	}
	return k.explain(key)
}

// explain tells what to do with the token that was printed.
func (k *tokenKeeper) explain(key string) error {
	baseURL := k.config.Status.SCIM.BaseURL
	if baseURL == "" {
		baseURL = "in status.scim.baseURL of the SyncConfig, as soon as a manager has looked at it"
	}
	name := client.ObjectKeyFromObject(&k.config)
	_, err := fmt.Fprintf(k.std.Err, `
The line above is the SCIM token of SyncConfig %s. It is not shown again.
Enter at the identity provider:
  base URL       %s
  authentication the header "Authorization: Bearer TOKEN"; most ask for the token alone
`, name, baseURL)
	if err == nil && key == nextTokenKey {
		_, err = fmt.Fprintf(k.std.Err, "The earlier token is taken too, until: atlassync token --finish %s\n", name)
	}
	return err
}

// write creates the Secret, or updates it unless somebody else has meanwhile.
func (k *tokenKeeper) write(ctx context.Context, secret *corev1.Secret) error {
	var err error
	if secret.ResourceVersion == "" {
		err = k.client.Create(ctx, secret)
	} else {
		err = k.client.Update(ctx, secret)
	}
	if apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("somebody else has changed Secret %s/%s meanwhile: try again", secret.Namespace, secret.Name)
	}
	if err != nil {
		return fmt.Errorf("write token Secret %s/%s: %w", secret.Namespace, secret.Name, err)
	}
	return nil
}
