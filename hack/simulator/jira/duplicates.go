package jira

import "net/http"

// duplicate is one of several accounts of the same name.
type duplicate struct {
	DirectoryID   int    `json:"directoryId"`
	DirectoryName string `json:"directoryName"`
	UserActive    bool   `json:"userActive"`
}

// countDuplicates is GET user/duplicated/count.
func (s *Server) countDuplicates(*call) (answer, error) {
	return answer{http.StatusOK, map[string]int{"count": len(s.duplicates())}}, nil
}

// listDuplicates is GET user/duplicated/list.
func (s *Server) listDuplicates(*call) (answer, error) {
	return answer{http.StatusOK, s.duplicates()}, nil
}

// duplicates finds the names that several directories have, if more than one
// of the accounts is active or the only active one is not the one that counts.
func (s *Server) duplicates() map[string][]duplicate {
	found := map[string][]duplicate{}
	for _, first := range s.state.users() {
		var same []duplicate
		active := 0
		for _, d := range s.state.directories {
			if u := d.users[fold(first.name)]; u != nil {
				same = append(same, duplicate{d.id, d.Name, u.active})
				if u.active {
					active++
				}
			}
		}
		if len(same) > 1 && (active > 1 || active == 1 && !first.active) {
			found[first.name] = same
		}
	}
	return found
}
