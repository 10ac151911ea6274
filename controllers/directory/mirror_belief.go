package directory

// minimumKnown is how many known accounts it takes to judge a reading by them.
const minimumKnown = 5

// SetKnown tells which accounts are known to be in the directory, by id and
// name. A Sweep that shows fewer than half of them is not believed, however
// many others it shows: it is of another instance, or of another time.
func (m *Mirror) SetKnown(known []User) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = known
}

// Disbelieved says why the last complete reading was not believed; nil if it
// was, or if there has been none. Until one is believed, an account that is
// not there may be gone, or the directory may not be the one that it was.
func (m *Mirror) Disbelieved() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.doubted
}

// believe judges a reading of all accounts, where there were before, or at
// least expected. One of accepted accounts is believed in any case.
func (m *Mirror) believe(now *picture, before, expected, accepted int) error {
	if before > 0 {
		expected = before
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.doubted = nil
	known := m.known
	m.known = nil // told anew before the next reading
	size := len(now.users)
	found := 0
	for _, user := range known {
		if account, ok := now.users[user.ID]; ok && SameName(account.Name, user.Name) {
			found++
		}
	}
	switch {
	case size == accepted:
	case size*2 < expected:
		m.doubted = &ShrunkError{What: "accounts", From: expected, To: size}
	case len(known) >= minimumKnown && found*2 < len(known):
		m.doubted = &ShrunkError{What: "accounts that users stand behind", From: len(known), To: found, Accept: size}
	}
	return m.doubted
}
