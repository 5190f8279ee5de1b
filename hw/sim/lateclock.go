package sim

import (
	"math/rand/v2"
	"sync"
	"time"
)

// LateClock is a virtual clock that moves by itself: a Sleep returns at once, its time over, and as late as a sleeper of
// an operating system wakes. A look at the clock takes a microsecond. It is for one program at a time: with two that
// sleep, the one's time passes for the other too.
type LateClock struct {
	mu      sync.Mutex
	now     time.Duration
	latency time.Duration
	spread  time.Duration
	rng     *rand.Rand
}

// look is how long a look at a LateClock takes: about a system call.
const look = time.Microsecond

// NewLateClock returns a clock at 0 whose sleeps end from latency to latency+spread late, neither below 0, each lateness
// as likely as the others. The same seed gives the same latenesses.
func NewLateClock(latency, spread time.Duration, seed uint64) *LateClock {
	return &LateClock{latency: max(latency, 0), spread: max(spread, 0), rng: rand.New(rand.NewPCG(seed, 0))}
}

// Now implements Clock.
func (c *LateClock) Now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += look
	return c.now
}

// Sleep implements Clock.
func (c *LateClock) Sleep(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += max(d, 0) + c.latency + time.Duration(c.rng.Int64N(int64(c.spread)+1))
}

var _ Clock = &LateClock{}
