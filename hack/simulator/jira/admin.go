package jira

import (
	"encoding/json"
	"net"
	"net/http"
)

// adminPrefix is where the simulation is steered over HTTP.
const adminPrefix = "/_sim/"

// serveAdmin answers /_sim/…: what the Go methods of Server do, for programs
// in other processes. It asks for no credentials and serves this machine only.
func (s *Server) serveAdmin(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		http.Error(w, "the simulation is steered from this machine only", http.StatusForbidden)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/state":
		writeJSON(w, answer{http.StatusOK, s.State()})
	case "POST /_sim/users":
		steer(w, r, User{Active: true}, func(user User) error {
			_, err := s.AddUser(user)
			return err
		})
	case "POST /_sim/groups":
		steer(w, r, Group{}, s.AddGroup)
	case "GET /_sim/requests":
		writeJSON(w, answer{http.StatusOK, s.Requests()})
	case "DELETE /_sim/requests":
		s.ClearRequests()
		w.WriteHeader(http.StatusNoContent)
	case "PUT /_sim/faults":
		steer(w, r, Faults{}, s.SetFaults)
	case "DELETE /_sim/faults":
		s.faults.set(Faults{})
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

// steer reads a value, filled in over the preset, and acts on it.
func steer[T any](w http.ResponseWriter, r *http.Request, preset T, act func(T) error) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&preset); err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	if err := act(preset); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
