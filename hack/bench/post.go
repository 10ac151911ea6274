package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	postRounds = 5
	postUsers  = 1000 // of a round
	// besidePOST is where the reference writes. No replica looks there.
	besidePOST = "reference"
)

// measurePost compares creating users by SCIM with creating the same objects
// by client-go in this process, which watches them too. One line is for a
// replica as shipped, whose controllers look at each user as well; the other
// for a replica that does not hold the lease.
func measurePost(ctx context.Context, w *world) ([]result, error) {
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	if err := w.prepare(ctx, besidePOST); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := w.watchUsers(ctx, besidePOST); err != nil {
		return nil, err
	}
	var lines []result
	for i, replica := range []struct {
		name, what string
		flags      []string
	}{
		{"posts", "POST /Users, one replica that does all", []string{"--leader-elect=false"}},
		{"posts-only", "POST /Users, a replica without the lease", nil},
	} {
		t, err := w.tenant(ctx, replica.name, replica.flags...)
		if err != nil {
			return nil, err
		}
		taken, err := w.comparePosts(ctx, t, 1+i*(postRounds+1)*postUsers)
		if err != nil {
			return nil, err
		}
		lines = append(lines, rates(replica.what, postUsers, taken))
	}
	return lines, nil
}

// comparePosts creates users from the first-th on, on both sides.
func (w *world) comparePosts(ctx context.Context, t *tenant, first int) (times, error) {
	stored, err := w.storedUser(ctx, t)
	if err != nil {
		return times{}, err
	}
	c := contest{
		warmUps: 1, rounds: postRounds,
		reference: func(ctx context.Context, round int) error {
			return w.write(ctx, stored, besidePOST, first+round*postUsers, postUsers)
		},
		ours: func(ctx context.Context, round int) error {
			return parallel(ctx, postUsers, func(ctx context.Context, n int) error {
				body, err := json.Marshal(profile(first + round*postUsers + n))
				if err != nil {
					return err
				}
				_, err = t.send(ctx, http.MethodPost, "/Users", body)
				return err
			})
		},
	}
	return c.run(ctx)
}

// rates is the line of two times to create the users of a round.
func rates(what string, users int, t times) result {
	rate := func(s series) series {
		rates := series{unit: unitRate}
		for _, nanoseconds := range s.values {
			rates.values = append(rates.values, float64(users)*float64(time.Second)/nanoseconds)
		}
		return rates
	}
	r := result{
		what: what, against: "client-go creates, with a watch",
		reference: rate(t.reference), ours: rate(t.ours), bar: bar{atLeast: true, limit: 0.75},
	}
	r.ratio = r.ours.median() / r.reference.median()
	return r
}

// watchUsers keeps the users of a namespace in memory until ctx ends.
func (w *world) watchUsers(ctx context.Context, namespace string) error {
	watched, err := cache.New(w.config, cache.Options{
		Scheme: w.client.Scheme(), DefaultNamespaces: map[string]cache.Config{namespace: {}},
	})
	if err != nil {
		return err
	}
	if _, err := watched.GetInformer(ctx, &v1alpha1.ProvisionedUser{}); err != nil {
		return err
	}
	go func() { _ = watched.Start(ctx) }() // ends with ctx
	if !watched.WaitForCacheSync(ctx) {
		return fmt.Errorf("watch the users of namespace %s: %w", namespace, ctx.Err())
	}
	return nil
}
