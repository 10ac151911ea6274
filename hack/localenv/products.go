package localenv

import (
	"cmp"
	"errors"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/jira"
)

type (
	// Jira is a simulated Jira Data Center.
	Jira = Simulated[*jira.Server]
	// Confluence is a simulated Confluence Data Center.
	Confluence = Simulated[*confluence.Server]
	// Bitbucket is a simulated Bitbucket Data Center.
	Bitbucket = Simulated[*bitbucket.Server]
	// Crowd is a simulated Crowd with one application.
	Crowd = Simulated[*crowd.Server]
	// Cloud is a simulated user provisioning directory of Atlassian Cloud.
	Cloud = Simulated[*cloud.Server]
)

// Products are the simulated products that run; the others are nil.
type Products struct {
	Jira       *Jira
	Confluence *Confluence
	Bitbucket  *Bitbucket
	Crowd      *Crowd
	Cloud      *Cloud
}

// ProductOptions say what kinds of products to simulate.
type ProductOptions struct {
	Jira       jira.Options
	Confluence confluence.Options
	Bitbucket  bitbucket.Options
	Crowd      crowd.Options
	Cloud      cloud.Options
}

// StartProducts runs every product. When one does not start, those that run
// are given with the error.
func StartProducts(options ProductOptions) (p Products, err error) {
	if p.Jira, err = StartJira(options.Jira); err != nil {
		return p, err
	}
	if p.Confluence, err = StartConfluence(options.Confluence); err != nil {
		return p, err
	}
	if p.Bitbucket, err = StartBitbucket(options.Bitbucket); err != nil {
		return p, err
	}
	if p.Crowd, err = StartCrowd(options.Crowd); err != nil {
		return p, err
	}
	p.Cloud, err = StartCloud(options.Cloud)
	return p, err
}

// All are those that run, in the order in which they are told of.
func (p *Products) All() []*Product {
	all := []*Product{p.Jira.product(), p.Confluence.product(), p.Bitbucket.product(), p.Crowd.product(), p.Cloud.product()}
	return slices.DeleteFunc(all, func(product *Product) bool { return product == nil })
}

// Named is the product of that name; nil if it does not run.
func (p *Products) Named(name v1alpha1.Product) *Product {
	for _, product := range p.All() {
		if product.Name == name {
			return product
		}
	}
	return nil
}

// Stop ends all that run.
func (p *Products) Stop() error {
	var failures []error
	for _, product := range p.All() {
		failures = append(failures, product.Stop())
	}
	return errors.Join(failures...)
}

// StartJira runs a simulated Jira on a free port. Its administrator is admin
// unless options name another.
func StartJira(options jira.Options) (*Jira, error) {
	options.AdminName = cmp.Or(options.AdminName, "admin")
	options.AdminPassword = cmp.Or(options.AdminPassword, "admin")
	return start(Product{Name: v1alpha1.ProductJira, User: options.AdminName, Password: options.AdminPassword},
		options.ContextPath, jira.New(options))
}

// StartConfluence runs a simulated Confluence on a free port. Its
// administrator is admin unless options name another.
func StartConfluence(options confluence.Options) (*Confluence, error) {
	options.AdminName = cmp.Or(options.AdminName, "admin")
	options.AdminPassword = cmp.Or(options.AdminPassword, "admin")
	return start(Product{Name: v1alpha1.ProductConfluence, User: options.AdminName, Password: options.AdminPassword},
		options.ContextPath, confluence.New(options))
}

// StartBitbucket runs a simulated Bitbucket on a free port. Its administrator
// is admin unless options name another.
func StartBitbucket(options bitbucket.Options) (*Bitbucket, error) {
	options.AdminName = cmp.Or(options.AdminName, "admin")
	options.AdminPassword = cmp.Or(options.AdminPassword, "admin")
	return start(Product{Name: v1alpha1.ProductBitbucket, User: options.AdminName, Password: options.AdminPassword},
		options.ContextPath, bitbucket.New(options))
}

// StartCrowd runs a simulated Crowd on a free port. Its application is
// atlassync unless options name another.
func StartCrowd(options crowd.Options) (*Crowd, error) {
	options.ApplicationName = cmp.Or(options.ApplicationName, "atlassync")
	options.ApplicationPassword = cmp.Or(options.ApplicationPassword, "secret")
	options.AdminName = cmp.Or(options.AdminName, "admin")
	options.AdminPassword = cmp.Or(options.AdminPassword, "admin")
	return start(Product{
		Name: v1alpha1.ProductCrowd, User: options.ApplicationName, Password: options.ApplicationPassword,
		besides: map[string]string{"adminUsername": options.AdminName, "adminPassword": options.AdminPassword},
	}, options.ContextPath, crowd.New(options))
}

// StartCloud runs a simulated Atlassian Cloud on a free port.
func StartCloud(options cloud.Options) (*Cloud, error) {
	options.APIKey = cmp.Or(options.APIKey, cloud.DefaultAPIKey)
	options.DirectoryID = cmp.Or(options.DirectoryID, cloud.DefaultDirectoryID)
	return start(Product{Name: v1alpha1.ProductCloud, Token: options.APIKey, DirectoryID: options.DirectoryID},
		"", cloud.New(options))
}
