package manager

import (
	"bytes"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

func TestUsername(t *testing.T) {
	for _, row := range []struct {
		name string
		args []string
		out  string
		err  string
	}{
		{"the local part", []string{"--regex", "(.*)@.*", "--replacement", "<$1>", "demouser@gmail.com", "Bob"},
			"USERNAME             DIRECTORY USERNAME   NOTE\ndemouser@gmail.com   <demouser>           \n" +
				"Bob" + strings.Repeat(" ", 18) + "Bob" + strings.Repeat(" ", 18) + "\n", ""},
		{"lower case", []string{"--case", "Lower", "Ada"}, "USERNAME   DIRECTORY USERNAME   NOTE\nAda        ada                  \n", ""},
		{"nothing left", []string{"--regex", ".*", "--replacement", "", "ada"},
			"USERNAME   DIRECTORY USERNAME   NOTE\nada                             the username is empty after the regex: check spec.username of the SyncConfig\n",
			"1 of 1 usernames cannot be used"},
		{"a group that is not there", []string{"--regex", "(.*)@.*", "--replacement", "$2", "ada"}, "", "names group $2"},
		{"look-around", []string{"--regex", "(?=a)", "ada"}, "", "RE2 has no look-around"},
		{"no names", nil, "", "usage: atlassync username"},
		{"no such case", []string{"--case", "Upper", "ada"}, "", "usage: atlassync username"},
		{"nothing to replace", []string{"--replacement", "$1", "ada"}, "", "usage: atlassync username"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := NewWithT(t)
			var out bytes.Buffer
			err := Username(t.Context(), Streams{&out, &out}, nil, row.args)
			g.Expect(out.String()).To(Equal(row.out))
			if row.err == "" {
				g.Expect(err).NotTo(HaveOccurred())
				return
			}
			g.Expect(err).To(MatchError(ContainSubstring(row.err)))
		})
	}
}
