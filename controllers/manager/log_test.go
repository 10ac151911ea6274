package manager

import (
	"bytes"
	"testing"

	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

func TestLoggersKeepTheirValues(t *testing.T) {
	g := NewWithT(t)
	var out bytes.Buffer
	log := zap.New(zap.WriteTo(&out), LazyValues()).WithValues("user", "ada")
	ofDirectory := log.WithValues("directory", "jira")
	log.Info("first")
	g.Expect(out.String()).To(And(ContainSubstring(`"user":"ada"`), Not(ContainSubstring("jira"))))
	out.Reset()
	ofDirectory.Info("second")
	g.Expect(out.String()).To(And(ContainSubstring(`"user":"ada"`), ContainSubstring(`"directory":"jira"`)))
	out.Reset()
	ofDirectory.V(1).Info("third")
	g.Expect(out.String()).To(BeEmpty())
}

// Most loggers are made and not used: that is to take next to no memory.
func TestALoggerThatWritesNothingIsCheap(t *testing.T) {
	g := NewWithT(t)
	log := zap.New(zap.WriteTo(&bytes.Buffer{}), LazyValues())
	made := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			log.WithValues("user", "ada").WithValues("directory", "jira")
		}
	})
	g.Expect(made.AllocedBytesPerOp()).To(BeNumerically("<", 1024))
}
