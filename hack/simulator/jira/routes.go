package jira

// resource is one operation: who may call it and what it does.
type resource struct {
	needs right
	serve func(*call) (answer, error)
}

// routes lists every resource by name and method.
func (s *Server) routes() map[string]map[string]resource {
	routes := map[string]map[string]resource{
		"serverInfo":       {"GET": {anybody, s.serverInfo}},
		"myself":           {"GET": {signedIn, s.myself}},
		"user":             {"GET": {signedIn, s.getUser}, "POST": {administers, s.createUser}, "PUT": {administers, s.updateUser}, "DELETE": {administers, s.deleteUser}},
		"user/search":      {"GET": {signedIn, s.searchUsers}},
		"user/password":    {"PUT": {administers, s.setPassword}},
		"user/application": {"POST": {administers, s.grantApplication}, "DELETE": {administers, s.revokeApplication}},
		"group":            {"GET": {signedIn, s.getGroup}, "POST": {administers, s.createGroup}, "DELETE": {administers, s.deleteGroup}},
		"group/user":       {"POST": {administers, s.addMember}, "DELETE": {administers, s.removeMember}},
		"group/member":     {"GET": {administers, s.listMembers}},
		"groups/picker":    {"GET": {anybody, s.pickGroups}},
		"applicationrole":  {"GET": {administers, s.applicationRoles}},
	}
	if !s.options.WithoutUserList {
		routes["user/list"] = map[string]resource{"GET": {signedIn, s.listUsers}}
	}
	if s.atLeast(8, 19) {
		routes["user/duplicated/count"] = map[string]resource{"GET": {signedIn, s.countDuplicates}}
		routes["user/duplicated/list"] = map[string]resource{"GET": {administers, s.listDuplicates}}
	}
	return routes
}

// experimental are the operations that the vendor's document marks so.
var experimental = map[string]bool{
	"GET myself": true,
	"POST user":  true, "PUT user": true, "DELETE user": true,
	"PUT user/password":     true,
	"POST user/application": true, "DELETE user/application": true,
	"GET user/duplicated/count": true, "GET user/duplicated/list": true,
}
