package jira_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/jira"
)

const (
	benchUsers, benchPage     = 100_000, 1000
	benchGroups, benchMembers = 2_000, 50
)

// BenchmarkReading reads a directory in which nothing has changed, as a whole,
// from a Jira that has its pages ready. Beside what a reading takes it tells how
// much memory an account takes in the picture, with its share of the groups.
func BenchmarkReading(b *testing.B) {
	server := httptest.NewServer(readyPages())
	b.Cleanup(server.Close)
	client, err := jira.Connect(directory.Config{URL: server.URL, Token: "token", AllowInsecureHTTP: true, RequestsPerSecond: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	before := heap()
	mirror := directory.NewMirror(client)
	read := func() {
		reading, err := mirror.Sweep(b.Context(), nil, -1)
		if err != nil || reading.Users != benchUsers || len(reading.Drifted)+len(reading.DriftedGroups) > 0 {
			b.Fatalf("%+v: %v", reading, err)
		}
	}
	read()
	for n := range benchGroups {
		if err := mirror.Know(b.Context(), groupName(n)); err != nil {
			b.Fatal(err)
		}
	}
	held := float64(heap()-before) / benchUsers
	b.ReportAllocs()
	for b.Loop() {
		read()
	}
	b.ReportMetric(held, "held-B/account")
}

func heap() uint64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

func groupName(n int) string { return fmt.Sprintf("group-%d", n) }

// readyPages answers with the pages of all users and of the groups.
func readyPages() http.Handler {
	pages := map[string][]byte{}
	for first := 0; first < benchUsers; first += benchPage {
		cursor, next := strconv.Itoa(first), first+benchPage
		if first == 0 {
			cursor = ""
		}
		pages["user/list "+cursor] = fmt.Appendf(nil, `{"nextCursor":%d,"isLast":%t,"values":[%s]}`, next, next >= benchUsers, beans(first, benchPage))
	}
	for n := range benchGroups {
		pages["group/member "+groupName(n)] = fmt.Appendf(nil, `{"startAt":0,"isLast":true,"values":[%s]}`, beans(n*benchMembers, benchMembers))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		query := r.URL.Query()
		_, _ = w.Write(pages[strings.TrimPrefix(r.URL.Path, "/rest/api/2/")+" "+query.Get("cursor")+query.Get("groupname")])
	})
}

// beans are so many users in a row, as Jira's lists show them.
func beans(first, count int) string {
	all := make([]string, 0, count)
	for n := first; n < first+count; n++ {
		name := fmt.Sprintf("person%06d@example.com", n)
		all = append(all, fmt.Sprintf(`{"self":"https://jira.example.com/rest/api/2/user?username=%[1]s","key":"JIRAUSER%[2]d","name":"%[1]s",`+
			`"emailAddress":"%[1]s","avatarUrls":{"48x48":"https://jira.example.com/secure/useravatar?size=large&ownerId=%[2]d"},`+
			`"displayName":"Person %[2]d of Example","active":true,"timeZone":"Etc/UTC"}`, name, 100_000+n))
	}
	return strings.Join(all, ",")
}
