package directory

// The operations of a Directory, as errors (Error.Op), metrics and call logs
// name them: making the client, then one per verb.
const (
	OpConnect      = "connect"
	OpProbe        = "probe"
	OpFindUser     = "find user"
	OpFindUserByID = "find user by id"
	OpCreateUser   = "create user"
	OpUpdateUser   = "update user"
	OpDeleteUser   = "delete user"
	OpEachUser     = "list users"
	OpFindGroup    = "find group"
	OpCreateGroup  = "create group"
	OpDeleteGroup  = "delete group"
	OpEachMember   = "list members"
	OpAddMember    = "add member"
	OpRemoveMember = "remove member"
)

// IsWrite reports whether an operation changes the directory.
func IsWrite(op string) bool {
	switch op {
	case OpCreateUser, OpUpdateUser, OpDeleteUser,
		OpCreateGroup, OpDeleteGroup, OpAddMember, OpRemoveMember:
		return true
	}
	return false
}
