package crowd

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/atlassync/atlassync/controllers/directory"
)

// names is a set of names.
type names map[string]bool

// changes collects the names that events tell of.
type changes struct {
	users, groups names
}

func (c changes) since(token string) directory.Changes {
	return directory.Changes{
		Cursor:    token,
		Usernames: slices.Sorted(maps.Keys(c.users)),
		Groups:    slices.Sorted(maps.Keys(c.groups)),
	}
}

// add takes the names out of an event and reports whether it tells all that
// changed. An absolute list of a user's groups does not name those that the
// user has left.
func (c changes) add(event json.RawMessage) bool {
	var value any
	if json.Unmarshal(event, &value) != nil {
		return false
	}
	told := changes{users: names{}, groups: names{}}
	whole := told.read(value, nil)
	maps.Copy(c.users, told.users)
	maps.Copy(c.groups, told.groups)
	return whole && len(told.users)+len(told.groups) > 0
}

// read finds the accounts and the groups in a part of an event; into is what
// a name in this part is the name of, nil where that is not known. It reports
// false if the part shows that something is left out.
func (c changes) read(value any, into names) bool {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if !c.read(element, into) {
				return false
			}
		}
	case map[string]any:
		if name, ok := value["name"].(string); ok && into != nil {
			into[name] = true
			return name != ""
		}
		for property, part := range value {
			if property == "absolute" && part != false || !c.read(part, c.kindOf(property, into)) {
				return false
			}
		}
		// A membership without its groups.
		return value["childUser"] == nil || len(c.groups) > 0
	}
	return true
}

// kindOf says what the names in a property are the names of, after the
// vendor's classes of events: UserEventEntity and its like. Lists and wrappers
// have names of their own and change nothing.
func (c changes) kindOf(property string, into names) names {
	switch property {
	case "user", "childUser":
		return c.users
	case "group", "childGroup", "parentGroups", "childGroups":
		return c.groups
	}
	return into
}
