package userbase

// Identity gives the identity of a username, a new one at first sight.
func (b *Base) Identity(name string) *Identity {
	if id := b.identities[Fold(name)]; id != nil {
		return id
	}
	return b.identify(name, b.newKey(b.nextNumber, name))
}

// identify gives a username a new identity with that key.
func (b *Base) identify(name, key string) *Identity {
	id := &Identity{Number: b.nextNumber, Key: key, name: Fold(name)}
	b.nextNumber++
	b.identities[id.name] = id
	b.keys[key] = id
	return id
}

// mayHaveKey reports whether a user of that name can be given the key; an
// empty one stands for whatever the user has or gets.
func (b *Base) mayHaveKey(name, key string) bool {
	byName, byKey := b.identities[Fold(name)], b.keys[key]
	return key == "" || byName == byKey
}
