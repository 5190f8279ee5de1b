// Package clock is the wall's time for a loop: monotonic, with absolute deadlines.
//
// It never steps with the time of day, and it never drops a deadline that has passed: it returns at once.
package clock

import (
	"context"
	"time"
)

// Wall is the portable clock. Go's timers wake it up to a millisecond late on some systems; what the loop makes of a
// late tick keeps the model's time right all the same. SleepUntil belongs to one goroutine, Now and Sleep to any.
type Wall struct {
	zero  time.Time
	timer *time.Timer
}

// New returns a clock that stands at 0.
func New() *Wall {
	w := &Wall{zero: time.Now(), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}

// Now is the monotonic time since New.
func (w *Wall) Now() time.Duration { return time.Since(w.zero) }

// SleepUntil blocks until Now is t or later, or until ctx is done, whose error it then returns. It does not allocate.
func (w *Wall) SleepUntil(ctx context.Context, t time.Duration) error {
	d := t - w.Now()
	if d <= 0 {
		return ctx.Err()
	}
	w.timer.Reset(d)
	select {
	case <-w.timer.C:
		return nil
	case <-ctx.Done():
		w.timer.Stop()
		return ctx.Err()
	}
}

// Sleep blocks for d.
func (w *Wall) Sleep(d time.Duration) { time.Sleep(d) }
