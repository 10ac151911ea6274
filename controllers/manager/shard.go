package manager

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/atlassync/atlassync/controllers"
)

// namespaceFile tells a process in a pod its namespace.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// selector is --selector; nil if there is none.
func (o *Options) selector() (labels.Selector, error) {
	if strings.TrimSpace(o.Selector) == "" {
		return nil, nil
	}
	selector, err := labels.Parse(o.Selector)
	if err != nil {
		return nil, fmt.Errorf("--selector %q is not a label selector such as shard=a: %w", o.Selector, err)
	}
	return selector, nil
}

// leaseName is the lease of all managers with this selector, and of no others:
// however a selector is written down, what it means gives the name.
func (o *Options) leaseName() string {
	selector, err := o.selector()
	if err != nil || selector == nil {
		return "atlassync"
	}
	meaning := strings.ReplaceAll(selector.String(), "==", "=")
	sum := sha256.Sum256([]byte(meaning))
	return "atlassync-" + readable(meaning) + hex.EncodeToString(sum[:5])
}

var unfitForNames = regexp.MustCompile(`[^a-z0-9]+`)

// readable is what people recognise a selector by in the name of a lease.
func readable(selector string) string {
	slug := strings.Trim(unfitForNames.ReplaceAllString(strings.ToLower(selector), "-"), "-")
	if len(slug) > 40 {
		slug = strings.TrimRight(slug[:40], "-")
	}
	if slug == "" {
		return ""
	}
	return slug + "-"
}

// shard is what this process reconciles, and the lease that shows it.
func (o *Options) shard() (controllers.Shard, error) {
	selector, err := o.selector()
	if err != nil || !o.LeaderElect {
		return controllers.Shard{}, err
	}
	namespace := o.LeaderElectionNamespace
	if namespace == "" {
		content, err := os.ReadFile(namespaceFile)
		if err != nil {
			return controllers.Shard{}, fmt.Errorf("find the namespace of the lease, use --leader-election-namespace outside of a cluster: %w", err)
		}
		namespace = strings.TrimSpace(string(content))
	}
	return controllers.Shard{Selector: selector, Lease: types.NamespacedName{Namespace: namespace, Name: o.leaseName()}}, nil
}
