package cloud

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/atlassync/atlassync/hack/simulator/rig"
)

const schemaError = "urn:ietf:params:scim:api:messages:2.0:Error"

// refusal is an error that goes to the caller: as {"error","traceId"} if it is
// not let in, else as SCIM has it (RFC 7644, section 3.12).
type refusal struct {
	status   int
	scimType string
	detail   string
}

// Error shows what the caller gets.
func (r *refusal) Error() string {
	return fmt.Sprintf("HTTP %d: %s", r.status, r.detail)
}

func refuse(status int, scimType, format string, args ...any) *refusal {
	return &refusal{status: status, scimType: scimType, detail: fmt.Sprintf(format, args...)}
}

// taken is a conflict, in the words that the vendor's knowledge base quotes:
// https://support.atlassian.com/atlassian-cloud/kb/409-error-when-attempting-to-update-email-address-via-user-provisioning/
func taken(kind, attribute, value string) *refusal {
	return refuse(http.StatusConflict, "uniqueness", "Resource [%s]: with %s[%s] already exists.", kind, attribute, value)
}

func absent(kind, id string) *refusal {
	return refuse(http.StatusNotFound, "", "Resource [%s]: with id[%s] not found.", kind, id)
}

func asRefusal(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return refuse(http.StatusInternalServerError, "", "%s", err)
}

// send answers with a refusal.
func (s *Server) send(w http.ResponseWriter, r *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sendLocked(w, r)
}

func (s *Server) sendLocked(w http.ResponseWriter, r *refusal) {
	s.requests++
	traceID := fmt.Sprintf("%032x", s.requests)
	w.Header().Set("Atl-Traceid", traceID)
	if r.status == http.StatusUnauthorized || r.status == http.StatusForbidden {
		rig.WriteJSON(w, r.status, map[string]string{"error": r.detail, "traceId": traceID})
		return
	}
	body := map[string]any{"schemas": []string{schemaError}, "status": strconv.Itoa(r.status)}
	if r.scimType != "" {
		body["scimType"] = r.scimType
	}
	if !s.options.Unconfirmed.Terse {
		body["detail"] = r.detail
	}
	w.Header().Set("Content-Type", mediaType)
	rig.WriteJSON(w, r.status, body)
}
