package userbase

// listings are lists of accounts in an order. Each is made when it is first
// asked for and kept until something comes, goes or is renamed that it may
// show; so a page of a listing costs what the page holds.
type listings struct {
	accounts map[string][]*Account // by the name of the order
	members  map[memberListing][]*Account
}

// memberListing names the listing of the members of a group.
type memberListing struct {
	group  string // folded
	nested bool
}

func newListings() *listings {
	return &listings{accounts: map[string][]*Account{}, members: map[memberListing][]*Account{}}
}

// changed drops all that showed an account as it was.
func (l *listings) changed() {
	clear(l.accounts)
	l.membersChanged()
}

func (l *listings) membersChanged() {
	clear(l.members)
}

// Listing gives the accounts that count in an order, which list makes if
// accounts have changed since it was last asked for. What is in it depends on
// names and directories alone; it is not to be changed.
func (b *Base) Listing(order string, list func() []*Account) []*Account {
	return kept(b.listings.accounts, order, list)
}

// kept gives what is known, or makes it known.
func kept[K comparable](known map[K][]*Account, key K, list func() []*Account) []*Account {
	accounts, ok := known[key]
	if !ok {
		accounts = list()
		known[key] = accounts
	}
	return accounts
}

// Those are the accounts that are of a sort, in their order.
func Those(accounts []*Account, are func(*Account) bool) []*Account {
	var those []*Account
	for _, u := range accounts {
		if are(u) {
			those = append(those, u)
		}
	}
	return those
}

// IsActive reports whether an account is active.
func IsActive(u *Account) bool { return u.Active }
