package openapi

import "sync"

// bitbucketDocument is the vendor's document of Bitbucket Data Center.
const bitbucketDocument = "bitbucket-dc-9.4-openapi.json"

// Bitbucket is the checker for Bitbucket Data Center's REST. The document is
// read once; the error is ErrNoSpecs if it is not there.
var Bitbucket = sync.OnceValues(func() (*Checker, error) {
	return load(bitbucketDocument, "/api/latest/", bitbucketDefects)
})
