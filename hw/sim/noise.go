package sim

import (
	"math/rand/v2"
	"sync"
)

// noise is white noise in whole codes. The zero value is silent.
type noise struct {
	mu    sync.Mutex
	codes int
	rng   *rand.Rand
}

// set restarts the noise: from -codes to codes. Fewer than 1 code is no noise.
func (n *noise) set(codes int, seed uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.codes = max(codes, 0)
	n.rng = rand.New(rand.NewPCG(seed, 0))
}

// next returns the noise of one conversion.
func (n *noise) next() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.codes == 0 {
		return 0
	}
	return n.rng.IntN(2*n.codes+1) - n.codes
}
