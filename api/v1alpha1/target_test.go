package v1alpha1_test

import (
	"testing"

	. "github.com/onsi/gomega"

	. "github.com/atlassync/atlassync/api/v1alpha1"
)

// TestTarget compares a directory with https://jira.example.com/x of Jira.
func TestTarget(t *testing.T) {
	jira := func(url string) DirectorySpec { return DirectorySpec{Name: "a", Product: ProductJira, URL: url} }
	tests := []struct {
		name  string
		other DirectorySpec
		same  bool
	}{
		{"other name", DirectorySpec{Name: "b", Product: ProductJira, URL: "https://jira.example.com/x"}, true},
		{"slash at the end", jira("https://jira.example.com/x/"), true},
		{"letter case of the host", jira("https://JIRA.example.com/x"), true},
		{"other scheme", jira("http://jira.example.com/x"), true},
		{"letter case of the path", jira("https://jira.example.com/X"), false},
		{"other path", jira("https://jira.example.com"), false},
		{"other host", jira("https://jira2.example.com/x"), false},
		{"other port", jira("https://jira.example.com:8443/x"), false},
		{"other product", DirectorySpec{Product: ProductCrowd, URL: "https://jira.example.com/x"}, false},
		{"other directory id", DirectorySpec{Product: ProductJira, URL: "https://jira.example.com/x", DirectoryID: "1"}, false},
	}
	base := jira("https://jira.example.com/x")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			same := Equal(base.Target())
			if !test.same {
				same = Not(same)
			}
			NewWithT(t).Expect(test.other.Target()).To(same)
		})
	}
}
