package sim

import "time"

// Clock is the time that a Pi lives in.
//
// Sleep may block until somebody moves the clock, or may move it itself and return at once. Neither method may call
// back into the Pi, which calls Now with a pin locked.
//
// A Clock may also have
//
//	AfterFunc(d time.Duration, f func()) (stop func() bool)
//
// as package time has: f runs on a goroutine of its own after d, unless stop comes first. WaitForEdge uses it for its
// timeout. Without it, each wait leaves a goroutine in Sleep until its timeout has passed, edge or not.
type Clock interface {
	// Now returns the time since the clock's own start.
	Now() time.Duration
	// Sleep returns when d has passed.
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

// wall is the monotonic wall clock since its making.
type wall struct {
	start time.Time
}

func (w wall) Now() time.Duration {
	return time.Since(w.start)
}

func (w wall) Sleep(d time.Duration) {
	time.Sleep(d)
}

func (w wall) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}
