package cloud

import (
	"encoding/json"
	"net/http"
	"strings"
)

// patchBody is RequestPayloadToPatch. Its key is read in both spellings, that
// of the vendor's example and that of the vendor's schema.
type patchBody struct {
	Operations []patchOperation `json:"Operations"`
}

type patchOperation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// steps reads the operations of a PATCH.
func (c *call) steps() ([]patchOperation, error) {
	var body patchBody
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if len(body.Operations) == 0 {
		return nil, refuse(http.StatusBadRequest, "invalidSyntax", "There are no operations.")
	}
	for i := range body.Operations {
		op := strings.ToLower(body.Operations[i].Op)
		if op != "add" && op != "replace" && op != "remove" {
			return nil, refuse(http.StatusBadRequest, "invalidSyntax", "Operation [%s] is unknown.", op)
		}
		body.Operations[i].Op = op
	}
	return body.Operations, nil
}

// patched answers a PATCH that had success.
func (s *Server) patched(body any) (int, any, error) {
	if s.options.Unconfirmed.PatchAnswersNothing {
		return http.StatusNoContent, nil, nil
	}
	return http.StatusOK, body, nil
}
