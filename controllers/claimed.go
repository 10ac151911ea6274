package controllers

import "slices"

// claimed is who claims what. Most of it is claimed by one, which then takes
// no slice.
type claimed struct {
	first map[string]*claimant
	// others are those besides the first, where there are any.
	others map[string][]*claimant
}

func newClaimed() claimed {
	return claimed{first: map[string]*claimant{}, others: map[string][]*claimant{}}
}

// by are all who claim a key, in no order.
func (c claimed) by(key string) []*claimant {
	first := c.first[key]
	if first == nil {
		return nil
	}
	return append([]*claimant{first}, c.others[key]...)
}

func (c claimed) add(key string, entry *claimant) {
	if c.first[key] == nil {
		c.first[key] = entry
		return
	}
	c.others[key] = append(c.others[key], entry)
}

// remove ends a claim and gives those who still have one to the same.
func (c claimed) remove(key string, entry *claimant) (rest []*claimant) {
	rest = slices.DeleteFunc(c.by(key), func(other *claimant) bool { return other == entry })
	delete(c.first, key)
	delete(c.others, key)
	for _, other := range rest {
		c.add(key, other)
	}
	return rest
}
