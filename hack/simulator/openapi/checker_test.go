package openapi_test

import (
	"testing"

	"github.com/atlassync/atlassync/hack/simulator/openapi"
)

func TestX(t *testing.T) {
	_, err := openapi.Jira()
	if err != nil {
		t.Fatal(err)
	}
}
