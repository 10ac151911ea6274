package crowd

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// applicationID is the id of the one application.
const applicationID = 1900

// serveAdministrator answers in the admin REST, which knows users with the
// right to administer Crowd and no applications.
//
// https://developer.atlassian.com/server/crowd/rest/v601/api-group-application-admin
func (s *Server) serveAdministrator(w http.ResponseWriter, c *call, name string) {
	application := fmt.Sprintf("application/%d", applicationID)
	id, isDirectory := strings.CutPrefix(name, "directory/detailed/")
	switch {
	case !s.isAdministrator(c.Request):
		w.Header().Set("WWW-Authenticate", `Basic realm="Crowd REST Service"`)
		rig.WriteJSON(w, http.StatusUnauthorized, map[string]any{"message": "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED"})
	case c.Method != http.MethodGet:
		rig.WriteJSON(w, http.StatusMethodNotAllowed, withoutReason(http.StatusMethodNotAllowed))
	case name == "server-info":
		rig.WriteJSON(w, http.StatusOK, map[string]any{
			"version": s.options.Version, "buildNumber": 1529, "deploymentType": "Data Center",
		})
	case name == "application":
		rig.WriteJSON(w, http.StatusOK, s.applications(c))
	case name == application+"/directory-mapping":
		rig.WriteJSON(w, http.StatusOK, s.mappings())
	case isDirectory && s.directory(id) != nil:
		rig.WriteJSON(w, http.StatusOK, directoryBean(s.directory(id)))
	case name == "directory/detailed":
		beans := []any{}
		for _, d := range s.Directories {
			beans = append(beans, directoryBean(d))
		}
		rig.WriteJSON(w, http.StatusOK, pageOf(beans))
	default:
		rig.WriteJSON(w, http.StatusNotFound, withoutReason(http.StatusNotFound))
	}
}

func (s *Server) applications(c *call) any {
	found := []any{}
	asked := c.query.Get("name")
	if asked == "" || strings.Contains(userbase.Fold(s.options.ApplicationName), userbase.Fold(asked)) {
		found = append(found, map[string]any{
			"id": applicationID, "name": s.options.ApplicationName, "description": "", "type": "GENERIC_APPLICATION",
			"active": true, "aliasingEnabled": false, "lowercaseOutput": s.options.LowerCaseOutput,
			"aggregateMemberships": false, "directoryMappings": nil,
		})
	}
	return pageOf(found)
}

// mappings shows the application's directories in one of the forms that they
// may have.
func (s *Server) mappings() any {
	mappings := []any{}
	for _, d := range s.Directories {
		switch s.options.Unconfirmed.Mappings {
		case MappingNested:
			mappings = append(mappings, map[string]any{"directory": directoryBean(d), "authenticationAllowed": true})
		case MappingIDs:
			mappings = append(mappings, map[string]any{"directoryId": d.ID, "authenticationAllowed": true})
		case MappingOther:
			mappings = append(mappings, map[string]any{"mappedTo": d.Name})
		default:
			mappings = append(mappings, map[string]any{
				"directoryId": d.ID, "directoryName": d.Name, "authenticationAllowed": true,
			})
		}
	}
	if s.options.Unconfirmed.Mappings == MappingPage {
		return pageOf(mappings)
	}
	return mappings
}

func (s *Server) directory(id string) *userbase.Directory {
	for _, d := range s.Directories {
		if strconv.Itoa(d.ID) == id {
			return d
		}
	}
	return nil
}

func directoryBean(d *userbase.Directory) map[string]any {
	return map[string]any{
		"id": d.ID, "displayName": d.Name, "directoryType": "INTERNAL",
		"descriptiveName": "Crowd Internal Directory", "active": true, "synchronizable": false, "synchronizationStatus": nil,
	}
}

// pageOf is a page that has everything.
func pageOf(values []any) map[string]any {
	return map[string]any{"values": values, "size": len(values), "start": 0, "limit": 50, "isLastPage": true}
}
