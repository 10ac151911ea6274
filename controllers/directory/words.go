package directory

// Words are the capabilities as a status shows them.
func (c Capabilities) Words() []string {
	var words []string
	for _, capability := range []struct {
		has  bool
		word string
	}{
		{c.Deactivates, "DeactivateUsers"},
		{c.DeletesUsers, "DeleteUsers"},
		{c.RenamesUsers, "RenameUsers"},
		{c.ReadsEmail, "ReadEmail"},
		{c.NestedGroups, "NestedGroups"},
		{c.MembersPerRequest > 1, "BatchMembers"},
		{c.VerifiesDirectory, "VerifyDirectory"},
	} {
		if capability.has {
			words = append(words, capability.word)
		}
	}
	return words
}
