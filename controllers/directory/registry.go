package directory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Connector makes the client of one product. It makes no request.
type Connector func(Config) (Directory, error)

// Registry keeps one Connection for each directory of each SyncConfig, so
// that all work on a directory shares one budget and one gate.
// It is safe for concurrent use.
type Registry struct {
	connectors map[string]Connector
	onClose    func(uid, name string)
	decorate   func(uid, name string, d Directory) Directory

	mu      sync.Mutex
	entries map[key]entry
}

type key struct{ uid, name string }

type entry struct {
	config     Config
	connection *Connection
}

// NewRegistry makes an empty Registry. The connectors are keyed by
// Config.Product. onClose is called, without any lock held, each time the
// gate of a connection closes, so that its owner can begin to probe. decorate
// wraps each client that is made, for example to count its operations.
func NewRegistry(
	connectors map[string]Connector,
	onClose func(uid, name string),
	decorate func(uid, name string, d Directory) Directory,
) *Registry {
	return &Registry{connectors: connectors, onClose: onClose, decorate: decorate, entries: map[key]entry{}}
}

// Get gives the connection that Ensure made for the named directory of the
// SyncConfig with this UID.
func (r *Registry) Get(uid, name string) (*Connection, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.entries[key{uid, name}]
	return e.connection, ok
}

// Ensure gives the connection for this Config: the present one if the Config
// is the same, else a new one with a closed gate. If no client can be made
// from the Config, the present one is dropped and the error, a *Error of
// KindInvalid or KindUnsupported, says why.
func (r *Registry) Ensure(uid, name string, config Config) (*Connection, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := key{uid, name}
	if e, ok := r.entries[k]; ok && e.config == config {
		return e.connection, nil
	}
	delete(r.entries, k)

	client, err := r.connect(config)
	if err != nil {
		return nil, err
	}
	connection := newConnection(r.decorate(uid, name, client), config.Place(), func() { r.onClose(uid, name) })
	r.entries[k] = entry{config: config, connection: connection}
	return connection, nil
}

// Retain drops the connections of a SyncConfig to all but the named directories.
func (r *Registry) Retain(uid string, names ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.entries, func(k key, _ entry) bool {
		return k.uid == uid && !slices.Contains(names, k.name)
	})
}

// Forget drops all connections of a SyncConfig.
func (r *Registry) Forget(uid string) {
	r.Retain(uid)
}

func (r *Registry) connect(config Config) (Directory, error) {
	connector, ok := r.connectors[config.Product]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(r.connectors)), ", ")
		return nil, &Error{Kind: KindUnsupported, Op: OpConnect,
			Message: fmt.Sprintf("there is no client for product %q; use one of: %s", config.Product, known)}
	}
	return connector(config)
}
