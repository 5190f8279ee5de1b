// Package clock is a monotonic clock with absolute deadlines, for a loop in real time.
//
// Changes to the time of day do not move it. A deadline in the past returns at once and is never dropped. On Linux,
// Enter makes the calling thread sleep in the kernel until an absolute deadline, with the scheduling permitted by the
// system. The time of a suspended machine counts: its deadlines are late.
package clock

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Real is the monotonic clock. SleepUntil, Enter and Leave belong to one goroutine at a time; any goroutine may call
// Now and Sleep.
type Real struct {
	zero      time.Time
	timer     *time.Timer
	suspended atomic.Int64 // time of suspension, ns: the monotonic clock stops then
	rt        *realTime    // set between Enter and Leave
}

// New returns a clock at 0.
func New() *Real {
	w := &Real{zero: time.Now(), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}

// Now returns the monotonic time since New.
func (w *Real) Now() time.Duration { return time.Since(w.zero) + time.Duration(w.suspended.Load()) }

// SleepUntil blocks until Now is at least t, and returns the time then, or the error of ctx when ctx is done. now is an
// earlier time, such as the caller's latest reading: on 32-bit systems a reading is a system call, and SleepUntil takes
// one. It does not allocate. Before Enter it uses Go's timers; on some systems they wake up to 1 ms late. After Enter,
// on Linux, it sleeps in the kernel and may return up to 100 ms after ctx is done.
func (w *Real) SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error) {
	switch {
	case t <= now:
		return w.Now(), ctx.Err()
	case w.rt != nil:
		return w.rt.sleepUntil(ctx, w, now, t)
	}
	w.timer.Reset(t - w.Now())
	select {
	case <-w.timer.C:
		return w.Now(), nil
	case <-ctx.Done():
		w.timer.Stop()
		return w.Now(), ctx.Err()
	}
}

// Sleep blocks for d.
func (w *Real) Sleep(d time.Duration) { time.Sleep(d) }

// Mode is the amount of real-time scheduling to ask for.
type Mode string

const (
	Auto Mode = "auto" // as permitted; Grant.Missing lists the rest
	On   Mode = "on"   // all, or an error
	Off  Mode = "off"  // none
)

// SpinAuto makes the clock learn the margin before a deadline.
const SpinAuto time.Duration = -1

// Options are the requests to the system for Enter.
type Options struct {
	Realtime Mode
	Spin     time.Duration // wake this long before a deadline and spin; 0 for no spin, or SpinAuto
	CPU      int           // CPU of the thread, -1 for any
	Remedy   string        // for missing rights, in words for people; "" for the settings of a systemd unit
}

// Grant lists the results of Enter, in words for people: granted and missing requests.
type Grant struct {
	Got     []string
	Missing []string // each with its error
	Remedy  string   // for all of Missing; "" if each names its own
	Risk    string   // of SCHED_FIFO on this machine, "" for none; Realtime = Auto avoids it
}

// Lacks returns the missing requests with their remedy, "" for none.
func (g Grant) Lacks() string {
	text := strings.Join(g.Missing, "; ")
	if text != "" && g.Remedy != "" {
		text += ": " + g.Remedy
	}
	return text
}

// Try returns the Grant of Enter and leaves nothing behind: its thread ends.
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

// lacks adds a missing request. setting is its remedy in a systemd unit.
func (g *Grant) lacks(what string, err error, setting string) {
	text := fmt.Sprintf("%s: %v", what, err)
	if g.Remedy == "" {
		text += ": " + setting
	}
	g.Missing = append(g.Missing, text)
}
