package plan

import (
	"fmt"
	"regexp"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Names is a set of directory names, by pattern or literally.
type Names struct {
	patterns []*regexp.Regexp
	literal  map[string]bool
}

// Contain reports whether a name is in the set, in any letter case.
func (n Names) Contain(name string) bool {
	if n.literal[directory.FoldName(name)] {
		return true
	}
	for _, pattern := range n.patterns {
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}

func (n Names) with(names ...string) Names {
	literal := make(map[string]bool, len(n.literal)+len(names))
	for name := range n.literal {
		literal[name] = true
	}
	for _, name := range names {
		if name != "" {
			literal[directory.FoldName(name)] = true
		}
	}
	return Names{patterns: n.patterns, literal: literal}
}

func compileNames(field string, patterns []string) (Names, error) {
	var names Names
	for i, pattern := range patterns {
		// By itself first: "a)|(b" is none, although it is one within parentheses.
		if _, err := compilePattern(pattern); err != nil {
			return Names{}, invalidRegex(fmt.Sprintf("%s[%d]", field, i), err)
		}
		compiled, err := compilePattern(`(?i)^(?:` + pattern + `)$`)
		if err != nil {
			return Names{}, invalidRegex(fmt.Sprintf("%s[%d]", field, i), err)
		}
		names.patterns = append(names.patterns, compiled)
	}
	return names, nil
}
