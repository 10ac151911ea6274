package controllers

import (
	"testing"

	. "github.com/onsi/gomega"
)

func TestMessagesOfSeveralDirectories(t *testing.T) {
	said := func(directory, message string) verdict { return verdict{directory: directory, message: message} }
	tests := []struct {
		name     string
		verdicts []verdict
		message  string
	}{
		{"none", nil, ""},
		{"one directory", []verdict{said("jira", "Active as ada")}, "jira: Active as ada"},
		{"the same of all", []verdict{said("jira", "Active as ada"), said("confluence", "Active as ada"), said("crowd", "Active as ada")},
			"jira, confluence, crowd: Active as ada"},
		{"something else of each", []verdict{said("jira", "Active as ada"), said("cloud", "Active as ada@example.com")},
			"jira: Active as ada; cloud: Active as ada@example.com"},
		{"something else in between", []verdict{said("jira", "Active as ada"), said("bitbucket", "no seat is left"), said("crowd", "Active as ada")},
			"jira, crowd: Active as ada; bitbucket: no seat is left"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			NewWithT(t).Expect(joinMessages(test.verdicts)).To(Equal(test.message))
		})
	}
}
