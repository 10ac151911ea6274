package main

import (
	"context"
	"fmt"

	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
)

const (
	batchedMembers = 10_000
	perRequest     = 100
)

// measureBatches counts the requests that put many members into one group of
// Bitbucket, and one more member afterwards.
func measureBatches(ctx context.Context, w *world) ([]result, error) {
	product, err := localenv.StartBitbucket(bitbucket.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = product.Stop() }()
	f, err := w.follow(ctx, "batches", &product.Product, product.Simulator)
	if err != nil {
		return nil, err
	}
	if err := f.populate(ctx, batchedMembers+2); err != nil {
		return nil, err
	}
	if err := f.enforce(ctx, batchedMembers+2, 0); err != nil {
		return nil, err
	}
	f.simulator.ClearRequests()
	id, err := f.createGroup(ctx, "everybody", userIDs(batchedMembers))
	if err != nil {
		return nil, err
	}
	if err := f.inGroup(ctx, product, batchedMembers); err != nil {
		return nil, err
	}
	writes, listings, others := f.counted()
	many := amount(fmt.Sprintf("%d members into one group of Bitbucket", batchedMembers),
		fmt.Sprintf("one request for %d, the group, a look at it", perRequest),
		batchedMembers/perRequest+2, float64(writes+listings+others), 1.02)

	f.simulator.ClearRequests()
	if err := f.patchGroup(ctx, id, []operation{{"add", "members", []member{{userID(batchedMembers + 1)}}}}); err != nil {
		return nil, err
	}
	if err := f.inGroup(ctx, product, batchedMembers+1); err != nil {
		return nil, err
	}
	writes, listings, others = f.counted()
	one := amount(fmt.Sprintf("one member more into a group of %d", batchedMembers), "one request", 1, float64(writes+listings+others), 1)
	return []result{many, one}, nil
}

// inGroup waits until the group has so many members and says that it is in sync.
func (f *followed) inGroup(ctx context.Context, product *localenv.Bitbucket, members int) error {
	err := await(ctx, fmt.Sprintf("the group has %d members", members), func(context.Context) (bool, error) {
		return len(product.Simulator.MemberNames("everybody")) >= members, nil
	})
	if err != nil {
		return err
	}
	return f.inSync(ctx, batchedMembers, 1)
}
