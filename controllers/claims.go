package controllers

import (
	"cmp"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/atlassync/atlassync/controllers/directory"
)

// claims decides who of several objects of one SyncConfig may have a name in
// a directory, so that two people never end up in one account. It is held in
// memory, built from the cache and kept up to date by every reconcile.
//
// An object claims the name it wants, and the name and id of the account it
// is linked to. Of several claimants the linked one goes first, then whoever
// was let in first by this process, then the oldest object.
type claims struct {
	wake func(...types.NamespacedName)

	mu     sync.Mutex
	tables map[claimScope]*claimTable
}

// claimScope is one directory of one SyncConfig.
type claimScope struct {
	config    types.NamespacedName
	directory string
}

// objects are the names of claimants.
func (s claimScope) objects(claimants []*claimant) []types.NamespacedName {
	var names []types.NamespacedName
	for _, c := range claimants {
		names = append(names, types.NamespacedName{Namespace: s.config.Namespace, Name: c.object})
	}
	return names
}

// claimTable is built for one version of the SyncConfig's spec.
type claimTable struct {
	version specVersion
	// names are claimed by their folded form, ids as they are.
	names, ids claimed
	objects    map[string]*claimant // by object
}

// claimant is an object and what it claims. There is one for every user.
type claimant struct {
	// object is its name, in the namespace of the SyncConfig.
	object string
	// created is when it was, in seconds since 1970.
	created int64
	// title is how messages call the object: its userName or displayName.
	title string
	// wants is the directory name that it should have.
	wants string
	// linkedName and linkedID are of the account that it is linked to, if any.
	linkedName, linkedID string
	// shares says that a mapping gives the name, which all who have it from
	// there share.
	shares bool
	// leaving says that the object is being deleted.
	leaving bool

	granted bool
}

func newClaims(wake func(...types.NamespacedName)) *claims {
	return &claims{wake: wake, tables: map[claimScope]*claimTable{}}
}

// claim enters or renews the claims of one object and says who holds the name
// that it wants: empty if it does itself or shares it with the holder, else
// the title of the holder. Who wants no name has none to wait for. When
// the table is missing or was built for another version of the spec, load
// lists every object of the SyncConfig.
func (c *claims) claim(scope claimScope, version specVersion, self claimant, load func() ([]claimant, error)) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	table := c.tables[scope]
	if table == nil || table.version != version {
		all, err := load()
		if err != nil {
			return "", err
		}
		table = buildClaimTable(version, all, table)
		c.tables[scope] = table
	}
	c.wakeOthers(scope.objects(table.renew(&self)))
	if self.wants == "" {
		return "", nil
	}
	holder := table.holder(directory.FoldName(self.wants))
	if holder.object == self.object || holder.shares && self.shares {
		table.objects[self.object].granted = true
		return "", nil
	}
	return holder.title, nil
}

// ownerOf names another object that is linked to the account with this id.
func (c *claims) ownerOf(scope claimScope, self types.NamespacedName, id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	table := c.tables[scope]
	if table == nil {
		return ""
	}
	for _, other := range table.ids.by(id) {
		if other.object != self.Name {
			return other.title
		}
	}
	return ""
}

// sharers are the other objects that keep up what has a name: they are linked
// to it, or have it from a mapping.
func (c *claims) sharers(scope claimScope, self types.NamespacedName, name string) []types.NamespacedName {
	var others []types.NamespacedName
	c.eachSharer(scope, self, name, func(other *claimant) { others = append(others, scope.objects([]*claimant{other})...) })
	return others
}

// sharer names one of them, in the words of messages; empty if there is none.
func (c *claims) sharer(scope claimScope, self types.NamespacedName, name string) (title string) {
	c.eachSharer(scope, self, name, func(other *claimant) { title = cmp.Or(title, other.title) })
	return title
}

func (c *claims) eachSharer(scope claimScope, self types.NamespacedName, name string, tell func(*claimant)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	table := c.tables[scope]
	if table == nil || name == "" {
		return
	}
	key := directory.FoldName(name)
	for _, other := range table.names.by(key) {
		if other.object != self.Name && !other.leaving && (other.linkedTo(key) || other.shares && directory.FoldName(other.wants) == key) {
			tell(other)
		}
	}
}

// forget drops the claims of an object that is gone, and has those who waited
// for its names reconciled.
func (c *claims) forget(object types.NamespacedName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for scope, table := range c.tables {
		if scope.config.Namespace == object.Namespace {
			c.wakeOthers(scope.objects(table.remove(object.Name)))
		}
	}
}

// forgetConfig drops the tables of a SyncConfig that is gone.
func (c *claims) forgetConfig(config types.NamespacedName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for scope := range c.tables {
		if scope.config == config {
			delete(c.tables, scope)
		}
	}
}

func (c *claims) wakeOthers(names []types.NamespacedName) {
	if len(names) > 0 {
		c.wake(names...)
	}
}

// buildClaimTable keeps what the previous table had granted, since the cache
// may not show yet what came of it.
func buildClaimTable(version specVersion, all []claimant, previous *claimTable) *claimTable {
	table := &claimTable{version: version, names: newClaimed(), ids: newClaimed(), objects: map[string]*claimant{}}
	for i := range all {
		entry := &all[i]
		if previous != nil {
			if old := previous.objects[entry.object]; old != nil {
				entry.granted = old.granted && directory.SameName(old.wants, entry.wants)
			}
		}
		table.insert(entry)
	}
	return table
}

// renew replaces an object's claims and gives the objects that may now have a
// name which it no longer claims.
func (t *claimTable) renew(self *claimant) []*claimant {
	old := t.objects[self.object]
	if old != nil {
		if old.claimsEqual(self) {
			old.title = self.title
			return nil
		}
		self.granted = old.granted && directory.SameName(old.wants, self.wants)
	}
	freed := t.remove(self.object)
	t.insert(self)
	return freed
}

func (t *claimTable) insert(entry *claimant) {
	t.objects[entry.object] = entry
	for _, name := range entry.names() {
		t.names.add(name, entry)
	}
	if entry.linkedID != "" {
		t.ids.add(entry.linkedID, entry)
	}
}

func (t *claimTable) remove(object string) (others []*claimant) {
	entry := t.objects[object]
	if entry == nil {
		return nil
	}
	delete(t.objects, object)
	for _, name := range entry.names() {
		others = append(others, t.names.remove(name, entry)...)
	}
	if entry.linkedID != "" {
		others = append(others, t.ids.remove(entry.linkedID, entry)...)
	}
	return others
}

// holder is who goes first of those that claim a key.
func (t *claimTable) holder(key string) *claimant {
	return slices.MinFunc(t.names.by(key), func(a, b *claimant) int {
		return cmp.Or(
			compareBool(a.linkedTo(key), b.linkedTo(key)),
			compareBool(a.granted, b.granted),
			cmp.Compare(a.created, b.created),
			cmp.Compare(a.object, b.object),
		)
	})
}

func (c *claimant) linkedTo(key string) bool {
	return c.linkedName != "" && directory.FoldName(c.linkedName) == key
}

// names are those that the object claims, folded, each once.
func (c *claimant) names() []string {
	names := make([]string, 0, 2)
	for _, name := range [...]string{c.wants, c.linkedName} {
		if name = directory.FoldName(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (c *claimant) claimsEqual(other *claimant) bool {
	return c.linkedName == other.linkedName && c.linkedID == other.linkedID && directory.SameName(c.wants, other.wants) &&
		c.shares == other.shares && c.leaving == other.leaving
}

// compareBool puts true first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
