// Package clock is the wall's time for a loop: monotonic, with absolute deadlines.
//
// It never steps with the time of day, and it never drops a deadline that has passed: it returns at once. On Linux the
// thread that enters it sleeps in the kernel's own absolute deadlines, in real time as far as it is permitted, and the
// time that the machine was suspended counts: what was due in it is late.
package clock

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Wall is the monotonic clock. SleepUntil, Enter and Leave belong to one goroutine at a time, Now and Sleep to any.
type Wall struct {
	zero      time.Time
	timer     *time.Timer
	suspended atomic.Int64 // how long the machine was, ns: the monotonic clock then stands still
	rt        *realTime    // between Enter and Leave
}

// New returns a clock that stands at 0.
func New() *Wall {
	w := &Wall{zero: time.Now(), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}

// Now is the monotonic time since New.
func (w *Wall) Now() time.Duration { return time.Since(w.zero) + time.Duration(w.suspended.Load()) }

// SleepUntil blocks until Now is t or later, or until ctx is done, whose error it then returns. It does not allocate.
// Before Enter it sleeps on Go's timers, which wake it up to a millisecond late on some systems; after it on Linux in
// the kernel, and then it may return up to 100 ms after ctx is done.
func (w *Wall) SleepUntil(ctx context.Context, t time.Duration) error {
	if t <= w.Now() {
		return ctx.Err()
	}
	if w.rt != nil {
		return w.rt.sleepUntil(ctx, w, t)
	}
	w.timer.Reset(t - w.Now())
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

// Mode is how much of real time a loop asks for.
type Mode string

const (
	Auto Mode = "auto" // what is permitted, the rest is told
	On   Mode = "on"   // all of it, or an error
	Off  Mode = "off"  // none
)

// SpinAuto lets the clock learn how long before a deadline it must wake.
const SpinAuto time.Duration = -1

// Options are what Enter asks of the system.
type Options struct {
	Realtime Mode
	Spin     time.Duration // how long before a deadline to wake and spin on the clock; 0 not at all, or SpinAuto
	CPU      int           // the CPU to stay on, -1 for any
}

// Grant is what Enter got, and what is missing for the rest, in words for a person.
type Grant struct {
	Got     []string
	Missing []string
}

// Try tells what Enter would get, and leaves nothing of it: the thread that asks ends.
func Try(opts Options) (Grant, error) {
	var g Grant
	done := make(chan error)
	go func() {
		w := New()
		got, err := w.Enter(opts)
		if g = got; err == nil {
			err = w.Leave()
		}
		done <- err
	}()
	err := <-done
	return g, err
}

func (g *Grant) got(format string, args ...any) { g.Got = append(g.Got, fmt.Sprintf(format, args...)) }
func (g *Grant) missing(format string, args ...any) {
	g.Missing = append(g.Missing, fmt.Sprintf(format, args...))
}
