package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// times are the histograms of a run: what its punctuality is known by. The loop records into one set without a lock;
// the reader asks for that set by offering another, empty one, and adds up what it gets.
type times struct {
	active *histograms                // the loop's
	empty  atomic.Pointer[histograms] // offered to the loop
	full   atomic.Pointer[histograms] // given by it
	mu     sync.Mutex                 // of the readers; no other lock is taken under it
	total  *histograms                // theirs
	ended  time.Duration              // when the latest tick did; the loop's
}

// histograms of times in ns.
type histograms struct {
	late  *hdrhistogram.Histogram // from a tick's deadline to its beginning
	wake  *hdrhistogram.Histogram // the same, of those that the loop slept for: what late ticks before them did is not in it
	read  *hdrhistogram.Histogram // of a tick's inputs
	pulse *hdrhistogram.Histogram // from a threshold crossing until its pins were written
	ran   *hdrhistogram.Histogram // a whole tick
}

const longest = int64(time.Hour) // beyond it a time counts as this

func newHistograms() *histograms {
	h := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest, 2) }
	return &histograms{h(), h(), h(), h(), h()}
}

func newTimes() *times {
	t := &times{active: newHistograms(), total: newHistograms()}
	t.empty.Store(newHistograms())
	return t
}

// record is the loop's side.
func (t *times) record(tick neuron.Tick) {
	if e := t.empty.Load(); e != nil {
		t.empty.Store(nil)
		t.full.Store(t.active)
		t.active = e
	}
	add := func(h *hdrhistogram.Histogram, d time.Duration) {
		_ = h.RecordValue(min(max(int64(d), 0), longest)) // inside its range
	}
	late := max(tick.Lateness(), tick.Missed) // a stop counts, also where the ticks of it were skipped
	add(t.active.late, late)
	if t.ended <= tick.Deadline-late+tick.Lateness() {
		add(t.active.wake, late)
	}
	t.ended = tick.Began + tick.Ran
	add(t.active.read, tick.Read)
	add(t.active.ran, tick.Ran)
	if tick.Write > 0 {
		add(t.active.pulse, tick.Write)
	}
}

// read adds what the loop gave since the last time.
func (t *times) read() report {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
	return t.total.report()
}

func (t *times) take() {
	if f := t.full.Swap(nil); f != nil {
		t.total.merge(f)
		t.empty.Store(f)
	}
}

// lateness tells how many ticks were at most so late, of how many, and how late all of them were together.
func (t *times) lateness(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
	atMost = make([]uint64, len(bounds))
	for _, bar := range t.total.late.Distribution() {
		for i, b := range bounds {
			if bar.To <= int64(b) {
				atMost[i] += uint64(bar.Count)
			}
		}
		n += uint64(bar.Count)
	}
	return atMost, n, time.Duration(t.total.late.Mean() * float64(n))
}

// fresh is read with what the loop still holds, for which it waits a little: not on the loop's own thread.
func (t *times) fresh() report {
	t.read()
	for range 20 {
		if t.full.Load() != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return t.read()
}

// end adds also what the loop still held; it has ended.
func (t *times) end() report {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
	t.total.merge(t.active)
	return t.total.report()
}

// merge moves what from holds into h.
func (h *histograms) merge(from *histograms) {
	h.late.Merge(from.late)
	h.wake.Merge(from.wake)
	h.read.Merge(from.read)
	h.pulse.Merge(from.pulse)
	h.ran.Merge(from.ran)
	from.late.Reset()
	from.wake.Reset()
	from.read.Reset()
	from.pulse.Reset()
	from.ran.Reset()
}

// report is how the times of a run are spread, in us.
type report struct {
	Late  percentiles `json:"lateness_us"` // of the ticks
	Wake  percentiles `json:"wakeup_us"`   // of those that the loop slept for
	Read  percentiles `json:"read_us"`     // of a tick's inputs
	Pulse percentiles `json:"pulse_us"`    // from a threshold crossing until its pins were written
	Ran   percentiles `json:"tick_us"`     // a whole tick
}

type percentiles struct {
	n    int64
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

func (h *histograms) report() report {
	of := func(h *hdrhistogram.Histogram) percentiles {
		us := func(v int64) float64 { return float64(v) / 1e3 }
		return percentiles{h.TotalCount(), us(h.ValueAtQuantile(50)), us(h.ValueAtQuantile(99)), us(h.ValueAtQuantile(99.9)), us(h.Max())}
	}
	return report{of(h.late), of(h.wake), of(h.read), of(h.pulse), of(h.ran)}
}

func (p percentiles) String() string {
	if p.n == 0 {
		return "none yet"
	}
	return fmt.Sprintf("p50 %s, p99 %s, p99.9 %s, max %s", readable.Micros(p.P50), readable.Micros(p.P99), readable.Micros(p.P999), readable.Micros(p.Max))
}

// rows are the lines of a report for a person.
func (r report) rows() []string {
	return []string{
		"lateness   " + r.Late.String(),
		"wake-up    " + r.Wake.String() + ", of the ticks that the loop slept for",
		"read       " + r.Read.String(),
		"pulse      " + r.Pulse.String() + ", from crossing to pin",
		"tick       " + r.Ran.String(),
	}
}

// load watches whether the machine can keep its ticks: over windows of half a second of the wall's time.
type load struct {
	tick   time.Duration
	window int64 // ticks
	n      int64
	sum    cost
	over   cost // of a tick in the latest window, where it was too much
}

// cost is what a tick costs, and what part of that are its reads: they are the same for a tick of any length, its steps
// and pulses are not. The zero value: no more than the tick is long.
type cost struct{ tick, read time.Duration }

func newLoad(tick time.Duration) load {
	return load{tick: tick, window: max(1, int64(500*time.Millisecond/tick))}
}

// cost is what a tick costs where that is more than a tick.
func (l *load) cost(t neuron.Tick) cost {
	l.n++
	l.sum.tick += t.Ran
	l.sum.read += t.Read
	// A window ends early when it has already taken as long: at 50 us a tick of 5 ms would need 50 s for its window.
	if l.n < l.window && l.sum.tick < 500*time.Millisecond {
		return l.over
	}
	n := time.Duration(l.n)
	l.over = cost{l.sum.tick / n, l.sum.read / n}
	if l.over.tick <= l.tick {
		l.over = cost{}
	}
	l.n, l.sum = 0, cost{}
	return l.over
}

// fits is the next time of a row 1, 2, 5 that leaves a tick a third of itself to spare, where one of tick costs c; 0 where
// the steps alone take more than that of any.
func (c cost) fits(tick time.Duration) time.Duration {
	spare := 2./3 - float64(c.tick-c.read)/float64(tick)
	if spare <= 0.01 {
		return 0
	}
	need := time.Duration(float64(c.read) / spare)
	for unit := time.Microsecond; ; unit *= 10 {
		for _, f := range []time.Duration{1, 2, 5} {
			if f*unit >= need {
				return f * unit
			}
		}
	}
}

// overload says what a tick costs and which would fit, "" where all is well.
func overload(c cost, cfg *config.Config) string {
	if c.tick == 0 {
		return ""
	}
	tick := cfg.Loop.Tick
	text := fmt.Sprintf("overload: a tick costs %s, more than its %s: the neuron runs %.1f times slower than asked; ",
		readable.Seconds(c.tick.Seconds()), readable.Seconds(tick.Seconds()), float64(c.tick)/float64(tick))
	fit := c.fits(tick)
	if fit == 0 || fit > time.Second {
		return text + "its steps take too long for any tick: a lower speed or a longer dt would fit"
	}
	text += fmt.Sprintf("its reads take %s: tick = %q would fit", readable.Seconds(c.read.Seconds()), readable.Seconds(fit.Seconds()))
	least := cfg.Loop.MaxLag
	for _, in := range cfg.Inputs {
		if k, ok := in.Part.(board.Turned); ok {
			least = min(least, k.Calibration().StaleAfter)
		}
	}
	for _, out := range cfg.Outputs {
		if _, opts := ledOf(out); isLED(out) {
			least = min(least, opts.Width)
		}
	}
	if fit > least {
		text += ", with max_lag, stale_after and width at least as long"
	}
	return text
}
