// Package runscope replays test suites in the export format of Runscope (now
// BlazeMeter API Monitoring), the format in which Okta publishes its tests of
// SCIM servers.
package runscope

import (
	"encoding/json"
	"fmt"
	"os"
)

// Suite is an exported test.
type Suite struct {
	Name  string `json:"name"`
	Steps []Step `json:"steps"`
}

// Step is one request with what is expected of the answer. Steps of other
// types, such as pauses, have no meaning here.
type Step struct {
	Type       string              `json:"step_type"`
	Skipped    bool                `json:"skipped"`
	Note       string              `json:"note"`
	Method     string              `json:"method"`
	URL        string              `json:"url"`
	Headers    map[string][]string `json:"headers"`
	Body       string              `json:"body"`
	Assertions []Expectation       `json:"assertions"`
	Variables  []Variable          `json:"variables"`
}

// Expectation compares one thing in the answer.
type Expectation struct {
	// Source is response_status, response_time (milliseconds) or response_json.
	Source string `json:"source"`
	// Property is a path in the JSON, such as Resources[0].id.
	Property string `json:"property"`
	// Comparison is the operator, such as equal or not_empty.
	Comparison string `json:"comparison"`
	// Value is what the operator compares with, if it needs anything.
	Value string `json:"value"`
}

// String names the expectation in reports.
func (e Expectation) String() string {
	subject := e.Source
	if e.Property != "" {
		subject = e.Property
	}
	return fmt.Sprintf("%s %s %s", subject, e.Comparison, e.Value)
}

// Variable takes a value out of the answer for the steps that follow.
type Variable struct {
	Name     string `json:"name"`
	Source   string `json:"source"`
	Property string `json:"property"`
}

// Load reads a suite from a file. The error is os.ErrNotExist if there is none.
func Load(path string) (*Suite, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the test suite: %w", err)
	}
	suite := &Suite{}
	if err := json.Unmarshal(content, suite); err != nil {
		return nil, fmt.Errorf("read the test suite %s: %w", path, err)
	}
	return suite, nil
}

// Requests are the steps to replay, in order.
func (s *Suite) Requests() []Step {
	var requests []Step
	for _, step := range s.Steps {
		if step.Type == "request" && !step.Skipped {
			requests = append(requests, step)
		}
	}
	return requests
}
