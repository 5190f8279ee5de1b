package oled

import (
	"math"
	"sync/atomic"
	"time"
)

// gap is how many columns are kept empty before the newest one, so that it can be seen where the trace is.
const gap = 4

// trace is what the loop has told, in columns: one is a 128th of Span, and stands for its time at one place of the screen.
// The loop writes each as one word, and waits for nobody.
type trace struct {
	opts   Opts
	column time.Duration // the time of one

	columns  [Width]atomic.Uint64
	newest   atomic.Int64 // number of the newest column
	spikes   atomic.Int64
	interval atomic.Int64 // steps between the latest two spikes; 0: there were none
	last     atomic.Int64 // when the latest spike was, ns of the loop's time
	now      atomic.Int64 // ns of the loop's time

	// The loop's own.
	at    int64  // number of the column under way; -1: none yet
	under Column // that column
	level uint8  // where V is
	step  int64  // of the latest spike
}

func newTrace(o Opts) trace { return trace{opts: o, column: o.Span / Width, at: -1} }

// pack makes a column one word: what is in it, and the low half of its number and one, which tells it from a column of
// another time in its place, and from none.
func pack(number int64, c Column) uint64 {
	return uint64(uint32(number+1))<<32 | uint64(c.Spikes)<<16 | uint64(c.High)<<8 | uint64(c.Low)
}

// unpack is pack's column, if the word is that of its number.
func unpack(number int64, word uint64) (c Column, ok bool) {
	return Column{Low: uint8(word), High: uint8(word >> 8), Spikes: uint16(word >> 16), Drawn: true}, uint32(word>>32) == uint32(number+1)
}

// write publishes the column under way, once there is one.
func (t *trace) write() {
	if t.at >= 0 {
		t.columns[t.at%Width].Store(pack(t.at, t.under))
	}
}

// Tick tells the loop's time, 0 or more, at each tick before its steps.
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
	for t.at = from; t.at < to; t.at++ { // without a tick in their time: V is held
		t.begin()
	}
	t.begin()
	t.newest.Store(to)
}

// begin begins the column t.at where V is, so that the trace has no holes.
func (t *trace) begin() {
	t.under = Column{Drawn: true, Low: t.level, High: t.level}
	t.write()
}

// Spike draws a line, at each spike between a Tick and its Level; step is the number of its step.
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

// Level tells where the membrane is, in mV: at each tick of the loop, after its steps, and before the first where it starts.
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

// state is what there is to draw, and how many spikes that is in all. Of those that no picture has shown, shown being how
// many some have, the ones that the trace has run over since are put into its oldest column.
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

// rate is one over the latest interval between two spikes, Hz of model time. As the next spike fails to come it is one
// over that time, from half an interval on, and 0 after four of them.
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
