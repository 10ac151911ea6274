package rig

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
)

// WriteJSON answers with a body as JSON; nil for none.
func WriteJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "encoding the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	}
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}

// WritePage sends an HTML page as a login screen or a proxy would.
func WritePage(w http.ResponseWriter, status int, product string) {
	title := html.EscapeString(http.StatusText(status))
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>"+title+" - "+html.EscapeString(product)+"</title></head>"+
		"<body><h1>"+title+"</h1></body></html>\n")
}
