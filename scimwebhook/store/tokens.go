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
	// tokensFor is how long a Secret that was read is good for. It bounds
	// both how soon a withdrawn token stops working and how often strangers
	// can make us ask the API server.
	tokensFor = time.Second
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
	tokens []Token
	until  time.Time
}

func newTokens(o Options) *Tokens {
	return &Tokens{client: o.Client, live: o.Live, namespace: o.Namespace, now: o.Now, sets: map[Scope]tokenSet{}}
}

// Of gives the valid tokens of a SyncConfig as they were a second ago at most.
// There are none if the SyncConfig or its Secret does not exist; that is no
// error.
func (t *Tokens) Of(ctx context.Context, s Scope) ([]Token, error) {
	if tokens, ok := t.remembered(s); ok {
		return tokens, nil
	}
	return t.Fresh(ctx, s)
}

// Fresh is like Of, and asks the API server.
func (t *Tokens) Fresh(ctx context.Context, s Scope) ([]Token, error) {
	if !t.serves(s) {
		return nil, nil
	}
	result := t.flights.DoChan(s.Namespace+"/"+s.SyncConfig, func() (any, error) {
		// Others wait for this read too: it must outlive the request that began it.
		tokens, err := t.read(context.WithoutCancel(ctx), s)
		if err == nil {
			t.remember(s, tokens)
		}
		return tokens, err
	})
	select {
	case r := <-result:
		tokens, _ := r.Val.([]Token)
		return tokens, r.Err
	case <-ctx.Done():
		return nil, fromAPI(ctx.Err())
	}
}

// serves tells names that can exist here from anything else in a URL.
func (t *Tokens) serves(s Scope) bool {
	if t.namespace != "" && s.Namespace != t.namespace {
		return false
	}
	return len(validation.IsDNS1123Label(s.Namespace)) == 0 && len(validation.IsDNS1123Subdomain(s.SyncConfig)) == 0
}

func (t *Tokens) remembered(s Scope) ([]Token, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	set, ok := t.sets[s]
	return set.tokens, ok && t.now().Before(set.until)
}

func (t *Tokens) remember(s Scope, tokens []Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.sets) >= maxTokenSets {
		clear(t.sets)
	}
	t.sets[s] = tokenSet{tokens: tokens, until: t.now().Add(tokensFor)}
}

func (t *Tokens) read(ctx context.Context, s Scope) ([]Token, error) {
	key := client.ObjectKey{Namespace: s.Namespace, Name: s.SyncConfig}
	var config v1alpha1.SyncConfig
	err := t.client.Get(ctx, key, &config)
	if apierrors.IsNotFound(err) {
		err = t.live.Get(ctx, key, &config)
	}
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	var secret corev1.Secret
	if err := t.live.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: config.TokenSecretName()}, &secret); err != nil {
		return nil, ignoreNotFound(err)
	}
	return tokensIn(secret.Data), nil
}

func ignoreNotFound(err error) error {
	if apierrors.IsNotFound(err) {
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
