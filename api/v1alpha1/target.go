package v1alpha1

import "strings"

// Target identifies the directory behind an entry, whatever the entry is
// called: its product, its address without scheme and, in Cloud, its id. Two
// entries with one Target lead to one directory; an entry whose Target changes
// leads to another one.
func (d *DirectorySpec) Target() string {
	_, address, _ := strings.Cut(strings.TrimRight(d.URL, "/"), "://")
	host, path, hasPath := strings.Cut(address, "/")
	address = strings.ToLower(host)
	if hasPath {
		address += "/" + path
	}
	return strings.TrimSpace(string(d.Product) + " " + address + " " + d.DirectoryID)
}
