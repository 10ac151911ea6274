package runscope

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// check says what is wrong with the answer, if anything.
func (r response) check(expected Expectation) error {
	compare, known := comparisons[expected.Comparison]
	if !known {
		return fmt.Errorf("the comparison %q is not known", expected.Comparison)
	}
	value, err := r.value(expected)
	if err != nil {
		return err
	}
	if !compare(value, expected.Value) {
		return fmt.Errorf("it is %s", text(value))
	}
	return nil
}

// value is what an expectation is about.
func (r response) value(expected Expectation) (any, error) {
	switch expected.Source {
	case "response_status":
		return float64(r.status), nil
	case "response_time":
		return float64(r.took.Milliseconds()), nil
	case "response_json":
		value, found := lookup(r.json, expected.Property)
		if !found {
			return nil, fmt.Errorf("the answer has no %s: %s", expected.Property, text(r.json))
		}
		return value, nil
	}
	return nil, fmt.Errorf("the source %q is not known", expected.Source)
}

// comparisons are the operators that suites use.
var comparisons = map[string]func(got any, want string) bool{
	"equal":        func(got any, want string) bool { return text(got) == want },
	"equal_number": func(got any, want string) bool { return numbers(got, want, func(a, b float64) bool { return a == b }) },
	"is_less_than": func(got any, want string) bool { return numbers(got, want, func(a, b float64) bool { return a < b }) },
	"is_a_number":  func(got any, _ string) bool { _, ok := got.(float64); return ok },
	"not_empty":    func(got any, _ string) bool { return !empty(got) },
	"has_value":    hasValue,
	"contains": func(got any, want string) bool {
		whole, ok := got.(string)
		return ok && strings.Contains(whole, want) || hasValue(got, want)
	},
}

func numbers(got any, want string, holds func(a, b float64) bool) bool {
	a, errA := strconv.ParseFloat(text(got), 64)
	b, errB := strconv.ParseFloat(want, 64)
	return errA == nil && errB == nil && holds(a, b)
}

// empty is what has no content; false and 0 have some.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string, []any, map[string]any:
		return reflect.ValueOf(v).Len() == 0
	}
	return false
}

func hasValue(got any, want string) bool {
	list, _ := got.([]any)
	return slices.ContainsFunc(list, func(entry any) bool { return text(entry) == want })
}

// text is a value as expected values are written: strings bare, all else JSON.
func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

var part = regexp.MustCompile(`[^.\[\]]+`)

// lookup follows a path such as Resources[0].name.familyName.
func lookup(value any, path string) (any, bool) {
	for _, key := range part.FindAllString(path, -1) {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			index, err := strconv.Atoi(key)
			if err != nil || index >= len(v) {
				return nil, false
			}
			value = v[index]
		default:
			return nil, false
		}
	}
	return value, true
}
