package directory

// answer is what a picture can say of something.
type answer uint8

const (
	// unsure: only the directory itself can tell.
	unsure answer = iota
	present
	absent
)

// picture is a directory as it was last read and has been written since. Its
// methods do nothing, and know nothing, when it is nil.
type picture struct {
	users  map[string]*User // by id; never changed, so that pictures share them
	names  map[string]*User // by folded username
	groups map[string]*mirroredGroup
	gone   map[string]bool // folded names of groups that were looked for and not found
	// doubtful holds the ids and folded names of accounts whose last write did
	// not go as planned.
	doubtful map[string]bool
	// writes counts the changes.
	writes int
}

// mirroredGroup is a group and, once they have been read, its members.
type mirroredGroup struct {
	group   Group
	members map[string]struct{} // by memberKey; nil while not known
	writes  int
}

// newPicture is a picture that is to hold about so many accounts.
func newPicture(users int) *picture {
	return &picture{
		users: make(map[string]*User, users), names: make(map[string]*User, users),
		groups: map[string]*mirroredGroup{}, gone: map[string]bool{}, doubtful: map[string]bool{},
	}
}

func (p *picture) writesSoFar() int {
	if p == nil {
		return 0
	}
	return p.writes
}

// accounts are all of them, by id.
func (p *picture) accounts() map[string]*User {
	if p == nil {
		return nil
	}
	return p.users
}

func (p *picture) userByName(name string) (User, answer) {
	if p == nil || p.doubtful["name "+FoldName(name)] {
		return User{}, unsure
	}
	user, ok := p.names[FoldName(name)]
	if !ok {
		return User{}, absent
	}
	return p.userByID(user.ID)
}

// idOf is the id of an account by its name; empty if there is none.
func (p *picture) idOf(name string) string {
	if user, ok := p.names[FoldName(name)]; ok {
		return user.ID
	}
	return ""
}

func (p *picture) userByID(id string) (User, answer) {
	if p == nil || p.doubtful["id "+id] {
		return User{}, unsure
	}
	if user, ok := p.users[id]; ok {
		return *user, present
	}
	return User{}, absent
}

// held is an account as it is kept: as the picture has it, if that is the
// same, so that a text is in memory once however often it is read.
func (p *picture) held(user User) *User {
	if p != nil {
		if known, ok := p.users[user.ID]; ok && *known == user {
			return known
		}
	}
	kept := user
	if kept.Name == kept.ID {
		kept.Name = kept.ID
	}
	if kept.Email == kept.Name {
		kept.Email = kept.Name
	}
	return &kept
}

// putUser remembers an account, whatever it was called before.
func (p *picture) putUser(user User) {
	if p == nil {
		return
	}
	p.writes++
	p.unname(user.ID)
	p.put(p.held(user))
	delete(p.doubtful, "id "+user.ID)
	delete(p.doubtful, "name "+FoldName(user.Name))
}

// put adds an account.
func (p *picture) put(user *User) {
	p.users[user.ID] = user
	p.names[FoldName(user.Name)] = user
}

// unname forgets the name of an account, unless another has it now.
func (p *picture) unname(id string) {
	if known, ok := p.users[id]; ok && p.idOf(known.Name) == id {
		delete(p.names, FoldName(known.Name))
	}
}

// dropUser remembers that there is no account of that id or name; either may
// be empty.
func (p *picture) dropUser(id, name string) {
	if p == nil {
		return
	}
	p.writes++
	if id == "" {
		id = p.idOf(name)
	}
	p.unname(id)
	delete(p.users, id)
	delete(p.doubtful, "id "+id)
	if name != "" {
		delete(p.names, FoldName(name))
		delete(p.doubtful, "name "+FoldName(name))
	}
}

// doubtUser forgets whether there is an account of that id or name.
func (p *picture) doubtUser(id, name string) {
	if p == nil {
		return
	}
	p.writes++
	if id == "" {
		id = p.idOf(name)
	}
	if id != "" {
		p.doubtful["id "+id] = true
	}
	if known, ok := p.users[id]; ok && name == "" {
		name = known.Name
	}
	if name != "" {
		p.doubtful["name "+FoldName(name)] = true
	}
}
