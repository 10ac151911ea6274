package directory

import "context"

// minimumKnown is how many known accounts it takes to judge a reading by them.
const minimumKnown = 5

// Known tells which accounts are known to be in the directory, by id and name.
// A Sweep that shows fewer than half of them is not believed, however many
// others it shows: it is of another instance, or of another time.
type Known func(context.Context) ([]User, error)

// Disbelieved says why the last complete reading was not believed; nil if it
// was, or if there has been none. Until one is believed, an account that is
// not there may be gone, or the directory may not be the one that it was.
func (m *Mirror) Disbelieved() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.doubted
}

// believe judges a reading of all accounts. One of accepted accounts is
// believed in any case.
func (m *Mirror) believe(ctx context.Context, now *picture, known Known, accepted int) error {
	var doubt error
	if len(now.users) != accepted {
		shrunk, err := m.judge(ctx, now, known)
		if err != nil {
			return err
		}
		if shrunk != nil {
			doubt = shrunk
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.doubted = doubt
	return doubt
}

// judge holds a reading against the one before. Who is known is asked for only
// if that does not settle it, since it is a look at every user.
func (m *Mirror) judge(ctx context.Context, now *picture, known Known) (*ShrunkError, error) {
	size, before, same := len(now.users), 0, false
	m.change(func(seen *picture, t *touched) {
		before, same = t.users, now.showsAllOf(seen, t)
	})
	switch {
	case before > 0 && size*2 < before:
		return &ShrunkError{What: "accounts", From: before, To: size}, nil
	case same || known == nil:
		return nil, nil
	}
	accounts, err := known(ctx)
	if err != nil {
		return nil, err
	}
	sure, found := m.tally(now, accounts)
	switch {
	case before == 0 && size*2 < sure:
		return &ShrunkError{What: "accounts", From: sure, To: size}, nil
	case sure >= minimumKnown && found*2 < sure:
		return &ShrunkError{What: "accounts that users stand behind", From: sure, To: found, Accept: size}, nil
	}
	return nil, nil
}

// showsAllOf reports whether nobody is missing who was seen before, by id and
// name, and was not written to meanwhile, and that these are most of all.
func (p *picture) showsAllOf(seen *picture, t *touched) bool {
	if seen == nil {
		return false
	}
	again := 0
	for _, account := range seen.users {
		switch {
		case p.hasSame(account):
			again++
		case !t.has(*account):
			return false
		}
	}
	return again*2 > len(seen.users)
}

// hasSame reports whether there is the account of that id, under that name.
func (p *picture) hasSame(account *User) bool {
	shown, ok := p.users[account.ID]
	return ok && (shown == account || SameName(shown.Name, account.Name))
}

// tally counts those of some accounts that a reading is sure to show, since
// they have not been written to meanwhile, and those that it does show.
func (m *Mirror) tally(now *picture, accounts []User) (sure, found int) {
	m.change(func(_ *picture, t *touched) {
		for i := range accounts {
			if t.has(accounts[i]) {
				continue
			}
			sure++
			if now.hasSame(&accounts[i]) {
				found++
			}
		}
	})
	return sure, found
}
