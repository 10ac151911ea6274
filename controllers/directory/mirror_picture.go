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
	users  map[string]User   // by id
	names  map[string]string // folded username to id
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

func newPicture() *picture {
	return &picture{
		users: map[string]User{}, names: map[string]string{},
		groups: map[string]*mirroredGroup{}, gone: map[string]bool{}, doubtful: map[string]bool{},
	}
}

func (p *picture) writesSoFar() int {
	if p == nil {
		return 0
	}
	return p.writes
}

func (p *picture) userByName(name string) (User, answer) {
	if p == nil || p.doubtful["name "+FoldName(name)] {
		return User{}, unsure
	}
	id, ok := p.names[FoldName(name)]
	if !ok {
		return User{}, absent
	}
	return p.userByID(id)
}

func (p *picture) userByID(id string) (User, answer) {
	if p == nil || p.doubtful["id "+id] {
		return User{}, unsure
	}
	if user, ok := p.users[id]; ok {
		return user, present
	}
	return User{}, absent
}

// putUser remembers an account, whatever it was called before.
func (p *picture) putUser(user User) {
	if p == nil {
		return
	}
	p.writes++
	if before, ok := p.users[user.ID]; ok && p.names[FoldName(before.Name)] == user.ID {
		delete(p.names, FoldName(before.Name))
	}
	p.users[user.ID] = user
	p.names[FoldName(user.Name)] = user.ID
	delete(p.doubtful, "id "+user.ID)
	delete(p.doubtful, "name "+FoldName(user.Name))
}

// dropUser remembers that there is no account of that id or name; either may
// be empty.
func (p *picture) dropUser(id, name string) {
	if p == nil {
		return
	}
	p.writes++
	if id == "" {
		id = p.names[FoldName(name)]
	}
	if before, ok := p.users[id]; ok && p.names[FoldName(before.Name)] == id {
		delete(p.names, FoldName(before.Name))
	}
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
		id = p.names[FoldName(name)]
	}
	if id != "" {
		p.doubtful["id "+id] = true
	}
	if name == "" {
		name = p.users[id].Name
	}
	if name != "" {
		p.doubtful["name "+FoldName(name)] = true
	}
}
