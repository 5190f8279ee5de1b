package neuron

import (
	"context"
	"sync/atomic"
	"time"
)

// VirtualClock is a Clock for model time: a sleep returns at once and moves the clock forward. The zero value stands at 0. Any
// goroutine may read it.
type VirtualClock struct {
	now atomic.Int64
}

// Now returns the sum of all sleeps.
func (c *VirtualClock) Now() time.Duration { return time.Duration(c.now.Load()) }

// SleepUntil moves the clock forward to t, unless ctx is done. It returns the new time.
func (c *VirtualClock) SleepUntil(ctx context.Context, _, t time.Duration) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return c.Now(), err
	}
	c.now.Store(max(c.now.Load(), int64(t)))
	return c.Now(), nil
}

// Sleep moves the clock forward by d, as a slow part does in a test.
func (c *VirtualClock) Sleep(d time.Duration) {
	c.now.Add(int64(d))
}
