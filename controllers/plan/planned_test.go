package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestUserActions(t *testing.T) {
	ada := &directory.User{Name: "ada"}
	ours := UserLink{Managed: true}
	for _, row := range []struct {
		plan    UserPlan
		managed bool
		want    string
		effect  Effect
	}{
		{UserPlan{}, false, "", EffectNone},
		{UserPlan{Account: ada, Link: ours}, true, "", EffectNone},
		{UserPlan{Account: ada}, false, "", EffectNone},
		{UserPlan{Create: &directory.NewUser{}, Link: ours}, false, "create", EffectCreate},
		{UserPlan{Account: ada, Link: ours}, false, "adopt", EffectUpdate},
		{UserPlan{Account: ada, Link: ours, Changes: []directory.UserChange{{DisplayName: new("A"), Email: new("e")}}}, false, "adopt, update", EffectUpdate},
		{UserPlan{Account: ada, Link: ours, Changes: []directory.UserChange{{Name: new("a"), Active: new(true)}}}, true, "rename, enable", EffectUpdate},
		{UserPlan{Account: ada, Link: ours, Changes: []directory.UserChange{{Active: new(false)}, {Email: new("e")}}}, true, "disable, update", EffectDisable},
		{UserPlan{Account: ada, Link: ours, Leave: []directory.Group{{}, {}}}, true, "leave groups", EffectDisable},
		{UserPlan{Account: ada, Link: ours, Delete: true}, true, "delete", EffectDelete},
	} {
		t.Run(row.want, func(t *testing.T) {
			g := NewWithT(t)
			actions := row.plan.Actions(row.managed)
			g.Expect(actions).To(Equal(row.want))
			g.Expect(EffectOf(actions)).To(Equal(row.effect))
		})
	}
}

func TestGroupActions(t *testing.T) {
	two := MembersPlan{Add: make([]directory.User, 2)}
	for _, row := range []struct {
		plan    GroupPlan
		managed bool
		members MembersPlan
		want    string
		effect  Effect
	}{
		{GroupPlan{}, true, MembersPlan{}, "", EffectNone},
		{GroupPlan{Create: true}, false, two, "create, add 2", EffectCreate},
		{GroupPlan{Adopt: true}, false, two, "adopt, add 2", EffectUpdate},
		{GroupPlan{}, true, MembersPlan{Add: make([]directory.User, 1), Remove: make([]directory.User, 3)}, "add 1, remove 3", EffectUpdate},
		{GroupPlan{Create: true, Retire: "old"}, true, two, "create, add 2, retire", EffectCreate},
		{GroupPlan{Adopt: true, Retire: "old"}, true, MembersPlan{}, "retire", EffectUpdate},
		{GroupPlan{Delete: true}, true, MembersPlan{}, "delete", EffectDelete},
	} {
		t.Run(row.want, func(t *testing.T) {
			g := NewWithT(t)
			actions := row.plan.Actions(row.managed, row.members)
			g.Expect(actions).To(Equal(row.want))
			g.Expect(EffectOf(actions)).To(Equal(row.effect))
		})
	}
}

func TestJoiningDefaults(t *testing.T) {
	g := NewWithT(t)
	g.Expect(JoiningDefaults("create", 0, nil)).To(Equal("create"))
	g.Expect(JoiningDefaults("create", 2, nil)).To(Equal("create, join 2 default groups"))
	g.Expect(JoiningDefaults("", 1, nil)).To(Equal("join 1 default groups"))
	created := JoiningDefaults("", 2, []string{"licensed", "Everybody here"})
	g.Expect(created).To(Equal("join 2 default groups, create group licensed, create group Everybody here"))
	g.Expect(CreatedDefaults(created)).To(Equal([]string{"licensed", "Everybody here"}))
	g.Expect(CreatedDefaults("create, join 1 default groups")).To(BeEmpty())
	g.Expect(EffectOf(created)).To(Equal(EffectUpdate))
	g.Expect(GivesAccount(created)).To(BeFalse())
	g.Expect(EffectOf("join 1 default groups")).To(Equal(EffectUpdate))
	g.Expect(EffectOf("create, join 1 default groups")).To(Equal(EffectCreate))
}

func TestRemoves(t *testing.T) {
	for actions, want := range map[string]bool{
		"": false, "create": false, "rename, update": false, "disable": true, "update, disable": true,
		"leave groups": true, "delete": true, "create, add 2, retire": true, "add 1, remove 3": false,
	} {
		NewWithT(t).Expect(Removes(actions)).To(Equal(want), actions)
	}
}

func TestGivesAccount(t *testing.T) {
	for actions, want := range map[string]bool{"": false, "create": true, "adopt, update": true, "update": false, "disable": false} {
		NewWithT(t).Expect(GivesAccount(actions)).To(Equal(want), actions)
	}
}
