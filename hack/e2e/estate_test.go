package e2e

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/openapi"
)

// estate is a tenant whose SyncConfig feeds all five products.
type estate struct {
	*tenant
	products localenv.Products
	places   []*place
}

// newEstate makes it, changed as the test needs it, and waits until it is ready.
func newEstate(ctx context.Context, changes ...func(*v1alpha1.SyncConfigSpec)) *estate {
	GinkgoHelper()
	e := prepareEstate(ctx)
	e.create(ctx, changes...)
	e.waitReady(ctx)
	return e
}

// prepareEstate makes everything but the SyncConfig itself.
func prepareEstate(ctx context.Context) *estate {
	GinkgoHelper()
	e := &estate{products: startProducts()}
	e.tenant = &tenant{key: newKey(ctx), jira: e.products.Jira}
	e.places = placesOf(&e.products)
	for _, place := range e.places {
		Expect(kube.Create(ctx, e.secretOf(place))).To(Succeed())
	}
	return e
}

// startProducts runs all products, with secrets of their own, for the test
// that is running.
func startProducts() localenv.Products {
	GinkgoHelper()
	products, err := localenv.StartProducts(localenv.ProductOptions{
		Jira:       jira.Options{AdminName: "root", AdminPassword: secrets.make("a Jira password"), Middleware: checkedBy(openapi.Jira)},
		Confluence: confluence.Options{AdminName: "root", AdminPassword: secrets.make("a Confluence password"), Middleware: checkedBy(openapi.Confluence)},
		Bitbucket:  bitbucket.Options{AdminName: "root", AdminPassword: secrets.make("a Bitbucket password"), Middleware: checkedBy(openapi.Bitbucket)},
		Crowd:      crowd.Options{ApplicationPassword: secrets.make("a Crowd password"), AdminPassword: secrets.make("a Crowd password"), Middleware: checkedBy(openapi.Crowd)},
		Cloud:      cloud.Options{APIKey: secrets.make("a Cloud API key"), Middleware: checkedBy(openapi.Cloud)},
	})
	DeferCleanup(products.Stop)
	Expect(err).NotTo(HaveOccurred())
	return products
}

// secretOf is the Secret with the credentials for a place.
func (e *estate) secretOf(p *place) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: e.key.Namespace, Name: p.secretName()},
		StringData: p.Secret(),
	}
}

// create makes the SyncConfig and waits until its SCIM endpoint has a token.
func (e *estate) create(ctx context.Context, changes ...func(*v1alpha1.SyncConfigSpec)) {
	GinkgoHelper()
	Expect(kube.Create(ctx, e.config(slices.Insert(changes, 0, e.feed)...))).To(Succeed())
	e.learnToken(ctx)
}

// feed is a change of a SyncConfig: it has all the directories.
func (e *estate) feed(spec *v1alpha1.SyncConfigSpec) {
	spec.Directories = nil
	for _, p := range e.places {
		spec.Directories = append(spec.Directories, v1alpha1.DirectorySpec{
			Name: p.directory(), Product: p.Name, URL: p.URL, DirectoryID: p.DirectoryID, DirectoryName: directoryNames[p.Name],
			AllowInsecureHTTP: true, CredentialsSecretName: p.secretName(), RequestsPerSecond: 1000,
		})
	}
}

// directoryNames are the user directories to insist on, where the product
// tells which it has.
var directoryNames = map[v1alpha1.Product]string{
	v1alpha1.ProductBitbucket: "Bitbucket Internal Directory",
	v1alpha1.ProductCrowd:     "Crowd Internal Directory",
}

// in is a change of what a SyncConfig says of one directory.
func in(product v1alpha1.Product, change func(*v1alpha1.DirectorySpec)) func(*v1alpha1.SyncConfigSpec) {
	return func(spec *v1alpha1.SyncConfigSpec) {
		for i := range spec.Directories {
			if spec.Directories[i].Product == product {
				change(&spec.Directories[i])
			}
		}
	}
}

// at is the place of a product.
func (e *estate) at(product v1alpha1.Product) *place {
	return e.places[slices.IndexFunc(e.places, func(p *place) bool { return p.Name == product })]
}

// but are the places of all other products.
func (e *estate) but(products ...v1alpha1.Product) []*place {
	return slices.DeleteFunc(slices.Clone(e.places), func(p *place) bool { return slices.Contains(products, p.Name) })
}

func (p *place) directory() string  { return strings.ToLower(string(p.Name)) }
func (p *place) secretName() string { return p.directory() + "-credentials" }
