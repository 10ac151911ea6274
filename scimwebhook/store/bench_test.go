package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/apitest"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// BenchmarkOneMember adds a member to a group and removes it again, through
// the API server. The bar: in a group of 100,000 it takes at most twice as
// long as in a group of 10.
func BenchmarkOneMember(b *testing.B) {
	environment, replica := benchReplica(b)
	for _, size := range []int{10, 100_000} {
		b.Run(fmt.Sprintf("of=%d", size), func(b *testing.B) {
			s, id := benchGroup(b, environment, replica, size)
			for n := 0; b.Loop(); n++ {
				member := []string{fmt.Sprintf("new-%d", n)}
				for _, change := range []patch.MemberChange{{Add: member}, {Remove: member}} {
					changed, err := changeMembers(b.Context(), replica, s, id, change)
					if err != nil || !changed {
						b.Fatal(changed, err)
					}
				}
			}
		})
	}
}

func benchReplica(b *testing.B) (*apitest.Env, *storetest.Replica) {
	b.Helper()
	environment, err := apitest.Start(filepath.Join("..", "..", "config", "crd", "bases"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := environment.Stop(); err != nil {
			b.Error(err)
		}
	})
	replica, err := storetest.NewReplica(b.Context(), environment)
	if err != nil {
		b.Fatal(err)
	}
	return environment, replica
}

// BenchmarkReplace makes a group of 100,000 members by one replacement, and
// empties it by another. The bar: a client that waits 30 s sees both.
func BenchmarkReplace(b *testing.B) {
	environment, replica := benchReplica(b)
	s, id := benchGroup(b, environment, replica, 0)
	for b.Loop() {
		for _, want := range [][]string{manyIDs(100_000), nil} {
			if _, err := changeMembers(b.Context(), replica, s, id, patch.MemberChange{Reset: true, Add: want}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// benchGroup makes a group of a size, its slices as the store would leave them.
func benchGroup(b *testing.B, environment *apitest.Env, replica *storetest.Replica, size int) (s store.Scope, id string) {
	b.Helper()
	namespace, err := environment.Namespace(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s = store.Scope{Namespace: namespace, SyncConfig: "okta"}
	members := manyIDs(size)
	first := members[:min(size, perPage-1)]
	created, err := replica.Store.Groups.Create(b.Context(), s, group("Everybody", first...))
	if err != nil {
		b.Fatal(err)
	}
	for turn := 1; turn*perPage < size; turn++ {
		page := members[turn*perPage:]
		if err := benchSlice(b.Context(), environment, created, turn, page[:min(len(page), perPage-1)]); err != nil {
			b.Fatal(err)
		}
		created.Spec.Pages = v1alpha1.MembershipPages{Turn: int64(turn), OpenSlice: fmt.Sprintf("page-%d", turn)}
	}
	if err := environment.Client.Update(b.Context(), created); err != nil {
		b.Fatal(err)
	}
	return s, created.SCIMID()
}

func benchSlice(ctx context.Context, environment *apitest.Env, group *v1alpha1.ProvisionedGroup, turn int, members []string) error {
	return environment.Client.Create(ctx, &v1alpha1.MembershipSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: group.Namespace, Name: fmt.Sprintf("page-%d", turn)},
		Spec:       v1alpha1.MembershipSliceSpec{GroupName: group.Name, Turn: int64(turn), Members: members},
	})
}
