package bitbucket

// resource is one operation: the permission that it needs and what it does.
type resource struct {
	needs rank
	serve func(*call) (answer, error)
}

// routes lists every resource by name and method. The permissions are those
// of the vendor's document.
func (s *Server) routes() map[string]map[string]resource {
	routes := map[string]map[string]resource{
		"application-properties":    {"GET": {anybody, s.applicationProperties}},
		"users":                     {"GET": {signedIn, s.listPublicUsers}},
		"admin/license":             {"GET": {administers, s.license}},
		"admin/users":               {"GET": {licensed, s.listUsers}, "POST": {administers, s.createUser}, "PUT": {administers, s.updateUser}, "DELETE": {administers, s.deleteUser}},
		"admin/users/rename":        {"POST": {administers, s.renameUser}},
		"admin/users/more-members":  {"GET": {licensed, s.listGroupsOf}},
		"admin/groups":              {"GET": {licensed, s.listGroups}, "POST": {administers, s.createGroup}, "DELETE": {administers, s.deleteGroup}},
		"admin/groups/more-members": {"GET": {licensed, s.listMembers}},
		"admin/groups/add-users":    {"POST": {administers, s.addMembers}},
		"admin/groups/remove-user":  {"POST": {administers, s.removeMemberFrom}},
	}
	if !s.options.WithoutUserDirectories {
		routes["admin/user-directories"] = map[string]resource{"GET": {administers, s.userDirectories}}
	}
	if !s.options.WithoutRemoveGroup {
		routes["admin/users/remove-group"] = map[string]resource{"POST": {administers, s.removeMember}}
	}
	return routes
}
