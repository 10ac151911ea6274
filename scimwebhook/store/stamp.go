package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// annotationPages stands, on a group in memory only, for the versions of its
// slices.
const annotationPages = "atlassync.dev/pages-version"

// withPages gives a copy of a group that tells the version and the latest change
// of its slices as well. It reads no member.
func (c *Groups) withPages(ctx context.Context, group *v1alpha1.ProvisionedGroup) (*v1alpha1.ProvisionedGroup, error) {
	pages, err := c.slicesOf(ctx, group)
	if err != nil || len(pages) == 0 {
		return group, err
	}
	versions := fnv.New64a()
	latest := LastModified(group)
	for _, page := range slices.SortedFunc(slices.Values(pages), byName) {
		_, _ = fmt.Fprint(versions, page.UID, page.Generation, ";") // a hash takes everything
		if modified := LastModified(page); modified.After(latest) {
			latest = modified
		}
	}
	stamped := group.DeepCopy()
	setLastModified(stamped, latest)
	stamped.Annotations[annotationPages] = strconv.FormatUint(versions.Sum64(), 36)
	return stamped, nil
}
