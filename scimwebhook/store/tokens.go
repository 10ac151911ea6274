package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	// minTokenLength is the fewest characters of a token that counts.
	minTokenLength = 16
	// tokensFor is how long a Secret that was read is good for, so that a
	// withdrawn token stops working within a second. It also bounds how often
	// clients make us ask the API server.
	tokensFor = 750 * time.Millisecond
	// maxTokenSets bounds the memory that made-up SyncConfig names can take.
	maxTokenSets = 1024
)

// Token is one valid bearer token of a SyncConfig.
type Token struct {
	// Key is the key of the Secret that holds it.
	Key string
	// Digest is the SHA-256 of the token.
	Digest [sha256.Size]byte
}

// Access is who may talk to a SyncConfig, and how.
type Access struct {
	Tokens []Token
	// Strict refuses what the RFCs do not allow.
	Strict bool
}

// Tokens reads the bearer tokens of SyncConfigs from their Secrets.
type Tokens struct {
	client    client.Client
	live      client.Reader
	namespace string
	now       func() time.Time

	flights singleflight.Group
	mu      sync.Mutex
	sets    map[Scope]tokenSet
}

type tokenSet struct {
	access Access
	until  time.Time
}

func newTokens(o Options) *Tokens {
	return &Tokens{client: o.Client, live: o.Live, namespace: o.Namespace, now: o.Now, sets: map[Scope]tokenSet{}}
}

// Of gives the access to a SyncConfig as it was a second ago at most. There
// are no tokens if the SyncConfig or its Secret does not exist; that is no
// error.
func (t *Tokens) Of(ctx context.Context, s Scope) (Access, error) {
	if access, ok := t.remembered(s); ok {
		return access, nil
	}
	return t.Fresh(ctx, s)
}

// Fresh is like Of, and asks the API server.
func (t *Tokens) Fresh(ctx context.Context, s Scope) (Access, error) {
	if !t.serves(s) {
		return Access{}, nil
	}
	result := t.flights.DoChan(s.Namespace+"/"+s.SyncConfig, func() (any, error) {
		// Others wait for this read too: it must outlive the request that began it.
		until := t.now().Add(tokensFor)
		access, err := t.read(context.WithoutCancel(ctx), s)
		if err == nil {
			t.remember(s, tokenSet{access, until})
		}
		return access, err
	})
	select {
	case r := <-result:
		access, _ := r.Val.(Access)
		return access, r.Err
	case <-ctx.Done():
		return Access{}, fromAPI(ctx.Err())
	}
}

// serves tells names that can exist here from anything else in a URL.
func (t *Tokens) serves(s Scope) bool {
	if t.namespace != "" && s.Namespace != t.namespace {
		return false
	}
	return len(validation.IsDNS1123Label(s.Namespace)) == 0 && len(validation.IsDNS1123Subdomain(s.SyncConfig)) == 0
}

func (t *Tokens) remembered(s Scope) (Access, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	set, ok := t.sets[s]
	return set.access, ok && t.now().Before(set.until)
}

func (t *Tokens) remember(s Scope, set tokenSet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.sets) >= maxTokenSets {
		clear(t.sets)
	}
	t.sets[s] = set
}

func (t *Tokens) read(ctx context.Context, s Scope) (Access, error) {
	key := client.ObjectKey{Namespace: s.Namespace, Name: s.SyncConfig}
	var config v1alpha1.SyncConfig
	err := t.client.Get(ctx, key, &config)
	if apierrors.IsNotFound(err) {
		err = t.live.Get(ctx, key, &config)
	}
	if err != nil {
		return Access{}, ignoreNotFound(err)
	}
	var secret corev1.Secret
	if err := t.live.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: config.TokenSecretName()}, &secret); err != nil {
		return Access{}, ignoreNotFound(err)
	}
	return Access{Tokens: tokensIn(secret.Data), Strict: config.Spec.SCIM.Strict}, nil
}

func ignoreNotFound(err error) error {
	if err == nil || apierrors.IsNotFound(err) {
		return nil
	}
	return fromAPI(err)
}

// tokensIn reads the tokens out of a Secret: a key that starts with "token"
// holds one, a key that starts with "sha256" holds the hex SHA-256 of one.
// What is too short to be a secret is none. A line feed at the end, which
// editors and shells like to add, does not belong to the value.
func tokensIn(data map[string][]byte) []Token {
	var tokens []Token
	for key, raw := range data {
		value := strings.TrimSpace(string(raw))
		switch {
		case strings.HasPrefix(key, "token") && len(value) >= minTokenLength:
			tokens = append(tokens, Token{Key: key, Digest: sha256.Sum256([]byte(value))})
		case strings.HasPrefix(key, "sha256"):
			if sum, err := hex.DecodeString(value); err == nil && len(sum) == sha256.Size {
				tokens = append(tokens, Token{Key: key, Digest: [sha256.Size]byte(sum)})
			}
		}
	}
	return tokens
}
