package scimwebhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook"
)

var _ = Describe("Cursors", func() {
	var client *idp
	var ids map[string]string
	BeforeEach(func(ctx context.Context) {
		client, ids = newIDP(ctx, scimwebhook.Options{}), map[string]string{}
		for n := range 12 {
			name := fmt.Sprintf("user%02d", (n*5)%12)
			ids[name] = client.post("/Users", fmt.Sprintf(`{"userName":%q,"title":"even%d"}`, name, n%2)).id()
		}
	})

	// walk follows the cursors to the end and calls between after each page.
	walk := func(path, parameters string, between func(shown []string)) (names []string) {
		GinkgoHelper()
		for cursor := ""; ; {
			got := client.get(path + "?count=5&" + parameters + "&cursor=" + url.QueryEscape(cursor))
			for _, user := range got.resources() {
				names = append(names, user["userName"].(string))
			}
			Expect(got.Body).NotTo(HaveKey("startIndex"))
			next, more := got.Body["nextCursor"].(string)
			if !more {
				return names
			}
			Expect(len(names)%5).To(BeZero(), "only the last page is short")
			cursor = next
			between(names)
		}
	}
	nothing := func([]string) {}
	remove := func(name string) {
		GinkgoHelper()
		Expect(client.send("DELETE", "/Users/"+ids[name], "").Status).To(Equal(http.StatusNoContent))
	}

	It("lead through everybody, once", func() {
		var byIndex []string
		for _, user := range client.get("/Users").resources() {
			byIndex = append(byIndex, user["userName"].(string))
		}
		Expect(walk("/Users", "", nothing)).To(Equal(byIndex))
		Expect(client.get("/Users?cursor=&count=5").Body).To(HaveKeyWithValue("totalResults", BeEquivalentTo(12)))
		filtered := walk("/Users", "filter="+url.QueryEscape(`title eq "even1"`), nothing)
		Expect(filtered).To(HaveLen(6))
		Expect(walk("/Users", "filter="+url.QueryEscape(`userName eq "USER03"`), nothing)).To(Equal([]string{"user03"}))
		sorted := walk("/Users", "sortBy=userName&sortOrder=descending", nothing)
		Expect(sorted[:2]).To(Equal([]string{"user11", "user10"}))
		Expect(sorted).To(ConsistOf(byIndex))
		Expect(walk("/", "filter="+url.QueryEscape(`meta.resourceType eq "User"`), nothing)).To(Equal(byIndex))
	})

	DescribeTable("skip nobody who stays, whoever goes or comes", func(parameters string) {
		before := walk("/Users", parameters, nothing)
		extra := 0
		during := walk("/Users", parameters, func(shown []string) {
			remove(shown[len(shown)-1]) // the very place of the cursor
			remove(shown[len(shown)-5])
			extra++
			name := fmt.Sprint("aaa", extra) // may show up among the others
			ids[name] = client.post("/Users", fmt.Sprintf(`{"userName":%q,"title":"new"}`, name)).id()
		})
		var stayed []string
		for _, name := range during {
			if strings.HasPrefix(name, "user") {
				stayed = append(stayed, name)
			}
		}
		Expect(stayed).To(Equal(before))
	},
		Entry("in stable order", ""),
		Entry("sorted", "sortBy=userName"),
		Entry("sorted with many equal", "sortBy=title&sortOrder=descending&filter="+url.QueryEscape(`title sw "even"`)),
	)

	It("are refused where they do not belong", func() {
		cursor := client.get("/Users?cursor=&count=5").Body["nextCursor"].(string)
		for _, target := range []string{
			"/Users?cursor=x", "/Users?cursor=eyJ9", "/Groups?cursor=" + cursor, "/Users?sortBy=userName&cursor=" + cursor,
			"/Users?filter=title%20pr&cursor=" + cursor, "/Users?cursor=" + cursor[:len(cursor)-3],
		} {
			Expect(client.get(target)).To(beError(http.StatusBadRequest, "invalidCursor", "begin anew"), target)
		}
	})

	It("work in a body as well", func() {
		first := client.post("/Users/.search", `{"cursor":"","count":10}`)
		Expect(first.resources()).To(HaveLen(10))
		second := client.post("/Users/.search", fmt.Sprintf(`{"count":10,"cursor":%q}`, first.Body["nextCursor"]))
		Expect(second.resources()).To(HaveLen(2))
		Expect(second.Body).NotTo(HaveKey("nextCursor"))
	})

	It("count without showing", func() {
		got := client.get("/Users?cursor=&count=0")
		Expect(got.resources()).To(BeEmpty())
		Expect(got.Body).To(And(HaveKeyWithValue("totalResults", BeEquivalentTo(12)), Not(HaveKey("nextCursor"))))
	})
})
