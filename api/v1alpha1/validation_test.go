package v1alpha1_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	. "github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/apitest"
)

// TestAdmission asks a real API server what it admits.
func TestAdmission(t *testing.T) {
	g := NewWithT(t)
	env, err := apitest.Start(filepath.Join("..", "..", "config", "crd", "bases"))
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { NewWithT(t).Expect(env.Stop()).To(Succeed()) })
	namespace, err := env.Namespace(t.Context())
	g.Expect(err).NotTo(HaveOccurred())

	c := client.NewNamespacedClient(env.Client, namespace)
	t.Run("SyncConfig", func(t *testing.T) { syncConfigAdmission(t, c) })
	t.Run("SyncConfig defaults", func(t *testing.T) { syncConfigDefaults(t, c) })
	t.Run("examples in the documentation", func(t *testing.T) { documentedExamples(t, c) })
	t.Run("ProvisionedUser", func(t *testing.T) { userAdmission(t, c) })
	t.Run("ProvisionedGroup", func(t *testing.T) { groupAdmission(t, c) })
	t.Run("MembershipSlice", func(t *testing.T) { sliceAdmission(t, c) })
	t.Run("keys cannot be changed", func(t *testing.T) { immutability(t, c) })
	t.Run("names for kubectl", func(t *testing.T) { kubectlNames(t, c) })
	t.Run("status begins unobserved", func(t *testing.T) { unobserved(t, c) })
}

// dry asks whether an object would be admitted.
func dry(t *testing.T, c client.Client, object client.Object) error {
	return c.Create(t.Context(), object, client.DryRunAll)
}

func expectRefusal(t *testing.T, err error, says string) {
	t.Helper()
	g := NewWithT(t)
	if says == "" {
		g.Expect(err).NotTo(HaveOccurred())
		return
	}
	g.Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
	g.Expect(err).To(MatchError(ContainSubstring(says)))
}

func newSyncConfig() *SyncConfig {
	return &SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Name: "okta"},
		Spec: SyncConfigSpec{Directories: []DirectorySpec{{
			Name: "jira", Product: ProductJira, URL: "https://jira.example.com", CredentialsSecretName: "jira-admin",
		}}},
	}
}

func syncConfigAdmission(t *testing.T, c client.Client) {
	directory := func(change func(*DirectorySpec)) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) { change(&s.Directories[0]) }
	}
	regex := func(pattern string) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) { s.Username = UsernameSpec{Regex: pattern, Replacement: "$1"} }
	}
	replacing := func(pattern, replacement string) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) { s.Username = UsernameSpec{Regex: pattern, Replacement: replacement} }
	}
	also := func(change func(*DirectorySpec)) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) {
			other := s.Directories[0]
			other.Name = "other"
			change(&other)
			s.Directories = append(s.Directories, other)
		}
	}
	cloud := func(id string) func(*SyncConfigSpec) {
		return directory(func(d *DirectorySpec) { d.Product, d.DirectoryID = ProductCloud, id })
	}
	override := func(username UsernameOverride) func(*SyncConfigSpec) {
		return directory(func(d *DirectorySpec) { d.Username = username })
	}
	groups := func(change func(*GroupsSpec)) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) { change(&s.Groups) }
	}
	limit := func(change func(*RemovalLimitSpec)) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) { change(&s.RemovalLimit) }
	}
	every := func(interval time.Duration) func(*SyncConfigSpec) {
		return func(s *SyncConfigSpec) { s.Resync.Interval = metav1.Duration{Duration: interval} }
	}
	tests := []struct {
		name   string
		change func(*SyncConfigSpec)
		says   string
	}{
		{"the least", func(*SyncConfigSpec) {}, ""},
		{"context path and port", directory(func(d *DirectorySpec) { d.URL = "https://jira.example.com:8443/jira" }), ""},
		{"plain HTTP", directory(func(d *DirectorySpec) { d.URL = "http://jira.example.com" }), "set allowInsecureHTTP: true"},
		{"plain HTTP, permitted", directory(func(d *DirectorySpec) { d.URL, d.AllowInsecureHTTP = "http://jira.example.com", true }), ""},
		{"permission for plain HTTP beside https://", directory(func(d *DirectorySpec) { d.AllowInsecureHTTP = true }), "allowInsecureHTTP is for http:// alone: remove it"},
		{"a URL that cannot be read", directory(func(d *DirectorySpec) { d.URL = "https://[::1/jira" }), "write it as https://host/path"},
		{"a port that is no number", directory(func(d *DirectorySpec) { d.URL = "https://jira.example.com:https" }), "write it as https://host/path"},
		{"credentials in the URL", directory(func(d *DirectorySpec) { d.URL = "https://admin:secret@jira.example.com" }), "spec.directories[0].url"},
		{"query in the URL", directory(func(d *DirectorySpec) { d.URL = "https://jira.example.com/?os_authType=none" }), "spec.directories[0].url"},
		{"other scheme", directory(func(d *DirectorySpec) { d.URL = "ftp://jira.example.com" }), "spec.directories[0].url"},
		{"unknown product", directory(func(d *DirectorySpec) { d.Product = "Trello" }), "Unsupported value"},
		{"no credentials", directory(func(d *DirectorySpec) { d.CredentialsSecretName = "" }), "credentialsSecretName"},
		{"impossible Secret name", directory(func(d *DirectorySpec) { d.CredentialsSecretName = "Jira_Admin" }), "credentialsSecretName"},
		{"name that is no label", directory(func(d *DirectorySpec) { d.Name = "Jira Production" }), "spec.directories[0].name"},
		{"time-out too long", directory(func(d *DirectorySpec) { d.RequestTimeout = metav1.Duration{Duration: time.Hour} }), "from 1s to 5m"},
		{"too many requests", directory(func(d *DirectorySpec) { d.RequestsPerSecond = 10001 }), "requestsPerSecond"},
		{"no directory", func(s *SyncConfigSpec) { s.Directories = nil }, "spec.directories"},
		{"one name twice", func(s *SyncConfigSpec) { s.Directories = append(s.Directories, s.Directories[0]) }, "Duplicate value"},
		{"one directory twice", also(func(*DirectorySpec) {}), "two directories are one and the same"},
		{"one directory twice, with a slash", also(func(d *DirectorySpec) { d.URL += "/" }), "two directories are one and the same"},
		{"two paths of one host", also(func(d *DirectorySpec) { d.URL += "/jira" }), ""},
		{"two ports of one host", also(func(d *DirectorySpec) { d.URL += ":8443" }), ""},
		{"two products at one address", also(func(d *DirectorySpec) { d.Product = ProductConfluence }), ""},
		{"two directories of Cloud", func(s *SyncConfigSpec) {
			cloud("1")(s)
			also(func(d *DirectorySpec) { d.DirectoryID = "2" })(s)
		}, ""},
		{"one directory of Cloud twice", func(s *SyncConfigSpec) {
			cloud("1")(s)
			also(func(*DirectorySpec) {})(s)
		}, "two directories are one and the same"},
		{"two directories of one Crowd", func(s *SyncConfigSpec) {
			s.Directories[0].Product = ProductCrowd
			also(func(d *DirectorySpec) { d.DirectoryName = "Staff" })(s)
		}, ""},
		{"one directory of one Crowd twice", func(s *SyncConfigSpec) {
			s.Directories[0].Product = ProductCrowd
			also(func(*DirectorySpec) {})(s)
		}, "give directoryName to each"},
		{"17 directories", func(s *SyncConfigSpec) {
			for i := range 16 {
				more := s.Directories[0]
				more.Name = "jira-" + string(rune('a'+i))
				s.Directories = append(s.Directories, more)
			}
		}, "at most 16"},
		{"unknown mode", func(s *SyncConfigSpec) { s.Mode = "Sometimes" }, "Unsupported value"},
		{"regex", regex(`(.*)@.*`), ""},
		{"non-capturing group is no look-around", regex(`(?:a|b)(.*)@.*`), ""},
		{"escaped backslash before a digit is no back-reference", regex(`(.*)\\1`), ""},
		{"look-ahead", regex(`(.*)(?=@)`), "look-around"},
		{"negative look-behind", regex(`(?<!x)(.*)`), "look-around"},
		{"back-reference", regex(`(.)\1`), "back-references"},
		{"regex that does not compile", regex(`(unclosed`), "missing closing ): `(unclosed`"},
		{"regex that does not compile, the advice", regex(`(unclosed`), "write regex as RE2 has them, and try it with: atlassync username"},
		{"possessive quantifier", regex(`a++(b)`), "invalid nested repetition operator"},
		{"replacement with a group that the regex lacks", replacing(`(.*)@.*`, `$2`), "replacement names a group that regex does not have"},
		{"replacement with a group, of a regex without any", replacing(`@.*`, `x$1`), "replacement names a group that regex does not have"},
		{"a group that does not capture is none", replacing(`(?:a|b)@`, `$1`), "replacement names a group that regex does not have"},
		{"a named group is one", replacing(`(?P<name>.*)@.*`, `$1`), ""},
		{"groups within groups", replacing(`((a)(b))`, `$3`), ""},
		{"group 12 of one group is group 1 and a 2", replacing(`(.*)@.*`, `$12`), ""},
		{"group 0", replacing(`@.*`, `$0`), ""},
		{"an escaped dollar", replacing(`@.*`, `\$1`), ""},
		{"an escaped backslash before a group", replacing(`@.*`, `\\$1`), "replacement names a group that regex does not have"},
		{"a dollar alone", replacing(`@.*`, `a$`), "replacement has a $ that names no group: write $1 for group 1, \\$ for a dollar sign"},
		{"a dollar before a letter", replacing(`(.*)@.*`, `$x`), "replacement has a $ that names no group"},
		{"a brace that is not closed", replacing(`(.*)@.*`, `${1`), "replacement has a $ that names no group"},
		{"a backslash at the end", replacing(`@.*`, `a\`), "replacement ends with a backslash"},
		{"two backslashes at the end", replacing(`@.*`, `a\\`), ""},
		{"regex too long", regex(strings.Repeat("a", 513)), "spec.username.regex"},
		{"replacement without a regex", func(s *SyncConfigSpec) { s.Username.Replacement = "$1" }, "replacement needs a regex"},
		{"unknown adoption", func(s *SyncConfigSpec) { s.Provisioning.Adoption = "Always" }, "Unsupported value"},
		{"unknown removal", func(s *SyncConfigSpec) { s.Provisioning.OnRemoval = "Archive" }, "Unsupported value"},
		{"product Confluence", directory(func(d *DirectorySpec) { d.Product = ProductConfluence }), ""},
		{"product Bitbucket", directory(func(d *DirectorySpec) { d.Product = ProductBitbucket }), ""},
		{"product Crowd", directory(func(d *DirectorySpec) { d.Product = ProductCrowd }), ""},
		{"product Cloud", cloud("0f3a1c2e-9b7d"), ""},
		{"product Cloud without directoryID", cloud(""), "directoryID is needed for product Cloud"},
		{"directoryID that is a path", cloud("../admin"), "spec.directories[0].directoryID"},
		{"directoryID of another product", directory(func(d *DirectorySpec) { d.DirectoryID = "0f3a" }), "to name a directory elsewhere, use directoryName"},
		{"directoryName", directory(func(d *DirectorySpec) { d.DirectoryName = "Jira Internal Directory" }), ""},
		{"directoryName too long", directory(func(d *DirectorySpec) { d.DirectoryName = strings.Repeat("a", 256) }), "spec.directories[0].directoryName"},
		{"override of the regex", override(UsernameOverride{Regex: new("@.*"), Replacement: "-x", Case: CaseLower}), ""},
		{"override that leaves the userName as it is", override(UsernameOverride{Regex: new("")}), ""},
		{"override with a replacement alone", override(UsernameOverride{Replacement: "$1"}), "replacement needs a regex"},
		{"override with look-ahead", override(UsernameOverride{Regex: new("(.*)(?=@)")}), "look-around"},
		{"override with a back-reference", override(UsernameOverride{Regex: new(`(.)\1`)}), "back-references"},
		{"override with an escaped backslash before a digit", override(UsernameOverride{Regex: new(`(.*)\\1`)}), ""},
		{"override with a regex too long", override(UsernameOverride{Regex: new(strings.Repeat("a", 513))}), "spec.directories[0].username.regex"},
		{"override of the case, unknown", override(UsernameOverride{Case: "Upper"}), "Unsupported value"},
		{"override of switches and policies", directory(func(d *DirectorySpec) {
			d.Provisioning = ProvisioningOverride{ImportUsers: new(false), Adoption: AdoptNever, OnRemoval: RemoveUserKeep}
			d.Groups = GroupsOverride{Sync: new(false), Membership: MembershipAdditive, OnRemoval: RemoveGroupDelete}
		}), ""},
		{"override with a regex that does not compile", override(UsernameOverride{Regex: new("[a-")}), "spec.directories[0].username.regex"},
		{"override of the replacement with a group that its regex lacks", override(UsernameOverride{Regex: new("@.*"), Replacement: "$1"}), "replacement names a group that regex does not have"},
		{"Cloud that is to delete accounts", func(s *SyncConfigSpec) {
			cloud("1")(s)
			s.Directories[0].Provisioning.OnRemoval = RemoveUserDelete
		}, "product Cloud cannot delete accounts: use onRemoval Disable or Keep"},
		{"Jira that is to delete accounts", directory(func(d *DirectorySpec) { d.Provisioning.OnRemoval = RemoveUserDelete }), ""},
		{"Confluence that is to compare e-mail addresses", directory(func(d *DirectorySpec) {
			d.Product, d.Provisioning.Adoption = ProductConfluence, AdoptMatchUsernameAndEmail
		}), "use adoption MatchUsername or Never"},
		{"override of adoption, unknown", directory(func(d *DirectorySpec) { d.Provisioning.Adoption = "Always" }), "Unsupported value"},
		{"override of onRemoval, unknown", directory(func(d *DirectorySpec) { d.Provisioning.OnRemoval = "Archive" }), "Unsupported value"},
		{"override of membership, unknown", directory(func(d *DirectorySpec) { d.Groups.Membership = "Some" }), "Unsupported value"},
		{"override of a group's onRemoval, unknown", directory(func(d *DirectorySpec) { d.Groups.OnRemoval = "Disable" }), "Unsupported value"},
		{"mappings, regex, filters and default groups", groups(func(g *GroupsSpec) {
			g.Mappings, g.Regex, g.Replacement = []GroupMapping{{From: "a", To: "x"}, {From: "b", To: "x"}}, "^okta-(.*)$", "$1"
			g.Include, g.Exclude, g.DefaultGroups, g.DefaultGroupsFor = []string{"okta-.*"}, []string{".*-secret"}, []string{"users"}, DefaultGroupsForAllUsers
		}), ""},
		{"one group mapped twice", groups(func(g *GroupsSpec) { g.Mappings = []GroupMapping{{From: "a", To: "x"}, {From: "a", To: "y"}} }), "Duplicate value"},
		{"a group mapped to nothing", groups(func(g *GroupsSpec) { g.Mappings = []GroupMapping{{From: "a"}} }), "spec.groups.mappings[0].to"},
		{"look-ahead in the regex of groups", groups(func(g *GroupsSpec) { g.Regex = "(.*)(?=@)" }), "look-around"},
		{"back-reference in the regex of groups", groups(func(g *GroupsSpec) { g.Regex = `(.)\1` }), "back-references"},
		{"replacement for groups without a regex", groups(func(g *GroupsSpec) { g.Replacement = "$1" }), "replacement needs a regex"},
		{"override of the replacement for groups alone", directory(func(d *DirectorySpec) { d.Groups.Replacement = "$1" }), "replacement needs a regex"},
		{"override of the regex of groups, with look-behind", directory(func(d *DirectorySpec) { d.Groups.Regex = new("(?<=a)b") }), "look-around"},
		{"regex of groups that does not compile", groups(func(g *GroupsSpec) { g.Regex = "(" }), "spec.groups.regex"},
		{"replacement for groups with a group that the regex lacks", groups(func(g *GroupsSpec) { g.Regex, g.Replacement = "a", "$1" }), "replacement names a group that regex does not have"},
		{"replacement for groups that ends with a dollar", groups(func(g *GroupsSpec) { g.Regex, g.Replacement = "a", "$" }), "replacement has a $ that names no group"},
		{"override of the replacement for groups with a group that its regex lacks", directory(func(d *DirectorySpec) {
			d.Groups.Regex, d.Groups.Replacement = new("a"), "$1"
		}), "replacement names a group that regex does not have"},
		{"include that does not compile", groups(func(g *GroupsSpec) { g.Include = []string{"a", "(?=b)"} }), "spec.groups.include[1]"},
		{"exclude that does not compile", groups(func(g *GroupsSpec) { g.Exclude = []string{"("} }), "write a regular expression as RE2 has them"},
		{"exclude that only compiles within parentheses", groups(func(g *GroupsSpec) { g.Exclude = []string{"a)|(b"} }), "spec.groups.exclude[0]"},
		{"override of include that does not compile", directory(func(d *DirectorySpec) { d.Groups.Include = []string{"("} }), "spec.directories[0].groups.include[0]"},
		{"override of exclude that does not compile", directory(func(d *DirectorySpec) { d.Groups.Exclude = []string{"*"} }), "spec.directories[0].groups.exclude[0]"},
		{"an entry in include and exclude", groups(func(g *GroupsSpec) { g.Include, g.Exclude = []string{"a", ".*"}, []string{".*"} }), "include and exclude have the same entry"},
		{"override of include and exclude with the same entry", directory(func(d *DirectorySpec) { d.Groups.Include, d.Groups.Exclude = []string{"a"}, []string{"a"} }), "include and exclude have the same entry"},
		{"the same filter twice", groups(func(g *GroupsSpec) { g.Exclude = []string{"a", "a"} }), "Duplicate value"},
		{"an empty filter", groups(func(g *GroupsSpec) { g.Include = []string{""} }), "spec.groups.include[0]"},
		{"21 default groups", groups(func(g *GroupsSpec) { g.DefaultGroups = strings.Split(strings.Repeat("ab,", 20)+"c", ",") }), "at most 20"},
		{"default groups for somebody", groups(func(g *GroupsSpec) { g.DefaultGroupsFor = "Somebody" }), "Unsupported value"},
		{"resync each minute", every(time.Minute), ""},
		{"resync each week", every(168 * time.Hour), ""},
		{"resync too often", every(59 * time.Second), "from 1m to 168h"},
		{"resync too seldom", every(169 * time.Hour), "from 1m to 168h"},
		{"removal limits of 0", limit(func(l *RemovalLimitSpec) {
			l.Users.MaxCount, l.Groups.MaxCount, l.Minimum = new(int32(0)), new(int32(0)), new(int32(0))
		}), ""},
		{"removal window too short", limit(func(l *RemovalLimitSpec) { l.Window.Duration = 59 * time.Second }), "window must be from 1m to 168h"},
		{"removal window too long", limit(func(l *RemovalLimitSpec) { l.Window.Duration = 169 * time.Hour }), "window must be from 1m to 168h"},
		{"removal of more than all users", limit(func(l *RemovalLimitSpec) { l.Users.MaxPercent = new(int32(101)) }), "less than or equal to 100"},
		{"removal of more than all members", limit(func(l *RemovalLimitSpec) { l.Members.MaxPercent = new(int32(101)) }), "less than or equal to 100"},
		{"removal of fewer than no groups", limit(func(l *RemovalLimitSpec) { l.Groups.MaxCount = new(int32(-1)) }), "greater than or equal to 0"},
		{"protected users that do not compile", func(s *SyncConfigSpec) { s.Protected.Users = []string{"admin", "(?!a)b"} }, "spec.protected.users[1]"},
		{"protected users that only compile within parentheses", func(s *SyncConfigSpec) { s.Protected.Users = []string{"admin)|(root"} }, "spec.protected.users[0]"},
		{"protected groups that do not compile", func(s *SyncConfigSpec) { s.Protected.Groups = []string{"[a-"} }, "write a regular expression as RE2 has them"},
		{"empty pattern", func(s *SyncConfigSpec) { s.Protected.Users = []string{""} }, "spec.protected.users[0]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := newSyncConfig()
			test.change(&config.Spec)
			expectRefusal(t, dry(t, c, config), test.says)
		})
	}
}

func syncConfigDefaults(t *testing.T, c client.Client) {
	g := NewWithT(t)
	config := newSyncConfig()
	g.Expect(dry(t, c, config)).To(Succeed())
	spec := config.Spec
	g.Expect(spec.Provider).To(Equal(ProviderGeneric))
	g.Expect(spec.Mode).To(Equal(ModeEnforce))
	g.Expect(spec.Username.Case).To(Equal(CasePreserve))
	g.Expect(spec.Provisioning).To(Equal(ProvisioningSpec{
		ImportUsers: new(true), UpdateUsers: new(true), EnableUsers: new(true), DisableUsers: new(true),
		Adoption: AdoptMatchUsername, OnRemoval: RemoveUserDisable,
	}))
	g.Expect(spec.Groups).To(Equal(GroupsSpec{
		Sync: new(true), CreateGroups: new(true), Membership: MembershipExact, OnRemoval: RemoveGroupKeep,
		DefaultGroupsFor: DefaultGroupsForNewUsers,
	}))
	g.Expect(spec.Directories[0].RequestsPerSecond).To(Equal(int32(20)))
	g.Expect(spec.Directories[0].MaxConcurrentRequests).To(Equal(int32(8)))
	g.Expect(spec.Directories[0].RequestTimeout.Duration).To(Equal(30 * time.Second))
	g.Expect(spec.Resync).To(Equal(ResyncSpec{Interval: metav1.Duration{Duration: time.Hour}, CorrectDrift: new(true)}))
	g.Expect(spec.RemovalLimit).To(Equal(RemovalLimitSpec{
		Window:  metav1.Duration{Duration: time.Hour},
		Users:   UserRemovalLimit{MaxCount: new(int32(50)), MaxPercent: new(int32(10))},
		Members: MemberRemovalLimit{MaxPercent: new(int32(50))},
		Groups:  GroupRemovalLimit{MaxCount: new(int32(5))},
		Minimum: new(int32(20)),
	}))
	g.Expect(spec.Directories[0].Username).To(Equal(UsernameOverride{}), "an override has no defaults")
	g.Expect(spec.Directories[0].Provisioning).To(Equal(ProvisioningOverride{}))
	g.Expect(spec.Directories[0].Groups).To(Equal(GroupsOverride{}))
	g.Expect(config.TokenSecretName()).To(Equal("okta-scim-token"))
}

// admission is an object, and what its refusal says; empty if it is admitted.
type admission struct {
	name   string
	object client.Object
	says   string
}

func expectAdmissions(t *testing.T, c client.Client, tests []admission) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { expectRefusal(t, dry(t, c, test.object), test.says) })
	}
}

func newUser() *ProvisionedUser {
	return &ProvisionedUser{
		ObjectMeta: metav1.ObjectMeta{Name: "ada"},
		Spec:       ProvisionedUserSpec{SyncConfigName: "okta", ID: "1", UserName: "ada@example.com"},
	}
}

func userAdmission(t *testing.T, c client.Client) {
	user := func(change func(*ProvisionedUserSpec)) client.Object {
		u := newUser()
		change(&u.Spec)
		return u
	}
	expectAdmissions(t, c, []admission{
		{"the least", newUser(), ""},
		{"no userName", user(func(s *ProvisionedUserSpec) { s.UserName = "" }), "spec.userName"},
		{"no SyncConfig", user(func(s *ProvisionedUserSpec) { s.SyncConfigName = "" }), "spec.syncConfigName"},
		{"userName too long", user(func(s *ProvisionedUserSpec) { s.UserName = strings.Repeat("a", 1025) }), "spec.userName"},
		{"too many e-mail addresses", user(func(s *ProvisionedUserSpec) { s.Emails = make([]MultiValue, 101) }), "spec.emails"},
	})
	t.Run("absent active means active", func(t *testing.T) {
		g := NewWithT(t)
		user := newUser()
		g.Expect(dry(t, c, user)).To(Succeed())
		g.Expect(user.Spec.Active).To(HaveValue(BeTrue()))
	})
}

func newGroup() *ProvisionedGroup {
	return &ProvisionedGroup{
		ObjectMeta: metav1.ObjectMeta{Name: "team"},
		Spec:       ProvisionedGroupSpec{SyncConfigName: "okta", ID: "2", DisplayName: "team"},
	}
}

func groupAdmission(t *testing.T, c client.Client) {
	group := func(change func(*ProvisionedGroupSpec)) client.Object {
		g := newGroup()
		change(&g.Spec)
		return g
	}
	expectAdmissions(t, c, []admission{
		{"the least", newGroup(), ""},
		{"no displayName", group(func(s *ProvisionedGroupSpec) { s.DisplayName = "" }), "spec.displayName"},
		{"1000 members", group(func(s *ProvisionedGroupSpec) { s.Members = manyMembers(MaxMembers) }), ""},
		{"1001 members", group(func(s *ProvisionedGroupSpec) { s.Members = manyMembers(MaxMembers + 1) }), "at most 1000"},
		{"empty member", group(func(s *ProvisionedGroupSpec) { s.Members = []string{""} }), "spec.members[0]"},
	})
}

func newSlice(members ...string) *MembershipSlice {
	return &MembershipSlice{ObjectMeta: metav1.ObjectMeta{Name: "team-2"}, Spec: MembershipSliceSpec{GroupName: "team", Members: members}}
}

func sliceAdmission(t *testing.T, c client.Client) {
	ownerless := newSlice()
	ownerless.Spec.GroupName = ""
	expectAdmissions(t, c, []admission{
		{"the least", newSlice(), ""},
		{"no group", ownerless, "spec.groupName"},
		{"1000 members", newSlice(manyMembers(MaxMembers)...), ""},
		{"1001 members", newSlice(manyMembers(MaxMembers + 1)...), "at most 1000"},
		{"empty member", newSlice(""), "spec.members[0]"},
	})
}

func manyMembers(n int) []string {
	members := make([]string, n)
	for i := range members {
		members[i] = strings.Repeat("x", i%60+1)
	}
	return members
}

func immutability(t *testing.T, c client.Client) {
	user, group, slice, byHand := newUser(), newGroup(), newSlice(), newUser()
	byHand.Name, byHand.Spec.ID, byHand.Spec.UserName = "robot", "", "robot"
	tests := []struct {
		name   string
		object client.Object
		change func()
		says   string
	}{
		{"user: SyncConfig", user, func() { user.Spec.SyncConfigName = "other" }, "syncConfigName cannot be changed"},
		{"user: id", user, func() { user.Spec.ID = "other" }, "id cannot be changed"},
		{"user: id removed", user, func() { user.Spec.ID = "" }, "spec.id cannot be added or removed"},
		{"user: id added", byHand, func() { byHand.Spec.ID = "new" }, "spec.id cannot be added or removed"},
		{"user: userName", user, func() { user.Spec.UserName = "countess@example.com" }, ""},
		{"group: SyncConfig", group, func() { group.Spec.SyncConfigName = "other" }, "syncConfigName cannot be changed"},
		{"group: id", group, func() { group.Spec.ID = "other" }, "id cannot be changed"},
		{"group: id removed", group, func() { group.Spec.ID = "" }, "spec.id cannot be added or removed"},
		{"group: displayName", group, func() { group.Spec.DisplayName = "crew" }, ""},
		{"slice: group", slice, func() { slice.Spec.GroupName = "crew" }, "groupName cannot be changed"},
		{"slice: members", slice, func() { slice.Spec.Members = []string{"1"} }, ""},
	}
	for _, object := range []client.Object{user, group, slice, byHand} {
		NewWithT(t).Expect(c.Create(t.Context(), object)).To(Succeed())
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key := client.ObjectKeyFromObject(test.object)
			NewWithT(t).Expect(c.Get(t.Context(), key, test.object)).To(Succeed())
			test.change()
			expectRefusal(t, c.Update(t.Context(), test.object, client.DryRunAll), test.says)
		})
	}
}

// kubectlNames: `kubectl wait --for=condition=Ready sync/okta`, `kubectl get
// atlassync` and the like find their kinds.
func kubectlNames(t *testing.T, c client.Client) {
	shortNames := map[string]string{"SyncConfig": "sync", "ProvisionedUser": "puser", "ProvisionedGroup": "pgroup", "MembershipSlice": "mslice"}
	for kind, shortName := range shortNames {
		t.Run(kind, func(t *testing.T) {
			g := NewWithT(t)
			crd := &unstructured.Unstructured{}
			crd.SetAPIVersion("apiextensions.k8s.io/v1")
			crd.SetKind("CustomResourceDefinition")
			name := client.ObjectKey{Name: strings.ToLower(kind) + "s." + GroupVersion.Group}
			g.Expect(c.Get(t.Context(), name, crd)).To(Succeed())
			accepted, _, _ := unstructured.NestedStringSlice(crd.Object, "status", "acceptedNames", "shortNames")
			categories, _, _ := unstructured.NestedStringSlice(crd.Object, "status", "acceptedNames", "categories")
			g.Expect(accepted).To(ConsistOf(shortName))
			g.Expect(categories).To(ConsistOf("atlassync"))
		})
	}
}

// unobserved: an object that no controller has seen says so, and kubectl wait
// does not take it for ready.
func unobserved(t *testing.T, c client.Client) {
	g := NewWithT(t)
	config, user, group := newSyncConfig(), newUser(), newGroup()
	for _, object := range []client.Object{config, user, group} {
		object.SetName("unobserved")
		g.Expect(c.Create(t.Context(), object)).To(Succeed())
	}
	g.Expect(config.Status.Users).To(Equal(UserCounts{}), "shown as 0, not as nothing")
	g.Expect([]int64{config.Status.ObservedGeneration, user.Status.ObservedGeneration, group.Status.ObservedGeneration}).
		To(Equal([]int64{-1, -1, -1}))
}
