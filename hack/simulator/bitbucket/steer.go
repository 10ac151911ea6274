package bitbucket

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// steering are the addresses below /_sim/ that show and change the state
// behind Bitbucket's back.
func (s *Server) steering() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_sim/state": func(w http.ResponseWriter, _ *http.Request) {
			rig.WriteJSON(w, http.StatusOK, s.State())
		},
		"POST /_sim/users": func(w http.ResponseWriter, r *http.Request) {
			rig.Steer(w, r, userbase.User{Active: true}, func(user userbase.User) error {
				_, err := s.AddUser(user)
				return err
			})
		},
		"POST /_sim/groups": func(w http.ResponseWriter, r *http.Request) {
			rig.Steer(w, r, userbase.Group{}, s.AddGroup)
		},
	}
}
