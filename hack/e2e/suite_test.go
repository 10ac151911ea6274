package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/atlassync/atlassync/hack/localenv"
)

func TestEndToEnd(t *testing.T) {
	RegisterFailHandler(Fail)
	suiteConfig, reporterConfig := GinkgoConfiguration()
	suiteConfig.RandomizeAllSpecs = true
	RunSpecs(t, "End to end", suiteConfig, reporterConfig)
	// Once more at the end, where whoever reads a long log looks first.
	for _, failure := range failures {
		t.Error(failure)
	}
}

// failures say which tests failed, and why.
var failures []string

var _ = ReportAfterSuite("failures", func(report Report) {
	for _, spec := range report.SpecReports.WithState(types.SpecStateFailureStates) {
		failures = append(failures, fmt.Sprintf("%s: %s\n%s", spec.FullText(), spec.FailureLocation(), spec.FailureMessage()))
	}
})

// patience is longer than any wait by design: a new look at a directory, the
// grace after a lost answer, a lease that has to run out.
const patience = 40 * time.Second

var (
	env *localenv.Environment
	// replicas serve SCIM side by side; one of them reconciles.
	replicas []*localenv.Manager
	// kube is an administrator's client without a cache.
	kube client.Client
)

var _ = BeforeSuite(func(ctx SpecContext) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		Fail("KUBEBUILDER_ASSETS does not say where etcd and kube-apiserver are: run the tests with `make test`")
	}
	log.SetLogger(GinkgoLogr)
	SetDefaultEventuallyTimeout(patience)
	SetDefaultEventuallyPollingInterval(30 * time.Millisecond)
	SetDefaultConsistentlyDuration(time.Second)
	SetDefaultConsistentlyPollingInterval(50 * time.Millisecond)

	var err error
	env, err = localenv.Start(ctx, localenv.Options{Dir: GinkgoT().TempDir()})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(env.Stop)
	kube = env.ControlPlane.Client
	for _, name := range []string{"first", "second"} {
		replica, err := env.StartManager(ctx, name)
		Expect(err).NotTo(HaveOccurred())
		replicas = append(replicas, replica)
	}
})

// A manager that ended by itself is found before the next test begins.
var _ = BeforeEach(func() {
	for _, replica := range replicas {
		Expect(replica.Exited()).NotTo(BeClosed(), "the manager with the log %s ended by itself", replica.Log)
	}
})

// When a test fails, the end of each manager's log usually says why.
var _ = JustAfterEach(func() {
	if !CurrentSpecReport().Failed() {
		return
	}
	for _, path := range managerLogs() {
		AddReportEntry("The end of "+filepath.Base(path), localenv.Tail(path, 15), ReportEntryVisibilityFailureOrVerbose)
	}
})

// managerLogs are the files that the managers write to.
func managerLogs() []string {
	var logs []string
	all, err := filepath.Glob(filepath.Join(env.Dir, "*.log"))
	Expect(err).NotTo(HaveOccurred())
	for _, path := range all {
		if filepath.Base(path) != "controlplane.log" {
			logs = append(logs, path)
		}
	}
	return logs
}
