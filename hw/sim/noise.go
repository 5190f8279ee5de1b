package sim

import (
	"math/rand/v2"
	"sync"
)

// noise is white, in whole counts. The zero value is silent.
type noise struct {
	mu     sync.Mutex
	counts int
	rng    *rand.Rand
}

// set starts it anew, from -counts to counts, none below 1.
func (n *noise) set(counts int, seed uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts = max(counts, 0)
	n.rng = rand.New(rand.NewPCG(seed, 0))
}

// next is the noise on one conversion.
func (n *noise) next() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == 0 {
		return 0
	}
	return n.rng.IntN(2*n.counts+1) - n.counts
}
