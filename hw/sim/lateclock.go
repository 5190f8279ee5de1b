package sim

import (
	"math/rand/v2"
	"sync"
	"time"
)

// LateClock is a virtual clock with late wake-ups. Sleep returns at once and moves the clock: by its duration, and by a
// lateness as on an operating system. Now takes 1 us. The clock suits one sleeping program: with two, the sleep of one
// passes for the other too.
type LateClock struct {
	mu      sync.Mutex
	now     time.Duration
	latency time.Duration
	spread  time.Duration
	rng     *rand.Rand
}

// callTime is the duration of Now: about one system call.
const callTime = time.Microsecond

// NewLateClock returns a clock at 0. Its sleeps end late by latency to latency+spread, evenly distributed; neither is
// below 0. The same seed gives the same latenesses.
func NewLateClock(latency, spread time.Duration, seed uint64) *LateClock {
	return &LateClock{latency: max(latency, 0), spread: max(spread, 0), rng: rand.New(rand.NewPCG(seed, 0))}
}

// Now implements Clock.
func (c *LateClock) Now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += callTime
	return c.now
}

// Sleep implements Clock.
func (c *LateClock) Sleep(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += max(d, 0) + c.latency + time.Duration(c.rng.Int64N(int64(c.spread)+1))
}

var _ Clock = &LateClock{}
