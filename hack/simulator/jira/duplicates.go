package jira

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

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
	for _, first := range s.Accounts() {
		var same []duplicate
		active := 0
		for _, d := range s.Directories {
			if u := d.Users[userbase.Fold(first.Name)]; u != nil {
				same = append(same, duplicate{d.ID, d.Name, u.Active})
				if u.Active {
					active++
				}
			}
		}
		if len(same) > 1 && (active > 1 || active == 1 && !first.Active) {
			found[first.Name] = same
		}
	}
	return found
}
