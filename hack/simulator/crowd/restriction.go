package crowd

import (
	"cmp"
	"net/http"
	"strings"
)

// restrictionWrite is a restriction as JSON. Its match mode goes by two names:
// the vendor's example of JSON has one, its other pages the other.
type restrictionWrite struct {
	Type         string             `json:"restriction-type"`
	Logic        string             `json:"boolean-logic"`
	Restrictions []restrictionWrite `json:"restrictions"`
	Property     struct {
		Name string `json:"name"`
	} `json:"property"`
	MatchMode      string `json:"match-mode"`
	MatchModeCamel string `json:"matchMode"`
	Value          string `json:"value"`
}

// searchByBody is POST search.
func (s *Server) searchByBody(c *call) (answer, error) {
	var w restrictionWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	satisfies, err := w.restriction()
	if err != nil {
		return answer{}, err
	}
	return s.found(c, satisfies)
}

func (w restrictionWrite) restriction() (restriction, error) {
	switch w.Type {
	case "property-search-restriction":
		return w.comparison()
	case "boolean-search-restriction":
		return w.combination()
	case "", "null-search-restriction":
		return everything, nil
	}
	return nil, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "There is no restriction-type %s", w.Type)
}

func (w restrictionWrite) comparison() (restriction, error) {
	matches := map[string]func(has, value string) bool{
		"EXACTLY_MATCHES": func(has, value string) bool { return has == value },
		"CONTAINS":        strings.Contains,
		"STARTS_WITH":     strings.HasPrefix,
		"ENDS_WITH":       strings.HasSuffix,
	}[cmp.Or(w.MatchMode, w.MatchModeCamel)]
	if matches == nil {
		return nil, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "There is no match-mode %s", cmp.Or(w.MatchMode, w.MatchModeCamel))
	}
	property, value := strings.ToLower(w.Property.Name), strings.ToLower(w.Value)
	return func(p map[string]string) bool { return matches(strings.ToLower(p[property]), value) }, nil
}

func (w restrictionWrite) combination() (restriction, error) {
	all := make([]restriction, 0, len(w.Restrictions))
	for _, part := range w.Restrictions {
		satisfies, err := part.restriction()
		if err != nil {
			return nil, err
		}
		all = append(all, satisfies)
	}
	switch strings.ToLower(w.Logic) {
	case "and":
		return every(all), nil
	case "or":
		return either(all), nil
	}
	return nil, refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "boolean-logic is neither and nor or")
}
