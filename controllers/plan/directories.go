package plan

import (
	"fmt"
	"net/url"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// checkDirectories refuses addresses that cannot be used, and two entries for
// one directory, which would work against each other.
func checkDirectories(directories []v1alpha1.DirectorySpec) error {
	names := map[string]string{}
	for i := range directories {
		dir := &directories[i]
		field := fmt.Sprintf("directories[%d].url", i)
		address, err := url.Parse(dir.URL)
		if err != nil || address.Host == "" || address.User != nil {
			return &InvalidError{Field: field, Reason: v1alpha1.ReasonInvalidURL,
				Detail: fmt.Sprintf("%s has no usable address: write it as https://host/path, without credentials", dir.Name)}
		}
		identity := identityOf(dir)
		if other, taken := names[identity]; taken {
			return &InvalidError{Field: field, Reason: v1alpha1.ReasonDuplicateDirectory,
				Detail: fmt.Sprintf("%s and %s are the same directory: remove one of them", other, dir.Name)}
		}
		names[identity] = dir.Name
	}
	return nil
}

// SameDirectory reports whether two entries lead to one directory.
func SameDirectory(a, b *v1alpha1.DirectorySpec) bool {
	return identityOf(a) == identityOf(b)
}

// identityOf tells directories apart.
func identityOf(dir *v1alpha1.DirectorySpec) string {
	if dir.Product == v1alpha1.ProductCrowd {
		// One Crowd has an application for each of its directories.
		return dir.Target() + " " + dir.DirectoryName
	}
	return dir.Target()
}
