package crowd

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// search is GET search: users or groups that satisfy a restriction in the
// Crowd Query Language; all of them if it is empty.
func (s *Server) search(c *call) (answer, error) {
	satisfies, err := parseRestriction(c.query.Get("restriction"))
	if err != nil {
		return answer{}, err
	}
	return s.found(c, satisfies)
}

// found answers with the users or groups that satisfy a restriction.
func (s *Server) found(c *call, satisfies restriction) (answer, error) {
	switch strings.ToLower(c.query.Get("entity-type")) {
	case "user":
		found := []*userbase.Account{}
		for _, u := range s.Accounts() {
			if satisfies(userProperties(u)) {
				found = append(found, u)
			}
		}
		return s.userPage(c, found)
	case "group":
		found := []string{}
		for _, name := range s.GroupNames() {
			if satisfies(map[string]string{"name": name, "active": "true"}) {
				found = append(found, name)
			}
		}
		return s.groupPage(c, found)
	}
	return answer{}, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "entity-type must be user or group")
}

func userProperties(u *userbase.Account) map[string]string {
	return map[string]string{
		"name": u.Name, "email": u.Email, "displayname": u.DisplayName,
		"firstname": first(u.Attributes[FirstName]), "lastname": first(u.Attributes[LastName]),
		"active": strconv.FormatBool(u.Active),
	}
}

// restriction says whether something with these properties is wanted.
type restriction func(properties map[string]string) bool

func everything(map[string]string) bool { return true }

func every(all []restriction) restriction {
	return func(p map[string]string) bool {
		return !slices.ContainsFunc(all, func(satisfies restriction) bool { return !satisfies(p) })
	}
}

func either(alternatives []restriction) restriction {
	return func(p map[string]string) bool {
		return slices.ContainsFunc(alternatives, func(satisfies restriction) bool { return satisfies(p) })
	}
}

// parseRestriction reads the part of the language that clients use: property
// = value, with * at either end of the value, combined with and, or (and
// binds closer). There is no negation (CWD-5699).
//
// https://developer.atlassian.com/server/crowd/crowd-query-language
func parseRestriction(cql string) (restriction, error) {
	if strings.TrimSpace(cql) == "" {
		return everything, nil
	}
	var alternatives []restriction
	for part := range strings.SplitSeq(cql, " or ") {
		var all []restriction
		for clause := range strings.SplitSeq(part, " and ") {
			comparison, err := parseComparison(clause)
			if err != nil {
				return nil, err
			}
			all = append(all, comparison)
		}
		alternatives = append(alternatives, every(all))
	}
	return either(alternatives), nil
}

func parseComparison(clause string) (restriction, error) {
	property, value, ok := strings.Cut(clause, "=")
	property = strings.ToLower(strings.TrimSpace(property))
	if !ok || property == "" || strings.ContainsAny(property, " !<>()") {
		return nil, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "The restriction cannot be read: %s", clause)
	}
	value = strings.ToLower(strings.Trim(strings.TrimSpace(value), `"'`))
	middle := strings.Trim(value, "*")
	return func(p map[string]string) bool {
		has := strings.ToLower(p[property])
		switch {
		case strings.HasPrefix(value, "*") && strings.HasSuffix(value, "*"):
			return strings.Contains(has, middle)
		case strings.HasPrefix(value, "*"):
			return strings.HasSuffix(has, middle)
		case strings.HasSuffix(value, "*"):
			return strings.HasPrefix(has, middle)
		}
		return has == value
	}, nil
}
