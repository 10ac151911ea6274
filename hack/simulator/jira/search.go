package jira

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// searchUsers is GET user/search: users whose name, full name or e-mail
// address has the text in it. A dot finds everybody. The inactive are found
// only on request.
func (s *Server) searchUsers(c *call) (answer, error) {
	query := c.URL.Query()
	text := userbase.Fold(query.Get("username"))
	if text == "" {
		return answer{}, refuse(http.StatusBadRequest, "The username query parameter was not provided")
	}
	active, inactive := query.Get("includeActive") != "false", query.Get("includeInactive") == "true"
	found := userbase.Those(s.Accounts(), func(u *userbase.Account) bool {
		shown := u.Active && active || !u.Active && inactive
		return shown && matches(u, text)
	})
	part, _, _, err := window(query, found, 50, 1000)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.summaries(c, part)}, nil
}

func matches(u *userbase.Account, text string) bool {
	return text == "." || slices.ContainsFunc([]string{u.Name, u.DisplayName, u.Email}, func(value string) bool {
		return strings.Contains(userbase.Fold(value), text)
	})
}

// pickGroups is GET groups/picker: groups whose name has the text in it,
// with the place marked in HTML. Anonymous callers see none.
func (s *Server) pickGroups(c *call) (answer, error) {
	query := c.URL.Query()
	limit, err := number(query, "maxResults", s.options.PickerPage)
	if err != nil {
		return answer{}, err
	}
	text := query.Get("query")
	names := []string{}
	if c.caller != nil {
		names = slices.DeleteFunc(s.GroupNames(), func(name string) bool {
			return !strings.Contains(userbase.Fold(name), userbase.Fold(text)) || slices.Contains(query["exclude"], name)
		})
	}
	shown := names[:min(limit, s.options.PickerPage, len(names))]
	groups := make([]any, 0, len(shown))
	for _, name := range shown {
		groups = append(groups, map[string]any{"name": name, "html": marked(name, text), "labels": []any{}})
	}
	return answer{http.StatusOK, map[string]any{
		"header": fmt.Sprintf("Showing %d of %d matching groups", len(shown), len(names)),
		"total":  len(names),
		"groups": groups,
	}}, nil
}

// marked is name as HTML with the first occurrence of text in bold.
func marked(name, text string) string {
	at := strings.Index(userbase.Fold(name), userbase.Fold(text))
	if text == "" || at < 0 || len(userbase.Fold(name)) != len(name) {
		return html.EscapeString(name)
	}
	end := at + len(text)
	return html.EscapeString(name[:at]) + "<b>" + html.EscapeString(name[at:end]) + "</b>" + html.EscapeString(name[end:])
}
