package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/openapi"
)

// checkedBy holds a product's traffic against its vendor's document. When the
// test ends, all of it must have been as that says.
func checkedBy(load func() (*openapi.Checker, error)) func(http.Handler) http.Handler {
	GinkgoHelper()
	checker, err := load()
	if errors.Is(err, openapi.ErrNoSpecs) {
		AddReportEntry("A product's traffic is not checked", err.Error())
		return nil
	}
	Expect(err).NotTo(HaveOccurred())
	found := &violations{}
	DeferCleanup(func() { Expect(found.all()).To(BeEmpty()) })
	return func(next http.Handler) http.Handler { return checker.Wrap(found, next) }
}

// violations takes what the checker reports, from the goroutines that serve.
type violations struct {
	mu   sync.Mutex
	seen []string
}

func (*violations) Helper() {}

func (v *violations) Errorf(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = append(v.seen, fmt.Sprintf(format, args...))
}

func (v *violations) all() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.seen, "\n")
}
