package manager

import (
	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/bitbucket"
	"github.com/atlassync/atlassync/controllers/directory/cloud"
	"github.com/atlassync/atlassync/controllers/directory/confluence"
	"github.com/atlassync/atlassync/controllers/directory/crowd"
	"github.com/atlassync/atlassync/controllers/directory/jira"
)

// Connectors make the directory clients, by product. This is the one place
// where the products are listed.
func Connectors() map[string]directory.Connector {
	return map[string]directory.Connector{
		string(v1alpha1.ProductJira):       jira.Connect,
		string(v1alpha1.ProductConfluence): confluence.Connect,
		string(v1alpha1.ProductBitbucket):  bitbucket.Connect,
		string(v1alpha1.ProductCrowd):      crowd.Connect,
		string(v1alpha1.ProductCloud):      cloud.Connect,
	}
}
