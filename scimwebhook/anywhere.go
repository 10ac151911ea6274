package scimwebhook

import "net/http"

// anywhere serves queries over all kinds of resources at once (RFC 7644
// sections 3.4.2.1 and 3.4.3), and what is not offered to anybody.
func (s *Server) anywhere(mux *http.ServeMux, kinds ...searchable) {
	mux.Handle(scopePattern, methods{http.MethodGet: s.query(kinds...)})
	mux.Handle(scopePattern+"/.search", methods{http.MethodPost: s.searchByBody(kinds...)})
	mux.HandleFunc(scopePattern+"/Me", func(w http.ResponseWriter, r *http.Request) { fail(w, r, noMe()) })
}

// query answers a GET with a query in its URL.
func (s *Server) query(kinds ...searchable) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		request, err := searchOf(r.URL.Query())
		if err != nil {
			return err
		}
		return s.answerSearch(w, r, request, kinds...)
	}
}

// searchByBody answers a POST with a query in its body.
func (s *Server) searchByBody(kinds ...searchable) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var request searchRequest
		if err := decode(r, &request); err != nil {
			return err
		}
		return s.answerSearch(w, r, request, kinds...)
	}
}

// noMe is the answer that RFC 7644 section 3.11 has for us: tokens belong to
// identity providers, so there is no user who asks.
func noMe() *failure {
	return failf(http.StatusNotImplemented, "", "/Me is not offered: a token belongs to an identity provider and not to a user")
}
