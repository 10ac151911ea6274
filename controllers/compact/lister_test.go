package compact_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/compact"
)

// paged serves users as an API server does that is asked for pages.
type paged struct {
	users int

	mu sync.Mutex
	// failures are for the pages that are asked for next.
	failures []error
	// asked are the options of all lists.
	asked []metav1.ListOptions
}

func (p *paged) list(_ context.Context, options metav1.ListOptions) (apiruntime.Object, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, options)
	if len(p.failures) > 0 {
		failure := p.failures[0]
		p.failures = p.failures[1:]
		if failure != nil {
			return nil, failure
		}
	}
	first, _ := strconv.Atoi(options.Continue)
	end := min(p.users, first+int(options.Limit))
	page := &v1alpha1.ProvisionedUserList{ListMeta: metav1.ListMeta{ResourceVersion: "777"}}
	for n := first; n < end; n++ {
		page.Items = append(page.Items, *userNumber(n))
	}
	if end < p.users {
		page.Continue = strconv.Itoa(end)
	}
	return page, nil
}

// informerOf starts an informer for what is served in pages.
func informerOf(t *testing.T, p *paged) (informer toolscache.SharedIndexInformer, watched <-chan metav1.ListOptions) {
	RegisterTestingT(t)
	watches := make(chan metav1.ListOptions, 10)
	informer = (&compact.Cache{}).NewInformer(&toolscache.ListWatch{
		ListWithContextFunc: p.list,
		WatchFuncWithContext: func(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
			watches <- options
			return watch.NewFake(), nil
		},
	}, &v1alpha1.ProvisionedUser{}, 0, byNamespace())
	Expect(informer.SetTransform(nil)).To(Succeed())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); informer.RunWithContext(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return informer, watches
}

func TestObjectsAreListedInPages(t *testing.T) {
	served := &paged{users: 2500}
	informer, watched := informerOf(t, served)
	var options metav1.ListOptions
	Eventually(watched).WithTimeout(30 * time.Second).Should(Receive(&options))
	Expect(options.ResourceVersion).To(Equal("777"), "what changes from the list on")
	Expect(options.SendInitialEvents).To(BeNil())
	Eventually(informer.HasSynced).Should(BeTrue())
	Expect(informer.GetIndexer().ListKeys()).To(HaveLen(2500))
	found, exists, err := informer.GetIndexer().GetByKey("people/" + userNumber(2499).Name)
	Expect(exists, err).To(BeTrue())
	Expect(found).To(HaveField("Spec.UserName", userNumber(2499).Spec.UserName))
	Expect(served.asked).To(HaveLen(3))
	for _, options := range served.asked {
		Expect(options.Limit).To(BeNumerically("==", 1000))
		Expect(options.ResourceVersion).To(BeEmpty(), "a limit is ignored for older versions")
	}
}

// What is listed in part is nothing: whoever is on the other pages would look
// as if they were gone.
func TestAListThatBreaksOffIsNone(t *testing.T) {
	for name, failure := range map[string]error{
		"continuation expired": apierrors.NewResourceExpired("the provided continue parameter is too old"),
		"server went away":     apierrors.NewGenericServerResponse(http.StatusBadGateway, "GET", v1alpha1.GroupVersion.WithResource("provisionedusers").GroupResource(), "", "", 0, true),
	} {
		t.Run(name, func(t *testing.T) {
			served := &paged{users: 2500, failures: []error{nil, failure}}
			informer, watched := informerOf(t, served)
			Eventually(watched).WithTimeout(30 * time.Second).Should(Receive())
			Eventually(informer.HasSynced).Should(BeTrue())
			Expect(informer.GetIndexer().ListKeys()).To(HaveLen(2500))
			Expect(len(served.asked)).To(BeNumerically(">", 4), "the list was begun anew")
		})
	}
}
