package directory

// size is how many members a group has; -1 if that is not known.
func (g *mirroredGroup) size() int {
	if g.members == nil {
		return -1
	}
	return len(g.members)
}

func (p *picture) group(name string) (Group, answer) {
	if p == nil || p.groups[FoldName(name)] == nil {
		return Group{}, unsure
	}
	return p.groups[FoldName(name)].group, present
}

func (p *picture) groupWrites(name string) int {
	if p == nil || p.groups[FoldName(name)] == nil {
		return 0
	}
	return p.groups[FoldName(name)].writes
}

// putGroup remembers that a group exists. What is known of its members stays.
func (p *picture) putGroup(group Group) {
	if p == nil {
		return
	}
	delete(p.gone, FoldName(group.Name))
	if known := p.groups[FoldName(group.Name)]; known != nil {
		known.group = group
		return
	}
	p.groups[FoldName(group.Name)] = &mirroredGroup{group: group}
}

func (p *picture) dropGroup(name string) {
	if p != nil {
		delete(p.groups, FoldName(name))
		delete(p.gone, FoldName(name))
	}
}

// missGroup remembers that there is no such group, unless it was made while it
// was looked for.
func (p *picture) missGroup(name string) {
	if p != nil && p.groups[FoldName(name)] == nil {
		p.gone[FoldName(name)] = true
	}
}

// membersOf gives the members of a group, with all that is known of each.
func (p *picture) membersOf(name string) ([]User, answer) {
	if p == nil {
		return nil, unsure
	}
	known := p.groups[FoldName(name)]
	if known == nil || known.members == nil {
		return nil, unsure
	}
	members := make([]User, 0, len(known.members))
	for key := range known.members {
		members = append(members, p.member(key))
	}
	return members, present
}

// putMembers remembers all members of a group.
func (p *picture) putMembers(group Group, members []User) {
	if p == nil {
		return
	}
	p.putGroup(group)
	known := p.groups[FoldName(group.Name)]
	known.writes++
	known.members = make(map[string]struct{}, len(members))
	for _, member := range members {
		known.members[p.memberKey(member)] = struct{}{}
	}
}

func (p *picture) addMembers(name string, users []User) {
	p.editMembers(name, users, func(members map[string]struct{}, key string) { members[key] = struct{}{} })
}

func (p *picture) removeMembers(name string, users []User) {
	p.editMembers(name, users, func(members map[string]struct{}, key string) { delete(members, key) })
}

func (p *picture) editMembers(name string, users []User, edit func(map[string]struct{}, string)) {
	if p == nil || p.groups[FoldName(name)] == nil {
		return
	}
	known := p.groups[FoldName(name)]
	known.writes++
	if known.members == nil {
		return
	}
	for _, user := range users {
		edit(known.members, p.memberKey(user))
	}
}

// renameMember follows an account whose id is its name to its new one.
func (p *picture) renameMember(before, after string) {
	if p == nil || before == after {
		return
	}
	for _, known := range p.groups {
		if _, in := known.members[before]; in {
			delete(known.members, before)
			known.members[after] = struct{}{}
		}
	}
}

// dropMember takes a deleted account out of all groups.
func (p *picture) dropMember(id string) {
	if p == nil {
		return
	}
	for _, known := range p.groups {
		delete(known.members, id)
	}
}

// memberKey is the id of a member where it can be told, else a mark with its
// name, for accounts that the listing of users did not show.
func (p *picture) memberKey(member User) string {
	switch known, ok := p.users[member.ID]; {
	case ok:
		return known.ID // the text that is held anyway
	case member.ID != "":
		return member.ID
	}
	if known, ok := p.names[FoldName(member.Name)]; ok {
		return known.ID
	}
	return "\x00" + member.Name
}

func (p *picture) member(key string) User {
	if user, ok := p.users[key]; ok {
		return *user
	}
	if key != "" && key[0] == 0 {
		return User{Name: key[1:]}
	}
	return User{ID: key}
}
