package manager

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/validation"
)

func TestSelectorGivesTheLease(t *testing.T) {
	for _, row := range []struct {
		selector, lease string
	}{
		{"", "atlassync"},
		{"  ", "atlassync"},
		{"shard=a", "atlassync-shard-a-3d8dfb268d"},
		{" shard = a ", "atlassync-shard-a-3d8dfb268d"},
		{"shard==a", "atlassync-shard-a-3d8dfb268d"},
		{"shard!=a", "atlassync-shard-a-"},
		{"shard in (b,a)", "atlassync-shard-in-a-b-"},
		{"shard in (a, b)", "atlassync-shard-in-a-b-"},
		{"!shard", "atlassync-shard-"},
		{"example.com/Shard=" + strings.Repeat("x", 63), "atlassync-example-com-shard-xxxxx"},
	} {
		t.Run(row.selector, func(t *testing.T) {
			g := NewWithT(t)
			options := Options{Selector: row.selector}
			g.Expect(options.leaseName()).To(HavePrefix(row.lease))
			g.Expect(validation.IsDNS1123Subdomain(options.leaseName())).To(BeEmpty())
			g.Expect(len(options.leaseName())).To(BeNumerically("<=", 63))
		})
	}
}

func TestSelectorsShareALeaseOnlyWhenTheyMeanTheSame(t *testing.T) {
	g := NewWithT(t)
	name := func(selector string) string { return (&Options{Selector: selector}).leaseName() }
	g.Expect(name("a=1,b=2")).To(Equal(name("b=2, a=1")))
	g.Expect(name("shard in (a,b)")).To(Equal(name("shard in (b,a)")))
	different := map[string]string{}
	for _, selector := range []string{
		"", "shard=a", "shard!=a", "shard", "!shard", "shard in (a)", "shard notin (a)", "shard=A", "s=hard-a", "shard=a,tier=1",
		"long=" + strings.Repeat("x", 62) + "1", "long=" + strings.Repeat("x", 62) + "2",
	} {
		g.Expect(different).NotTo(HaveKey(name(selector)), "%q and %q", selector, different[name(selector)])
		different[name(selector)] = selector
	}
}

func TestSelectorsThatCannotBeUsed(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Options)
		says   string
	}{
		{"no selector", func(o *Options) { o.Selector = "shard=" + strings.Repeat("x", 64) }, "--selector"},
		{"no label selector", func(o *Options) { o.Selector = "shard in a" }, `--selector "shard in a" is not a label selector such as shard=a`},
		{"no lease", func(o *Options) { o.LeaderElect = false }, "--selector needs --leader-elect"},
	} {
		t.Run(row.name, func(t *testing.T) {
			options := DefaultOptions()
			options.Selector, options.LeaderElect = "shard=a", true
			NewWithT(t).Expect(options.validate()).To(Succeed())
			row.change(&options)
			NewWithT(t).Expect(options.validate()).To(MatchError(ContainSubstring(row.says)))
		})
	}
}

func TestShard(t *testing.T) {
	g := NewWithT(t)
	options := Options{Selector: "shard=a", LeaderElect: true, LeaderElectionNamespace: "atlassync-system"}
	shard, err := options.shard()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(shard.Selector.String()).To(Equal("shard=a"))
	g.Expect(shard.Lease.String()).To(Equal("atlassync-system/" + options.leaseName()))

	options = Options{}
	shard, err = options.shard()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(shard).To(BeZero(), "alone, and for everything")
}
