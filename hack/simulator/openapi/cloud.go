package openapi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

const (
	// cloudDocument is the vendor's document of Atlassian Cloud's user provisioning.
	cloudDocument = "cloud-user-provisioning-2022-08-29.json"
	cloudPrefix   = "/scim/directory/"
)

// Cloud is the checker for Atlassian Cloud's user provisioning. The document
// is read once; the error is ErrNoSpecs if it is not there.
var Cloud = sync.OnceValues(loadCloud)

// loadCloud differs from load in that the document's paths begin at the root
// of the host, not at /rest, and in the defects that are in schemas.
func loadCloud() (*Checker, error) {
	folder, err := specsFolder()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, cloudDocument))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoSpecs, cloudDocument)
	}
	if err != nil {
		return nil, fmt.Errorf("loading the OpenAPI document %s: %w", cloudDocument, err)
	}
	if err := errors.Join(mend(doc, cloudDefects), mendSchemas(doc, cloudSchemaDefects)); err != nil {
		return nil, fmt.Errorf("mending the OpenAPI document %s: %w", cloudDocument, err)
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	refuseUnknownProperties(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("preparing the routes of the OpenAPI document %s: %w", cloudDocument, err)
	}
	return &Checker{router: router, prefix: cloudPrefix}, nil
}
