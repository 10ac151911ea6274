package crowd

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// write sends an answer in the form that the caller asks for: JSON if its
// Accept header says so, XML otherwise.
func (c *call) write(w http.ResponseWriter, a answer) {
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	if _, only := a.body.(*membershipsEntity); only || !c.acceptsJSON() {
		writeXML(w, a)
		return
	}
	rig.WriteJSON(w, a.status, a.body)
}

func (c *call) acceptsJSON() bool {
	return strings.Contains(c.Header.Get("Accept"), "application/json")
}

func writeXML(w http.ResponseWriter, a answer) {
	encoded, err := xml.Marshal(a.body)
	if err != nil {
		http.Error(w, "encoding the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, xml.Header)
	_, _ = w.Write(encoded)
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
