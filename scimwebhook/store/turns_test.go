package store

import (
	"context"
	"sync"
	"testing"

	. "github.com/onsi/gomega"
)

func TestTurnsLetOneWriterInAtATime(t *testing.T) {
	g := NewWithT(t)
	var all turns
	key := turn{id: "a"}
	writers, most := 0, 0
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			done, err := all.take(t.Context(), key)
			if err != nil {
				t.Error(err)
				return
			}
			writers++ // the race detector sees it if two are in
			most = max(most, writers)
			writers--
			done()
		})
	}
	wg.Wait()
	g.Expect(most).To(Equal(1))
	g.Expect(all.queue).To(BeEmpty(), "nothing is kept of resources that nobody writes to")
}

func TestTurnsOfDifferentResourcesAreFree(t *testing.T) {
	g := NewWithT(t)
	var all turns
	first, err := all.take(t.Context(), turn{id: "a"})
	g.Expect(err).NotTo(HaveOccurred())
	second, err := all.take(t.Context(), turn{id: "b"})
	g.Expect(err).NotTo(HaveOccurred())
	first()
	second()
}

func TestTurnsGiveUpWhenTheRequestEnds(t *testing.T) {
	g := NewWithT(t)
	var all turns
	done, err := all.take(t.Context(), turn{id: "a"})
	g.Expect(err).NotTo(HaveOccurred())
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = all.take(ended, turn{id: "a"})
	g.Expect(err).To(MatchError(context.Canceled))
	done()
	g.Expect(all.queue).To(BeEmpty())
}
