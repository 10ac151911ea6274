package scimwebhook

import (
	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// filters are the rules for filters and paths of this request.
func (c *call) filters() filter.Limits {
	return filter.Limits{Bytes: c.limits.FilterBytes, Terms: c.limits.FilterTerms, Depth: c.limits.FilterDepth, Strict: c.strict}
}

// documents are the rules for the documents of this request.
func (c *call) documents() schema.Rules {
	return schema.Rules{Members: c.limits.Members, Strict: c.strict}
}

// patches are the rules for the operations of this request.
func (c *call) patches() patch.Rules {
	return patch.Rules{Operations: c.limits.Operations, Paths: c.filters(), Values: c.documents()}
}
