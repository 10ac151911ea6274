package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// HeldItem is one removal that is held.
type HeldItem struct {
	v1alpha1.HeldRemoval
	// Directory is the directory's name, and Object that of the user or group.
	Directory string
	Object    string
	// Label is how people know the user or group.
	Label string
}

// sampleSize is how many removals are shown by name.
const sampleSize = 10

// approvalBytes is how much of a digest an approval value shows.
const approvalBytes = 8

// SumUp is what the status shows of held removals. The approval value stands
// for exactly these: when one is added, goes or changes, it is another value,
// and it never comes back, since it stands for the times too.
func SumUp(held []HeldItem) v1alpha1.HeldRemovalsStatus {
	if len(held) == 0 {
		return v1alpha1.HeldRemovalsStatus{}
	}
	held = slices.Clone(held)
	slices.SortFunc(held, func(a, b HeldItem) int {
		return cmp.Or(a.Since.Compare(b.Since.Time), cmp.Compare(a.Directory, b.Directory),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object))
	})
	digest := sha256.New()
	status := v1alpha1.HeldRemovalsStatus{Count: int32(len(held))}
	for i, item := range held {
		// Hashing does not fail.
		_, _ = fmt.Fprintf(digest, "%q %q %q %q %d\n", item.Directory, item.Kind, item.Object, item.Action, item.Since.Unix())
		if i < sampleSize {
			status.Sample = append(status.Sample, item.String())
		}
	}
	status.Approval = hex.EncodeToString(digest.Sum(nil)[:approvalBytes])
	return status
}

// String tells a held removal to people.
func (h HeldItem) String() string {
	switch h.Kind {
	case v1alpha1.RemovalOfGroup:
		return fmt.Sprintf("%s: group %s (%s)", h.Directory, h.Label, h.Action)
	case v1alpha1.RemovalOfMembers:
		return fmt.Sprintf("%s: members of group %s", h.Directory, h.Label)
	case v1alpha1.RemovalOfAdopted:
		return fmt.Sprintf("%s: members of group %s from before it was taken over", h.Directory, h.Label)
	default:
		return fmt.Sprintf("%s: %s (%s)", h.Directory, h.Label, h.Action)
	}
}
