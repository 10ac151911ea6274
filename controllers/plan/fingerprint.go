package plan

import (
	"fmt"
	"hash/fnv"
)

// fingerprint tells sequences of texts apart, at the length of a short name.
// It is for seeing that something is as before, not for security.
func fingerprint(texts ...string) string {
	sum := fnv.New64a()
	for _, text := range texts {
		// Hashing does not fail; the length keeps ("ab", "c") and ("a", "bc") apart.
		_, _ = fmt.Fprintf(sum, "%d:%s", len(text), text)
	}
	return fmt.Sprintf("%016x", sum.Sum64())
}
