package bitbucket_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestCreatingAndDeletingGroups(t *testing.T) {
	i := start(t, bitbucket.Options{})
	i.expect("POST admin/groups?name=Engineers", "", 200, `"name":"Engineers"`)
	i.expect("POST admin/groups?name=engineers", "", 409, "already exists")
	i.expect("DELETE admin/groups?name=ENGINEERS", "", 200, `"name":"Engineers"`)
	i.expect("DELETE admin/groups?name=engineers", "", 404, "NoSuchGroupException")
	i.expect("DELETE admin/groups?name="+bitbucket.AdminGroup, "", 409, "lower your own")
	i.expect("DELETE admin/groups?name="+bitbucket.SystemGroup, "", 403, "higher permission level")
}

func TestAddingMembersIsAllOrNothing(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{})
	i.seed("ada", "grace")
	i.group("engineers")
	i.expect("POST admin/groups/add-users", `{"group":"engineers","users":["ada","nobody","grace"]}`, 404, "'nobody' does not exist")
	g.Expect(i.MemberNames("engineers")).To(BeEmpty())
	i.expect("POST admin/groups/add-users", `{"group":"nothing","users":["ada"]}`, 404, "NoSuchGroupException")
	for range 2 {
		i.expect("POST admin/groups/add-users", `{"group":"ENGINEERS","users":["ADA","grace"]}`, 200, "")
		g.Expect(i.MemberNames("engineers")).To(ConsistOf("ada", "grace"))
	}
	i.expect("POST admin/groups/add-users", `{"group":"`+bitbucket.SystemGroup+`","users":["ada"]}`, 403, "higher permission level")
}

func TestRemovingMembersTheNewWayAndTheOld(t *testing.T) {
	for request, body := range map[string]string{
		"POST admin/users/remove-group": `{"context":"ada","itemName":"engineers"}`,
		"POST admin/groups/remove-user": `{"context":"engineers","itemName":"ada"}`,
	} {
		for _, status := range []int{200, 404} {
			g := NewWithT(t)
			i := start(t, bitbucket.Options{Unconfirmed: bitbucket.Unconfirmed{AbsentMemberStatus: status}})
			i.seed("ada", "grace")
			i.group("engineers", "ada", "grace")
			i.expect(request, body, 200, "")
			g.Expect(i.MemberNames("engineers")).To(ConsistOf("grace"))
			i.expect(request, body, status, "")
		}
		absent := start(t, bitbucket.Options{})
		absent.expect(request, body, 404, "NoSuch")
	}
}

func TestTheContextOfARemovalIsTheUser(t *testing.T) {
	i := start(t, bitbucket.Options{})
	i.seed("ada")
	i.group("engineers", "ada")
	i.expect("POST admin/users/remove-group", `{"context":"engineers","itemName":"ada"}`, 404, "NoSuch")
	NewWithT(t).Expect(i.MemberNames("engineers")).To(ConsistOf("ada"))
}

func TestMoreMembersOfWhatIsAbsent(t *testing.T) {
	for _, request := range []string{"GET admin/groups/more-members?context=gone", "GET admin/users/more-members?context=gone"} {
		quiet := start(t, bitbucket.Options{})
		NewWithT(t).Expect(quiet.names(request)).To(BeEmpty(), "as if it were there and empty")
		strict := startUnchecked(t, bitbucket.Options{Unconfirmed: bitbucket.Unconfirmed{AbsentContextStatus: 404}})
		strict.expect(request, "", 404, "NoSuch")
	}
}

func TestMoreMembersOfAUserAreGroups(t *testing.T) {
	i := start(t, bitbucket.Options{})
	i.seed("ada")
	i.group("engineers", "ada")
	i.group("others")
	i.expect("GET admin/users/more-members?context=ADA", "", 200, `"values":[{"deletable":true,"name":"engineers"}]`)
}

func TestLicence(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{Seats: 2})
	i.seed("ada", "grace")
	i.expect("GET admin/license", "", 200, `"status":{"currentNumberOfUsers":1}`)
	i.expect("POST admin/groups/add-users", `{"group":"stash-users","users":["ada","grace"]}`, 403, "license")
	g.Expect(i.MemberNames(bitbucket.UserGroup)).To(BeEmpty())
	i.expect("POST admin/groups/add-users", `{"group":"stash-users","users":["ada"]}`, 200, "")
	i.expect("POST admin/groups/add-users", `{"group":"stash-users","users":["ada","admin"]}`, 200, "")
	const eve = "POST admin/users?name=eve&displayName=E&emailAddress=e&password=x"
	i.expect(eve, "", 403, "license")
	i.expect(eve+"&addToDefaultGroup=false", "", 204, "")
}

func TestUserDirectories(t *testing.T) {
	options := bitbucket.Options{
		Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}}, InactiveDirectories: []string{"Old"},
	}
	i := start(t, options)
	g := NewWithT(t)
	g.Expect(i.call("GET admin/user-directories", "").body).To(MatchJSON(`[
		{"name":"LDAP","type":"Crowd","description":"","isActive":true},
		{"name":"Internal","type":"Crowd","description":"","isActive":true}]`))
	i.expect("GET admin/user-directories?includeInactive=true", "", 200, `"isActive":false,"name":"Old"`)

	options.Unconfirmed.DocumentedDirectories = true
	start(t, options).expect("GET admin/user-directories", "", 200, `{"active":true,`)
}
