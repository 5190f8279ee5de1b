package neuron

import (
	"context"
	"sync/atomic"
	"time"
)

// VirtualClock is a Clock without a wall: a sleep takes no time, it makes the time. Its zero value stands at 0; it may
// be read from any goroutine.
type VirtualClock struct {
	now atomic.Int64
}

// Now is the time that was slept so far.
func (c *VirtualClock) Now() time.Duration { return time.Duration(c.now.Load()) }

// SleepUntil sets the clock to t, unless it is past it or ctx is done.
func (c *VirtualClock) SleepUntil(ctx context.Context, t time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.now.Store(max(c.now.Load(), int64(t)))
	return nil
}

// Sleep moves the clock on by d: what a slow part does to the loop that waits for it.
func (c *VirtualClock) Sleep(d time.Duration) {
	c.now.Add(int64(d))
}
