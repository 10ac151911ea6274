package cloud_test

import (
	"fmt"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/cloud"
)

func TestFilters(t *testing.T) {
	tests := map[string]struct {
		request string
		status  int
		names   []string
		says    string
	}{
		"a user by name":           {`GET Users?filter=userName eq "Bob"`, 200, []string{"Bob"}, `"totalResults":1`},
		"in another letter case":   {`GET Users?filter=username EQ "bOB"`, 200, []string{"Bob"}, ""},
		"nobody":                   {`GET Users?filter=userName eq "bo"`, 200, []string{}, `"totalResults":0`},
		"a user by external id":    {`GET Users?filter=externalId eq "e-1"`, 200, []string{"ext"}, ""},
		"external ids are exact":   {`GET Users?filter=externalId eq "E-1"`, 200, []string{}, ""},
		"a group by name":          {`GET Groups?filter=displayName eq "devs"`, 200, []string{"Devs"}, ""},
		"quotes are escaped":       {`GET Users?filter=userName eq "\"quoted\\"`, 200, []string{`"quoted\`}, ""},
		"other operators":          {`GET Users?filter=userName sw "B"`, 400, nil, `"scimType":"invalidFilter"`},
		"other attributes":         {`GET Users?filter=emails.value eq "x"`, 400, nil, "invalidFilter"},
		"attributes of users only": {`GET Groups?filter=externalId eq "x"`, 400, nil, "Filtering by [externalId] is not supported."},
		"two clauses":              {`GET Users?filter=userName eq "a" or userName eq "b"`, 400, nil, "invalidFilter"},
		"no quotes":                {`GET Users?filter=userName eq a`, 400, nil, "invalidFilter"},
	}
	i := start(t, cloud.Options{})
	i.add("Bob")
	i.add(`"quoted\`)
	i.call("POST Users", `{"userName":"ext","externalId":"e-1","emails":[{"value":"e@example.com","primary":true}]}`)
	i.group("Devs")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			answer := i.call(test.request, "")
			g.Expect(answer.status).To(Equal(test.status), answer.body)
			g.Expect(answer.body).To(ContainSubstring(test.says))
			if test.names != nil {
				g.Expect(answer.names(t)).To(Equal(test.names))
			}
		})
	}
}

func TestExactNames(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{Unconfirmed: cloud.Unconfirmed{ExactNames: true}})
	i.add("Bob")
	g.Expect(i.call(`GET Users?filter=userName eq "bob"`, "").names(t)).To(BeEmpty())
	g.Expect(i.call(`GET Users?filter=userName eq "Bob"`, "").names(t)).To(Equal([]string{"Bob"}))
}

func TestPages(t *testing.T) {
	tests := map[string]struct {
		query       string
		first, size float64
	}{
		"100 by default":            {"", 1, 100},
		"100 at most":               {"?count=200", 1, 100},
		"fewer if asked":            {"?count=7", 1, 7},
		"only the number":           {"?count=0", 1, 0},
		"a negative count is 0":     {"?count=-1", 1, 0},
		"from 1":                    {"?startIndex=0&count=5", 1, 5},
		"from the middle":           {"?startIndex=101&count=200", 101, 100},
		"the rest":                  {"?startIndex=201", 201, 50},
		"beyond the end is nothing": {"?startIndex=251", 251, 0},
	}
	i := start(t, cloud.Options{})
	for n := range 250 {
		i.add(fmt.Sprintf("user%03d", n))
		i.group(fmt.Sprintf("group%03d", n))
	}
	for name, test := range tests {
		for _, collection := range []string{"Users", "Groups"} {
			t.Run(name+" of "+collection, func(t *testing.T) {
				g := NewWithT(t)
				page := i.call("GET "+collection+test.query, "").json(t)
				g.Expect(page).To(HaveKeyWithValue("totalResults", 250.0))
				g.Expect(page).To(HaveKeyWithValue("startIndex", test.first))
				g.Expect(page).To(HaveKeyWithValue("itemsPerPage", test.size))
				g.Expect(page["Resources"]).To(HaveLen(int(test.size)))
			})
		}
	}
}

// Pages are by position: what is after somebody who disappears moves forward.
func TestPagesMove(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{Page: 2})
	for _, name := range []string{"a", "b", "c", "d"} {
		i.add(name)
	}
	g.Expect(i.call("GET Users?startIndex=1", "").names(t)).To(Equal([]string{"a", "b"}))
	g.Expect(i.EraseUser("a")).To(Succeed())
	g.Expect(i.call("GET Users?startIndex=3", "").names(t)).To(Equal([]string{"d"}), "c is missed")
	g.Expect(i.EraseUser("a")).NotTo(Succeed())
}

func TestSelectedAttributes(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	bob := i.add("bob")
	few := i.call("GET Users/"+bob.ID+"?attributes=userName,emails.value", "").json(t)
	g.Expect(few).To(And(HaveLen(4), HaveKey("id"), HaveKey("schemas"), HaveKey("userName"), HaveKey("emails")))
	most := i.call("GET Users?excludedAttributes=groups,meta", "")
	g.Expect(most.body).To(And(ContainSubstring("displayName"), Not(ContainSubstring("groups")), Not(ContainSubstring("lastModified"))))
	both := i.call("GET Users?attributes=id&excludedAttributes=groups", "")
	g.Expect(both.status).To(Equal(400))
	g.Expect(both.body).To(ContainSubstring("mutually exclusive"))
}

func TestMetadata(t *testing.T) {
	i := start(t, cloud.Options{})
	for resource, says := range map[string]string{
		"ServiceProviderConfig": `"patch":{"supported":true}`,
		"ResourceTypes":         `"endpoint":"/Groups"`,
		"ResourceTypes/User":    `"endpoint":"/Users"`,
		"ResourceTypes/Group":   `"endpoint":"/Groups"`,
		"Schemas":               `"id":"urn:ietf:params:scim:schemas:core:2.0:Group"`,
		"Schemas/urn:ietf:params:scim:schemas:core:2.0:User":                 `"name":"userName"`,
		"Schemas/urn:ietf:params:scim:schemas:core:2.0:Group":                `"name":"members"`,
		"Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": `"name":"department"`,
	} {
		answer := i.call("GET "+resource, "")
		NewWithT(t).Expect(answer.status).To(Equal(200), resource)
		NewWithT(t).Expect(answer.body).To(ContainSubstring(says), resource)
	}
}
