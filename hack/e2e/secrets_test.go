package e2e

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// secrets are all that must not be seen anywhere, with what each of them is.
var secrets = &vault{kinds: map[string]string{
	"1mz050nq": "the password that Okta sends with each new user",
}}

type vault struct {
	mu    sync.Mutex
	kinds map[string]string
}

// make gives a new secret.
func (v *vault) make(kind string) string {
	value := rand.Text()
	v.add(kind, value)
	return value
}

// add remembers a secret, and the form that it has in HTTP.
func (v *vault) add(kind, value string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kinds[value] = kind
	v.kinds[base64.StdEncoding.EncodeToString([]byte(value))] = kind + " in base64"
}

// in says what kinds of secrets are in text.
func (v *vault) in(text string) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	found := []string{}
	for value, kind := range v.kinds {
		if strings.Contains(text, value) {
			found = append(found, kind)
		}
	}
	return found
}

// The last thing of all: no secret of the whole run is to be seen anywhere.
var _ = AfterSuite(func(ctx SpecContext) {
	if len(replicas) < 2 {
		return // the suite did not begin
	}
	for place, text := range visible(ctx) {
		Expect(text).NotTo(BeEmpty(), place)
		Expect(secrets.in(text)).To(BeEmpty(), "in %s", place)
	}
})

// visible is what more people can read than may know the secrets, by place.
func visible(ctx context.Context) map[string]string {
	GinkgoHelper()
	places := map[string]string{}
	for _, path := range managerLogs() {
		content, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		places[filepath.Base(path)] = string(content)
	}
	for _, replica := range replicas {
		places["the metrics at "+replica.MetricsURL] = metricsOf(ctx, replica.MetricsURL)
	}
	for _, list := range []client.ObjectList{
		&v1alpha1.SyncConfigList{}, &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}, &eventsv1.EventList{},
	} {
		Expect(kube.List(ctx, list)).To(Succeed())
		content, err := json.Marshal(list)
		Expect(err).NotTo(HaveOccurred())
		places[fmt.Sprintf("%T", list)] = string(content)
	}
	return places
}

func metricsOf(ctx context.Context, url string) string {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	Expect(err).NotTo(HaveOccurred())
	response, err := http.DefaultClient.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	return string(content)
}
