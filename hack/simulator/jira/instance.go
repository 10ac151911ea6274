package jira

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// versionNumbers splits a version such as 10.3.24; what is no number counts as 0.
func versionNumbers(version string) []int {
	var numbers []int
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		numbers = append(numbers, n)
	}
	return numbers
}

// atLeast reports whether this instance is of that version or a later one.
func (s *Server) atLeast(major, minor int) bool {
	return slices.CompareFunc(versionNumbers(s.options.Version), []int{major, minor}, cmp.Compare[int]) >= 0
}

// origin is the scheme, host and port that the caller used.
func origin(c *call) string {
	if c.TLS != nil {
		return "https://" + c.Host
	}
	return "http://" + c.Host
}

// baseURL is the instance's address as the caller sees it.
func (s *Server) baseURL(c *call) string {
	return origin(c) + s.options.ContextPath
}

// serverInfo is GET serverInfo.
func (s *Server) serverInfo(c *call) (answer, error) {
	return answer{http.StatusOK, map[string]any{
		"baseUrl":        s.baseURL(c),
		"version":        s.options.Version,
		"versionNumbers": versionNumbers(s.options.Version),
		"deploymentType": "Server",
		"serverTime":     s.options.Clock().Format("2006-01-02T15:04:05.000-0700"),
		"serverTitle":    "Jira",
	}}, nil
}

// myself is GET myself.
func (s *Server) myself(c *call) (answer, error) {
	return answer{http.StatusOK, s.userBean(c, c.caller)}, nil
}
