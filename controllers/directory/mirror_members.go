package directory

import (
	"context"
	"slices"
)

// Know sees to it that it is known who is in the named groups, for Lacks. What
// the last reading covered costs nothing; of the others each is looked for and
// read, and covered by the next reading.
func (m *Mirror) Know(ctx context.Context, groups ...string) error {
	for _, name := range groups {
		if m.knows(name) {
			continue
		}
		group, err := m.FindGroup(ctx, name)
		if err == nil {
			_, err = collect(m.EachMember(ctx, group))
		}
		if err != nil && !IsNotFound(err) {
			return err
		}
	}
	return nil
}

// Lacks reports whether an account is known not to be in a group, or the group
// not to exist. It never asks the directory: of what is not known, or in
// doubt, nothing is said to be lacking.
func (m *Mirror) Lacks(group string, account User) bool {
	lacks, known := look(m, func(p *picture) (bool, answer) { return p.lacks(group, account) })
	return known == present && lacks
}

func (p *picture) lacks(group string, account User) (bool, answer) {
	if _, known := p.userByID(account.ID); known != present {
		return false, unsure
	}
	if p.gone[FoldName(group)] {
		return true, present
	}
	known := p.groups[FoldName(group)]
	if known == nil || known.members == nil {
		return false, unsure
	}
	_, in := known.members[p.memberKey(account)]
	return !in, present
}

// Lacking are the accounts, as last seen, that are known not to be in one of
// some groups, as by Lacks.
func (m *Mirror) Lacking(groups []string) []User {
	var lacking []User
	m.change(func(p *picture, _ *touched) {
		for _, account := range p.accounts() {
			if slices.ContainsFunc(groups, func(group string) bool {
				lacks, known := p.lacks(group, *account)
				return known == present && lacks
			}) {
				lacking = append(lacking, *account)
			}
		}
	})
	return lacking
}

// knows reports whether it is known who is in a group, without a look.
func (m *Mirror) knows(group string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		return false
	}
	known := m.seen.groups[FoldName(group)]
	return known != nil && known.members != nil
}
