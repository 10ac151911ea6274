package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const (
	// crowdDocument restates Atlassian's page on Crowd 3.5; somebody wrote it
	// by hand, in Swagger 2.0, and left much out.
	crowdDocument = "crowd-3.5-adesso-swagger2.yaml"
	// crowdRoot is where its paths begin, below restRoot.
	crowdRoot = "/usermanagement/1"
)

// Crowd is the checker for Crowd's user management API, version 1. The
// document is read once; the error is ErrNoSpecs if it is not there.
var Crowd = sync.OnceValues(func() (*Checker, error) {
	doc, err := readSwagger(crowdDocument)
	if err != nil {
		return nil, err
	}
	doc.Paths = below(crowdRoot, doc.Paths)
	err = errors.Join(mend(doc, crowdDefects), supplement(doc, crowdOmissions), fill(doc, crowdGaps))
	if err != nil {
		return nil, fmt.Errorf("mending the OpenAPI document %s: %w", crowdDocument, err)
	}
	return newChecker(doc, crowdRoot+"/")
})

// readSwagger reads a document in Swagger 2.0 and YAML.
func readSwagger(name string) (*openapi3.T, error) {
	folder, err := specsFolder()
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(folder, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoSpecs, name)
	}
	var old openapi2.T
	if err == nil {
		content, err = yaml.ToJSON(content)
	}
	if err == nil {
		err = json.Unmarshal(content, &old)
	}
	if err != nil {
		return nil, fmt.Errorf("loading the Swagger document %s: %w", name, err)
	}
	doc, err := openapi2conv.ToV3(&old)
	if err != nil {
		return nil, fmt.Errorf("converting the Swagger document %s: %w", name, err)
	}
	return doc, nil
}

// below moves paths under a root.
func below(root string, paths *openapi3.Paths) *openapi3.Paths {
	moved := openapi3.NewPaths()
	for path, item := range paths.Map() {
		moved.Set(root+path, item)
	}
	return moved
}
