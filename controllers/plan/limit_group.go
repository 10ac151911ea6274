package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Removal says what of the plan counts against the removal limit; empty if
// nothing does. A group that is emptied because it has another name now is
// removed under the name that rights were given to.
func (p GroupPlan) Removal() string {
	switch {
	case p.Delete:
		return removalDelete
	case p.Retire != "":
		return removalRename + p.Link.Name
	}
	return ""
}

// Holding is the plan of a deleted group that stays for now.
func (p GroupPlan) Holding(message string) GroupPlan {
	p.Delete = false
	p.State, p.Reason, p.Message = v1alpha1.GroupActive, v1alpha1.ReasonRemovalHeld, message
	return p
}

// Sparing divides the members to be removed: barred ones, whom the limit of
// users has let go already, and the others, whom that of members is for.
func (p MembersPlan) Sparing(barred []directory.User) (going, others []directory.User) {
	set := accountsOf(barred)
	for _, member := range p.Remove {
		if set.contain(member) {
			going = append(going, member)
			continue
		}
		others = append(others, member)
	}
	return going, others
}

// markBytes is how much of a digest tells one member from another.
const markBytes = 6

// mark is what is remembered of a member: an approval may be for many
// thousands.
func mark(member directory.User) []byte {
	digest := sha256.Sum256([]byte(directory.FoldName(cmp.Or(member.Name, member.ID))))
	return digest[:markBytes]
}

// Mark writes down who members are, so that Marked knows them again.
func Mark(members []directory.User) string {
	var marks []byte
	for _, member := range members {
		marks = append(marks, mark(member)...)
	}
	return base64.StdEncoding.EncodeToString(marks)
}

// Marked are those of the members that were written down. Nobody is if the
// marks cannot be read.
func Marked(members []directory.User, marks string) []directory.User {
	known, err := base64.StdEncoding.DecodeString(marks)
	if err != nil {
		return nil
	}
	set := map[string]bool{}
	for one := range slices.Chunk(known, markBytes) {
		set[string(one)] = true
	}
	return slices.DeleteFunc(slices.Clone(members), func(member directory.User) bool { return !set[string(mark(member))] })
}

// MembersAction tells removals of members apart: it is another one when other
// members are to go.
func MembersAction(members []string) string {
	names := slices.Clone(members)
	slices.Sort(names)
	return "remove members " + fingerprint(names...)
}
