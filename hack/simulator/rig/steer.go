package rig

import (
	"encoding/json"
	"net"
	"net/http"
)

// steerPrefix is where the simulation is steered over HTTP.
const steerPrefix = "/_sim/"

// maxBody is the most that a steering request may carry, in bytes.
const maxBody = 1 << 20

// serveSteering answers /_sim/…: what the Go methods of a simulator do, for
// programs in other processes. It asks for no credentials and serves this
// machine only.
func (r *Rig) serveSteering(w http.ResponseWriter, request *http.Request) {
	host, _, err := net.SplitHostPort(request.RemoteAddr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		http.Error(w, "the simulation is steered from this machine only", http.StatusForbidden)
		return
	}
	address := request.Method + " " + request.URL.Path
	switch address {
	case "GET /_sim/requests":
		WriteJSON(w, http.StatusOK, r.Requests())
	case "DELETE /_sim/requests":
		r.ClearRequests()
		w.WriteHeader(http.StatusNoContent)
	case "PUT /_sim/faults":
		Steer(w, request, Faults{}, r.SetFaults)
	case "DELETE /_sim/faults":
		r.faults.set(Faults{})
		w.WriteHeader(http.StatusNoContent)
	default:
		handler, ok := r.config.Steer[address]
		if !ok {
			handler = http.NotFound
		}
		handler(w, request)
	}
}

// Steer reads a value, filled in over the preset, and acts on it: 204, or 400
// with the reason.
func Steer[T any](w http.ResponseWriter, request *http.Request, preset T, act func(T) error) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, request.Body, maxBody))
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
