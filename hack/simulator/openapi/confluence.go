package openapi

import "sync"

// confluenceDocument is the vendor's document of Confluence Data Center.
const confluenceDocument = "confluence-dc-10.0.3-openapi.json"

// Confluence is the checker for Confluence Data Center's REST API. The
// document is read once; the error is ErrNoSpecs if it is not there.
var Confluence = sync.OnceValues(func() (*Checker, error) {
	return load(confluenceDocument, "/api/", confluenceDefects)
})
