package confluence_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// begin begins to delete somebody and gives the address of the task.
func (i *instance) begin(name string) string {
	i.t.Helper()
	answer := i.call("DELETE admin/user/"+name, "")
	NewWithT(i.t).Expect(answer.status).To(Equal(http.StatusAccepted), answer.body)
	return "GET longtask/" + answer.json(i.t)["id"].(string)
}

func TestDeletionsGoOnInTheBackground(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{TaskLooks: 2})
	i.seed("ada")
	task := i.begin("ada")
	for _, percentage := range []float64{33, 50} {
		_, there := i.User("ada")
		g.Expect(there).To(BeTrue())
		seen := i.call(task, "").json(t)
		g.Expect(seen).To(HaveKeyWithValue("percentageComplete", percentage))
		g.Expect(seen).NotTo(HaveKey("finished"))
	}
	_, there := i.User("ada")
	g.Expect(there).To(BeFalse())
	g.Expect(i.call(task, "").json(t)).To(And(HaveKeyWithValue("percentageComplete", 100.0), HaveKeyWithValue("successful", true)))
	g.Expect(i.call("DELETE admin/user/ada", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET longtask/0", "").status).To(Equal(http.StatusNotFound))
}

func TestDeletionsThatFailInTheBackground(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{
		Directories: []userbase.Options{{Name: "Internal"}, {Name: "LDAP", ReadOnly: true}},
		Unconfirmed: confluence.Unconfirmed{RefusesInTask: true},
	})
	i.add(userbase.User{Name: "ada", Directory: "LDAP"})
	seen := i.call(i.begin("ada"), "")
	g.Expect(seen.json(t)).To(And(HaveKeyWithValue("percentageComplete", 100.0), HaveKeyWithValue("successful", false)))
	g.Expect(seen.body).To(ContainSubstring("read only"))
	_, there := i.User("ada")
	g.Expect(there).To(BeTrue())
}

func TestTasksThatAreForgotten(t *testing.T) {
	i := start(t, confluence.Options{Unconfirmed: confluence.Unconfirmed{ForgetsTasks: true}})
	i.seed("ada")
	NewWithT(t).Expect(i.call(i.begin("ada"), "").status).To(Equal(http.StatusNotFound))
}

func TestDeletedUsersMayBeRemembered(t *testing.T) {
	for remembers, status := range map[bool]int{false: http.StatusNotFound, true: http.StatusOK} {
		g := NewWithT(t)
		i := start(t, confluence.Options{Unconfirmed: confluence.Unconfirmed{RemembersDeleted: remembers}})
		ada := i.add(userbase.User{Name: "ada"})
		i.begin("ada")
		answer := i.call("GET user?key="+ada.Key, "")
		g.Expect(answer.status).To(Equal(status))
		if remembers {
			g.Expect(answer.json(t)).To(HaveKeyWithValue("type", "unknown"))
		}
		g.Expect(i.call("GET user?username=ada", "").status).To(Equal(http.StatusNotFound))
	}
}

func TestADeletedUserUncoversTheOneBelow(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{Directories: []userbase.Options{{Name: "Internal"}, {Name: "LDAP", ReadOnly: true}}})
	i.add(userbase.User{Name: "ada", Directory: "Internal"})
	i.add(userbase.User{Name: "ada", Directory: "LDAP"})
	i.begin("ada")
	ada, there := i.User("ada")
	g.Expect(there).To(BeTrue())
	g.Expect(ada.Directory).To(Equal("LDAP"))
}
