package scimwebhook

import "github.com/atlassync/atlassync/scimwebhook/schema"

// listMessage is the answer to a query (RFC 7644 section 3.4.2).
type listMessage struct {
	Schemas []string `json:"schemas"`
	// TotalResults is nil where counting would cost a look at everything.
	TotalResults *int `json:"totalResults,omitempty"`
	// StartIndex counts from 1; with a cursor there is none.
	StartIndex   int `json:"startIndex,omitempty"`
	ItemsPerPage int `json:"itemsPerPage"`
	// NextCursor leads to the page that follows (RFC 9865); empty for the last.
	NextCursor string           `json:"nextCursor,omitempty"`
	Resources  []map[string]any `json:"Resources"`
}

func newList(resources []map[string]any, total, startIndex int) listMessage {
	return listMessage{
		Schemas:      []string{schema.URNListResponse},
		TotalResults: new(total),
		StartIndex:   startIndex,
		ItemsPerPage: len(resources),
		Resources:    resources,
	}
}
