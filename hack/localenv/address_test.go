package localenv

import (
	"net"
	"testing"

	. "github.com/onsi/gomega"
)

// TestAddressesAreNobodyElses lets two programs take more addresses than a
// block has, while nobody listens on any of them.
func TestAddressesAreNobodyElses(t *testing.T) {
	g := NewWithT(t)
	first, second := &addresses{}, &addresses{}
	t.Cleanup(func() {
		for _, mark := range append(first.marks, second.marks...) {
			g.Expect(mark.Close()).To(Succeed())
		}
	})
	owners := map[string]*addresses{}
	for range blockSize + 1 {
		for _, program := range []*addresses{first, second} {
			address, err := program.take()
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(owners).NotTo(HaveKey(address))
			owners[address] = program
		}
	}
	g.Expect(first.marks).To(HaveLen(2), "a second block")
}

func TestAddressIsFree(t *testing.T) {
	g := NewWithT(t)
	program := &addresses{}
	g.Expect(program.takeBlock()).To(Succeed())
	t.Cleanup(func() { g.Expect(program.marks[0].Close()).To(Succeed()) })
	taken, err := listenOn(program.left[0])
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(taken.Close()).To(Succeed()) })
	address, err := program.take()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(address).NotTo(Equal(taken.Addr().String()))
	listener, err := net.Listen("tcp", address)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(listener.Close()).To(Succeed())
}
