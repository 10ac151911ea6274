package crowd

// routes lists every operation of the user management API by resource and
// method, but for event/{token}.
func (s *Server) routes() map[string]map[string]operation {
	routes := map[string]map[string]operation{
		"user":                     {"GET": s.getUser, "POST": s.createUser, "PUT": s.updateUser, "DELETE": s.deleteUser},
		"user/rename":              {"POST": s.renameUser},
		"user/password":            {"PUT": s.setPassword},
		"user/attribute":           {"GET": s.getAttributes, "POST": s.setAttributes, "DELETE": s.deleteAttribute},
		"user/group/direct":        {"GET": s.groupsOfUser, "POST": s.addGroupOfUser, "DELETE": s.removeMember},
		"user/group/nested":        {"GET": s.nestedGroupsOfUser},
		"group":                    {"GET": s.getGroup, "POST": s.createGroup, "PUT": s.updateGroup, "DELETE": s.deleteGroup},
		"group/user/direct":        {"GET": s.listMembers, "POST": s.addMember, "DELETE": s.removeMember},
		"group/user/nested":        {"GET": s.listNestedMembers},
		"group/child-group/direct": {"GET": s.listChildGroups, "POST": s.addChildGroup, "DELETE": s.removeChildGroup},
		"search":                   {"GET": s.search, "POST": s.searchByBody},
		"authentication":           {"POST": s.authenticateUser},
		"config/cookie":            {"GET": cookieConfig},
	}
	if !s.options.WithoutDump {
		routes["group/membership"] = map[string]operation{"GET": s.dumpMemberships}
	}
	if !s.options.WithoutFeed {
		routes["event"] = map[string]operation{"GET": s.currentToken}
	}
	return routes
}
