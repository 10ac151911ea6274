package userbase_test

import (
	"fmt"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func names(accounts []*userbase.Account) []string {
	names := []string{}
	for _, u := range accounts {
		names = append(names, u.Name)
	}
	return names
}

// TestListingsFollow changes an instance in every way and asks for each
// listing before and after.
func TestListingsFollow(t *testing.T) {
	for change, test := range map[string]struct {
		do                       func(*userbase.Base) error
		accounts, direct, nested []string
	}{
		"nothing": {
			func(*userbase.Base) error { return nil },
			[]string{"ada", "bob", "eve"}, []string{"ada"}, []string{"ada", "bob"}},
		"an account comes": {
			func(b *userbase.Base) error { _, err := b.AddUser(userbase.User{Name: "abe"}); return err },
			[]string{"abe", "ada", "bob", "eve"}, []string{"ada"}, []string{"ada", "bob"}},
		"an account goes": {
			func(b *userbase.Base) error { return b.RemoveUser("ada") },
			[]string{"bob", "eve"}, []string{}, []string{"bob"}},
		"an account is renamed": {
			func(b *userbase.Base) error {
				return b.ChangeUser("ada", func(u *userbase.User) { u.Name = "zoe" })
			},
			[]string{"bob", "eve", "zoe"}, []string{"zoe"}, []string{"bob", "zoe"}},
		"an account of the same name comes to light": {
			func(b *userbase.Base) error {
				_, err := b.AddUser(userbase.User{Name: "ADA", Directory: "upper"})
				return err
			},
			[]string{"ADA", "bob", "eve"}, []string{}, []string{"bob"}},
		"a member comes": {
			func(b *userbase.Base) error { return b.AddMember("devs", "eve") },
			[]string{"ada", "bob", "eve"}, []string{"ada", "eve"}, []string{"ada", "bob", "eve"}},
		"a member goes": {
			func(b *userbase.Base) error { return b.RemoveMember("devs", "ada") },
			[]string{"ada", "bob", "eve"}, []string{}, []string{"bob"}},
		"a subgroup comes": {
			func(b *userbase.Base) error { return b.AddSubgroup("devs", "crew") },
			[]string{"ada", "bob", "eve"}, []string{"ada"}, []string{"ada", "bob", "eve"}},
		"a subgroup goes": {
			func(b *userbase.Base) error {
				d := b.Directories[1]
				d.Group("devs").DropGroup(d.Group("ops"))
				return nil
			},
			[]string{"ada", "bob", "eve"}, []string{"ada"}, []string{"ada"}},
		"a subgroup is deleted": {
			func(b *userbase.Base) error { b.Directories[1].RemoveGroup("ops"); return nil },
			[]string{"ada", "bob", "eve"}, []string{"ada"}, []string{"ada"}},
		"the group is deleted": {
			func(b *userbase.Base) error { b.Directories[1].RemoveGroup("devs"); return nil },
			[]string{"ada", "bob", "eve"}, []string{}, []string{}},
	} {
		t.Run(change, func(t *testing.T) {
			g := NewWithT(t)
			b := userbase.New([]userbase.Options{{Name: "upper", ReadOnly: true}, {Name: "lower"}}, 1,
				func(number int, _ string) string { return fmt.Sprint(number) })
			for _, name := range []string{"eve", "bob", "ada"} {
				_, err := b.AddUser(userbase.User{Name: name})
				g.Expect(err).NotTo(HaveOccurred())
			}
			for _, group := range []userbase.Group{
				{Name: "devs", Members: []string{"ada"}, Subgroups: []string{"ops"}},
				{Name: "ops", Members: []string{"bob"}}, {Name: "crew", Members: []string{"eve"}},
			} {
				g.Expect(b.AddGroup(group)).To(Succeed())
			}
			g.Expect(names(b.Accounts())).To(HaveLen(3))
			g.Expect(names(b.DirectMembers("devs"))).To(HaveLen(1))
			g.Expect(names(b.Members("devs"))).To(HaveLen(2))

			g.Expect(test.do(b)).To(Succeed())
			g.Expect(names(b.Accounts())).To(Equal(test.accounts))
			g.Expect(names(b.DirectMembers("devs"))).To(Equal(test.direct))
			g.Expect(names(b.Members("devs"))).To(Equal(test.nested))
			g.Expect(b.MemberNames("devs")).To(HaveLen(b.MemberCount("devs")))
		})
	}
}
