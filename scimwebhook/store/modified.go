package store

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// annotationLastModified is when SCIM last changed an object after creating it.
const annotationLastModified = "atlassync.dev/last-modified"

func setLastModified(obj metav1.Object, now time.Time) {
	annotations := obj.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[annotationLastModified] = now.UTC().Format(time.RFC3339)
	obj.SetAnnotations(annotations)
}

// LastModified is meta.lastModified of a resource (RFC 7643 section 3.1): when
// SCIM last changed it, or when it was created.
func LastModified(obj metav1.Object) time.Time {
	created := obj.GetCreationTimestamp().UTC()
	modified, err := time.Parse(time.RFC3339, obj.GetAnnotations()[annotationLastModified])
	if err != nil || modified.Before(created) {
		return created
	}
	return modified
}
