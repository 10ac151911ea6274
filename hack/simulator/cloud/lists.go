package cloud

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// comparison is the only filter there is: one attribute, eq, one string.
var comparison = regexp.MustCompile(`^\s*(\w+)\s+(?i:eq)\s+("(?:[^"\\]|\\.)*")\s*$`)

// filter reads the filter, which may be about these attributes only.
func (c *call) filter(allowed ...string) (attribute, value string, filtered bool, err error) {
	given := c.URL.Query().Get("filter")
	if given == "" {
		return "", "", false, nil
	}
	match := comparison.FindStringSubmatch(given)
	if match == nil || json.Unmarshal([]byte(match[2]), &value) != nil {
		return "", "", false, refuse(http.StatusBadRequest, "invalidFilter", "Filter [%s] is not supported.", given)
	}
	i := slices.IndexFunc(allowed, func(name string) bool { return strings.EqualFold(name, match[1]) })
	if i < 0 {
		return "", "", false, refuse(http.StatusBadRequest, "invalidFilter", "Filtering by [%s] is not supported.", match[1])
	}
	return allowed[i], value, true, nil
}

// page cuts out what startIndex (from 1) and count ask for, at most most.
func page[T any](c *call, all []T, most int) (resources []T, first int) {
	first = max(1, number(c, "startIndex", 1))
	count := min(most, max(0, number(c, "count", most)))
	from := min(first-1, len(all))
	return all[from:min(from+count, len(all))], first
}

func number(c *call, name string, missing int) int {
	if n, err := strconv.Atoi(c.URL.Query().Get(name)); err == nil {
		return n
	}
	return missing
}

// selected leaves only what attributes names in an answer, or takes out what
// excludedAttributes names. Parts of attributes, such as emails.value, count
// as the whole.
func (c *call) selected(b bean) (json.RawMessage, error) {
	include, exclude := names(c, "attributes"), names(c, "excludedAttributes")
	if len(include) > 0 && len(exclude) > 0 {
		return nil, refuse(http.StatusBadRequest, "invalidValue", "attributes and excludedAttributes are mutually exclusive.")
	}
	for name := range b {
		always := name == "id" || name == "schemas"
		if !always && (len(include) > 0 && !slices.Contains(include, name) || slices.Contains(exclude, name)) {
			delete(b, name)
		}
	}
	return json.Marshal(b)
}

func names(c *call, parameter string) []string {
	var names []string
	for name := range strings.SplitSeq(c.URL.Query().Get(parameter), ",") {
		whole, _, _ := strings.Cut(strings.TrimSpace(name), ".")
		if whole != "" {
			names = append(names, whole)
		}
	}
	return names
}
