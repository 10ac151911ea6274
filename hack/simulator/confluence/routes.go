package confluence

import "net/http"

// routes lists every resource by method and path.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	add := func(method, path string, needs right, serve func(*call) (answer, error)) {
		mux.Handle(method+" "+s.options.ContextPath+"/rest/"+path, operation{s, needs, serve})
	}
	add("GET", "applinks/1.0/manifest", anybody, s.manifest)
	if s.atLeast(9, 1) {
		add("GET", "api/server-information", signedIn, s.serverInformation)
	}
	add("GET", "api/longtask/{id}", signedIn, s.getTask)

	add("GET", "api/user", signedIn, s.getUser)
	add("GET", "api/user/current", anybody, s.currentUser)
	add("GET", "api/user/memberof", signedIn, s.groupsOf)
	add("PUT", "api/user/{username}/group/{groupName}", administers, s.addMember)
	add("DELETE", "api/user/{username}/group/{groupName}", administers, s.removeMember)
	add("DELETE", "api/admin/user/{username}", administers, s.deleteUser)
	add("PUT", "api/admin/user/{username}/disable", administers, s.disableUser)
	add("PUT", "api/admin/user/{username}/enable", administers, s.enableUser)
	if s.atLeast(8, 4) {
		add("GET", "api/user/list", signedIn, s.listUsers)
		add("POST", "api/admin/user", administers, s.createUser)
		add("POST", "api/admin/user/{username}/password", administers, s.setPassword)
	}
	if s.atLeast(9, 3) {
		add("GET", "api/admin/users/list/active", administers, s.listActiveUsers)
	}
	if s.atLeast(9, 4) {
		add("PUT", "api/admin/user/{username}", administers, s.updateUser)
	}

	add("GET", "api/group", signedIn, s.listGroups)
	add("GET", "api/group/{groupName}", signedIn, s.getGroup)
	add("GET", "api/group/{groupName}/member", administers, s.listMembers)
	add("GET", "api/group/{groupName}/groupmember", signedIn, s.listSubgroups)
	add("POST", "api/admin/group", administers, s.createGroup)
	add("DELETE", "api/admin/group/{groupName}", administers, s.deleteGroup)
	return mux
}
