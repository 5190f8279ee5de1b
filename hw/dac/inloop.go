package dac

import (
	"fmt"
	"sync/atomic"
	"time"

	"hillock/hw/frames"
)

// InLoop is an output with a write much shorter than a tick. The loop calls Write at the end of each tick. Level, Spike and Tick
// belong to the loop's goroutine; any goroutine may call the others. Write may hang while the loop calls them.
type InLoop struct {
	output
	taken chan struct{} // holds a value during a write, and after the end
	gone  atomic.Bool   // no write begins any more
	now   atomic.Int64  // deadline of the tick

	next time.Duration // the earliest time to open the failed chip; for the writer only

	start  time.Time
	began  atomic.Int64 // start of the current write, ns after start; 0: none
	failed atomic.Int64
	fault  atomic.Pointer[error]
}

// NewInLoop opens an output, and writes to it from the first Write on.
func NewInLoop(o Opts) (*InLoop, error) {
	d := &InLoop{output: output{Opts: o}, taken: make(chan struct{}, 1), start: time.Now()}
	if err := d.open(); err != nil {
		return nil, err
	}
	return d, nil
}

// Tick sets the loop's time.
func (d *InLoop) Tick(now time.Duration) { d.now.Store(int64(now)) }

// Level sets V, in mV, for the next Write.
func (d *InLoop) Level(v float64) { d.set(v) }

// Write writes the latest state and reports whether the chip took it. It writes nothing after a failure until the next attempt,
// nor during another Write, nor after Close.
func (d *InLoop) Write() bool {
	select {
	case d.taken <- struct{}{}:
	default:
		return false
	}
	defer d.release()
	now := time.Duration(d.now.Load())
	if d.gone.Load() || d.dev == nil && now < d.next {
		return false
	}
	d.began.Store(int64(max(time.Since(d.start), 1)))
	err := d.write()
	d.began.Store(0)
	if err != nil {
		fault := err // escapes here, so that success allocates nothing
		d.next = now + reopenEvery
		d.failed.Add(1)
		d.fault.Store(&fault)
		return false
	}
	if d.fault.Load() != nil {
		d.fault.Store(nil)
	}
	return true
}

// release ends a write. After the end, it does the work of Close.
func (d *InLoop) release() {
	if d.gone.Load() {
		_ = d.off() // Close has returned
	}
	<-d.taken
}

// Close sets the output to 0 and releases its bus. It waits for a hanging write, but at most frames.Patience: the write then does
// that work at its end.
func (d *InLoop) Close() error {
	if d.gone.Swap(true) {
		return nil
	}
	patience := time.NewTimer(frames.Patience)
	defer patience.Stop()
	select {
	case d.taken <- struct{}{}:
		return d.off() // taken for good
	case <-patience.C:
		return nil
	}
}

// Failed returns the number of failed writes.
func (d *InLoop) Failed() int64 { return d.failed.Load() }

// Fault returns the error of the latest write, or nil. It returns frames.ErrHangs while a write takes longer than frames.Patience.
func (d *InLoop) Fault() error {
	if began := d.began.Load(); began > 0 && time.Since(d.start)-time.Duration(began) > frames.Patience {
		return fmt.Errorf("%s: %w", d.Part, frames.ErrHangs)
	}
	if e := d.fault.Load(); e != nil {
		return *e
	}
	return nil
}
