package jira_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// BenchmarkPage is a page from the middle of a long listing: it is to cost
// what it holds.
func BenchmarkPage(b *testing.B) {
	const users = 100_000
	server := jira.New(jira.Options{})
	group := userbase.Group{Name: "everybody"}
	for i := range users {
		user, err := server.AddUser(userbase.User{Name: fmt.Sprintf("user%06d", i), Active: true})
		if err != nil {
			b.Fatal(err)
		}
		group.Members = append(group.Members, user.Name)
	}
	if err := server.AddGroup(group); err != nil {
		b.Fatal(err)
	}
	for name, resource := range map[string]string{
		"members": "group/member?groupname=everybody&includeInactiveUsers=true&startAt=50000",
		"users":   "user/list?cursor=2000000000",
	} {
		b.Run(name, func(b *testing.B) {
			request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/rest/api/2/"+resource, nil)
			request.SetBasicAuth("admin", "admin")
			request.Header.Set("X-ExperimentalApi", "true")
			for b.Loop() {
				answer := httptest.NewRecorder()
				server.ServeHTTP(answer, request)
				if answer.Code != http.StatusOK {
					b.Fatal(answer.Body)
				}
			}
		})
	}
}
