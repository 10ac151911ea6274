package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	maxSlug  = 40
	hashSize = 16 // hex digits: 64 bits
	// maxSuffix bounds how many objects may stand in the way of a name.
	maxSuffix = 20
)

// objectName is the name of the object that holds a userName or displayName:
// readable first, then a hash, so that every replica computes the same one.
// The first object of a name has no suffix; n counts from 1.
func objectName(s Scope, name string, n int) string {
	folded := v1alpha1.Fold(name)
	parts := []string{digest(s.SyncConfig + "\x00" + folded)[:hashSize]}
	if readable := slug(folded); readable != "" {
		parts = append([]string{readable}, parts...)
	}
	if n > 1 {
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, "-")
}

// slug keeps the letters and digits that an object's name may have and puts
// one hyphen in place of whatever lies between them.
func slug(folded string) string {
	words := strings.FieldsFunc(folded, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	joined := strings.Join(words, "-")
	if len(joined) > maxSlug {
		joined = joined[:maxSlug]
	}
	return strings.TrimRight(joined, "-")
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// labels are what the store puts on the objects that it makes.
func labels(s Scope, id string) map[string]string {
	return map[string]string{
		v1alpha1.LabelSyncConfig: labelValue(s.SyncConfig),
		v1alpha1.LabelID:         id,
		v1alpha1.LabelManagedBy:  v1alpha1.ManagedBySCIM,
	}
}

// labelValue is name, or its hash where name is too long for a label.
func labelValue(name string) string {
	if len(name) <= validation.LabelValueMaxLength {
		return name
	}
	return digest(name)[:hashSize]
}
