package localenv

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// FreeAddress is a loopback address for a child process to listen on. No other
// caller gets it, in this process or another, for as long as this one runs, so
// that a child that is stopped finds it free when it is started again.
//
// It is none of the ports that the system gives to whoever asks for any, for a
// listener or a connection: those begin at 32768 on Linux and at 49152 by
// RFC 6335 section 6. One of them that was free a moment ago may be taken.
func FreeAddress() (string, error) {
	return own.take()
}

const (
	firstPort = 20000
	blocks    = 100
	blockSize = 100
)

// own are the addresses of this process.
var own = &addresses{}

// addresses hands out loopback ports in blocks. Who listens on the first port
// of a block owns the block.
type addresses struct {
	mutex sync.Mutex
	marks []net.Listener // on the first port of each block owned
	left  []uint16       // of the last block
}

func (a *addresses) take() (string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for {
		if len(a.left) == 0 {
			if err := a.takeBlock(); err != nil {
				return "", err
			}
		}
		port := a.left[0]
		a.left = a.left[1:]
		if listener, err := listenOn(port); err == nil {
			return listener.Addr().String(), listener.Close()
		}
	}
}

func (a *addresses) takeBlock() error {
	var last error
	for block := range blocks {
		first := uint16(firstPort + block*blockSize)
		mark, err := listenOn(first)
		if err != nil {
			last = err
			continue
		}
		a.marks = append(a.marks, mark)
		for i := range uint16(blockSize - 1) {
			a.left = append(a.left, first+1+i)
		}
		return nil
	}
	return fmt.Errorf("take ports from %d on, all %d blocks of which have owners; end some of those programs: %w", firstPort, blocks, last)
}

// listen takes a free port on loopback, whichever the system gives.
func listen() (net.Listener, error) {
	listener, err := listenOn(0)
	if err != nil {
		return nil, fmt.Errorf("take a free port: %w", err)
	}
	return listener, nil
}

func listenOn(port uint16) (net.Listener, error) {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	return net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(loopback, port)))
}
