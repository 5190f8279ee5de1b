package sim

import "time"

// Clock is the time source of a Pi.
//
// Sleep may block until something else moves the clock, or move the clock itself and return at once. The Pi calls Now
// with a pin locked: neither method may call the Pi.
//
// A Clock may also have this method, as in package time:
//
//	AfterFunc(d time.Duration, f func()) (stop func() bool)
//
// It runs f on its own goroutine after d, unless stop comes first. WaitForEdge uses it for the timeout. Without it,
// each wait leaves a goroutine in Sleep until the timeout is over, with an edge or without.
type Clock interface {
	// Now returns the time since the start of the clock.
	Now() time.Duration
	// Sleep returns after d.
	Sleep(d time.Duration)
}

// alarm calls f on another goroutine after d, unless stop comes first.
func alarm(c Clock, d time.Duration, f func()) (stop func() bool) {
	if c, ok := c.(interface {
		AfterFunc(d time.Duration, f func()) (stop func() bool)
	}); ok {
		return c.AfterFunc(d, f)
	}
	go func() {
		c.Sleep(d)
		f()
	}()
	return func() bool { return false }
}

// realTime is the monotonic clock since start.
type realTime struct {
	start time.Time
}

func (r realTime) Now() time.Duration {
	return time.Since(r.start)
}

func (r realTime) Sleep(d time.Duration) {
	time.Sleep(d)
}

func (r realTime) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}
