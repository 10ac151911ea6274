package userbase

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// Steering are the addresses that do over HTTP what the back door's methods
// do.
func (b *Base) Steering() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_sim/state": func(w http.ResponseWriter, _ *http.Request) {
			rig.WriteJSON(w, http.StatusOK, b.State())
		},
		"POST /_sim/users": func(w http.ResponseWriter, r *http.Request) {
			rig.Steer(w, r, User{Active: true}, func(user User) error {
				_, err := b.AddUser(user)
				return err
			})
		},
		"POST /_sim/groups": func(w http.ResponseWriter, r *http.Request) {
			rig.Steer(w, r, Group{}, b.AddGroup)
		},
	}
}
