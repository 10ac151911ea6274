package schema

// MembersName is the attribute that holds the members of a group.
const MembersName = "members"

// Group is the Group resource (RFC 7643 section 4.2).
var Group = &Resource{
	Name:        "Group",
	Endpoint:    "/Groups",
	Description: "A group of users that is pushed to the directories.",
	Core: &Schema{
		Schemas:     []string{URNSchema},
		ID:          URNGroup,
		Name:        "Group",
		Description: "Group",
		Attributes: Attributes{
			text("displayName", "The name of the group; unique in any letter case.").required().unique(),
			listOf(MembersName, "The members of the group.",
				text("value", "The id of the member.").exact().required().mutability(immutable),
				reference("$ref", "The address of the member.", "User", "Group").mutability(immutable),
				text("display", "The name of the member."),
				text("type", "What the member is.").canonical("User", "Group").mutability(immutable)),
		},
	},
}

// MemberIDs are the ids in the members of a document in canonical form, in
// order and each once.
func MemberIDs(members any) []string {
	entries, _ := members.([]any)
	ids := make([]string, 0, len(entries))
	seen := make(map[string]bool, len(entries))
	for _, element := range entries {
		entry, _ := element.(map[string]any)
		id, _ := entry[valueName].(string)
		if id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}
