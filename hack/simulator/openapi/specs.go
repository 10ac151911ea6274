package openapi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// ErrNoSpecs says that the vendors' documents are not on this machine. Tests
// then go without the checks, and say so.
var ErrNoSpecs = errors.New("the vendors' OpenAPI documents are not next to the repository, in ../shared/specs")

// jiraDocument is the vendor's document of Jira Software Data Center.
const jiraDocument = "jira-software-dc-10.3.24-openapi.json"

// Jira is the checker for Jira Data Center's REST version 2. The document is
// read once; the error is ErrNoSpecs if it is not there.
var Jira = sync.OnceValues(func() (*Checker, error) {
	return load(jiraDocument, "/api/2/", jiraDefects)
})

// load reads a document, mends its defects and prepares the routes.
func load(name, prefix string, defects []defect) (*Checker, error) {
	folder, err := specsFolder()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoSpecs, name)
	}
	if err != nil {
		return nil, fmt.Errorf("loading the OpenAPI document %s: %w", name, err)
	}
	if err := mend(doc, defects); err != nil {
		return nil, fmt.Errorf("mending the OpenAPI document %s: %w", name, err)
	}
	return newChecker(doc, prefix)
}

// specsFolder is shared/specs beside the repository, which is the folder
// above this one that has go.mod.
func specsFolder() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if folder == filepath.Dir(folder) {
			return "", ErrNoSpecs
		}
		folder = filepath.Dir(folder)
	}
	specs := filepath.Join(folder, "..", "shared", "specs")
	if _, err := os.Stat(specs); err != nil {
		return "", ErrNoSpecs
	}
	return specs, nil
}
