package directory

// The operations of a Directory, as errors (Error.Op), metrics and call logs
// name them: making the client, then one per verb.
const (
	OpConnect        = "connect"
	OpProbe          = "probe"
	OpFindUser       = "find user"
	OpFindUserByID   = "find user by id"
	OpCreateUser     = "create user"
	OpUpdateUser     = "update user"
	OpDeleteUser     = "delete user"
	OpEachUser       = "list users"
	OpFindGroup      = "find group"
	OpCreateGroup    = "create group"
	OpDeleteGroup    = "delete group"
	OpEachMember     = "list members"
	OpGroupsOf       = "list groups of user"
	OpAddMembers     = "add members"
	OpRemoveMembers  = "remove members"
	OpEachMembership = "list memberships"
	OpChanges        = "list changes"
)

// IsWrite reports whether an operation changes the directory.
func IsWrite(op string) bool {
	switch op {
	case OpCreateUser, OpUpdateUser, OpDeleteUser,
		OpCreateGroup, OpDeleteGroup, OpAddMembers, OpRemoveMembers:
		return true
	}
	return false
}
