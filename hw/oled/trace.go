package oled

import (
	"math"
	"sync/atomic"
	"time"
)

// gap is the number of empty columns ahead of the newest one: they mark the place of the trace.
const gap = 4

// trace holds the trace in columns. A column is a 128th of Span, and its time fixes its place on the screen. The loop
// writes each column as one word and never waits.
type trace struct {
	opts   Opts
	column time.Duration // time of a column

	columns  [Width]atomic.Uint64
	newest   atomic.Int64 // number of the newest column
	spikes   atomic.Int64
	interval atomic.Int64 // steps between the latest two spikes; 0: none
	last     atomic.Int64 // time of the latest spike, ns of the loop's time
	now      atomic.Int64 // ns of the loop's time

	// For the loop's goroutine only:
	at    int64  // number of the current column; -1: none
	under Column // current column
	level uint8  // of V
	step  int64  // of the latest spike
}

func newTrace(o Opts) trace { return trace{opts: o, column: o.Span / Width, at: -1} }

// pack makes one word of a column. The word holds the low half of the column's number plus one: that tells the column
// from an older one in the same place, and from none.
func pack(number int64, c Column) uint64 {
	return uint64(uint32(number+1))<<32 | uint64(c.Spikes)<<16 | uint64(c.High)<<8 | uint64(c.Low)
}

// unpack returns the column in a word, and whether its number is the given one.
func unpack(number int64, word uint64) (c Column, ok bool) {
	return Column{Low: uint8(word), High: uint8(word >> 8), Spikes: uint16(word >> 16), Drawn: true}, uint32(word>>32) == uint32(number+1)
}

// write publishes the current column.
func (t *trace) write() {
	if t.at >= 0 {
		t.columns[t.at%Width].Store(pack(t.at, t.under))
	}
}

// Tick sets the loop's time, 0 or more. Call it at each tick before the steps.
func (t *trace) Tick(now time.Duration) {
	t.now.Store(int64(now))
	to := int64(now / t.column)
	if to == t.at {
		return
	}
	from := to
	if t.at >= 0 {
		from = max(t.at+1, to-Width+1)
	}
	for t.at = from; t.at < to; t.at++ { // columns without a tick hold V
		t.begin()
	}
	t.begin()
	t.newest.Store(to)
}

// begin starts the column t.at at the level of V, so that the trace has no gaps.
func (t *trace) begin() {
	t.under = Column{Drawn: true, Low: t.level, High: t.level}
	t.write()
}

// Spike draws a line for the spike of a step. Call it between Tick and Level.
func (t *trace) Spike(step int64, now time.Duration) {
	t.under.Spikes += min(1, math.MaxUint16-t.under.Spikes)
	t.write()
	if t.spikes.Load() > 0 {
		t.interval.Store(step - t.step)
	}
	t.step = step
	t.last.Store(int64(now))
	t.spikes.Add(1)
}

// Level sets the membrane, in mV. Call it at each tick after the steps, and once before the first tick.
func (t *trace) Level(v float64) {
	t.level = 0
	if part := (v - t.opts.Low) / (t.opts.High - t.opts.Low); part > 0 { // NaN is not
		t.level = uint8(float64(min(part, 1)*Threshold) + 0.5)
	}
	low, high := min(t.under.Low, t.level), max(t.under.High, t.level)
	if low != t.under.Low || high != t.under.High {
		t.under.Low, t.under.High = low, high
		t.write()
	}
}

// state returns the picture to draw and the number of all spikes. shown is the number of spikes drawn so far. If the
// trace has overwritten spikes before any picture, the oldest column gets one line for them.
func (t *trace) state(shown int64) (State, int64) {
	spikes := t.spikes.Load()
	s := State{Rate: t.rate()}
	newest := t.newest.Load()
	oldest := newest - (Width - gap) + 1
	seen := int64(0)
	for n := max(oldest, 0); n <= newest; n++ {
		if c, ok := unpack(n, t.columns[n%Width].Load()); ok {
			s.Columns[n%Width] = c
			seen += int64(c.Spikes)
		}
	}
	if spikes-shown > seen {
		x := max(oldest, 0) % Width
		s.Columns[x].Drawn = true
		s.Columns[x].Spikes++
	}
	return s, spikes
}

// rate returns the inverse of the latest interspike interval, in Hz of model time. From half an interval after the next
// spike was due, it is the inverse of the time since the last one. After four intervals it is 0.
func (t *trace) rate() float64 {
	interval := float64(t.interval.Load()) * t.opts.DT.Seconds()
	since := time.Duration(t.now.Load()-t.last.Load()).Seconds() * t.opts.Speed
	switch {
	case interval == 0 || since > 4*interval:
		return 0
	case since > 1.5*interval:
		return 1 / since
	}
	return 1 / interval
}
