package session

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/readable"
	"hillock/neuron"
)

// times holds the histograms of a run. The loop records into one set without a lock. To read, a reader offers an empty set; the
// loop swaps its full one for it, and the reader adds that up.
type times struct {
	active *histograms                // the loop's
	empty  atomic.Pointer[histograms] // offered to the loop
	full   atomic.Pointer[histograms] // returned by the loop
	mu     sync.Mutex                 // of the readers; under it no other lock is taken
	total  *histograms                // the readers'
	late   Percentiles                // as of lateAt, for latest
	lateAt time.Duration
	ended  time.Duration // end of the latest tick; the loop's
	tick   time.Duration // of the loop
}

// histograms of times in ns.
type histograms struct {
	late  *hdrhistogram.Histogram // from a tick's deadline to its beginning
	wake  *hdrhistogram.Histogram // the same, only of ticks after a sleep: without the effect of late ticks before
	read  *hdrhistogram.Histogram // of a tick's inputs
	pulse *hdrhistogram.Histogram // from a threshold crossing until its pins were written
	ran   *hdrhistogram.Histogram // a whole tick
}

const longest = int64(time.Hour) // longer times count as this

func newHistograms() *histograms {
	h := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest, 2) }
	return &histograms{h(), h(), h(), h(), h()}
}

func newTimes(tick time.Duration) *times {
	t := &times{active: newHistograms(), total: newHistograms(), tick: tick}
	t.empty.Store(newHistograms())
	return t
}

// record adds a tick, on the loop's thread.
func (t *times) record(tick neuron.Tick) {
	if e := t.empty.Load(); e != nil {
		t.empty.Store(nil)
		t.full.Store(t.active)
		t.active = e
	}
	add := func(h *hdrhistogram.Histogram, d time.Duration) {
		_ = h.RecordValue(min(max(int64(d), 0), longest)) // inside its range
	}
	late := max(tick.Lateness(), tick.Missed) // a stop counts, even with its ticks skipped
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

// read adds the latest full set and returns the times.
func (t *times) read() Times {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
	return t.total.times(t.tick)
}

func (t *times) take() {
	if f := t.full.Swap(nil); f != nil {
		t.total.merge(f)
		t.empty.Store(f)
	}
}

// lateness returns the number of ticks within each bound, the number of all ticks, and the sum of their lateness.
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

// latest returns the lateness of the ticks, at most a quarter of a second old. now is the beginning of the latest tick. Adding up
// for each frame of a display would cost more than drawing it.
func (t *times) latest(now time.Duration) Percentiles {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.late.N == 0 || now-t.lateAt >= time.Second/4 {
		t.take()
		t.late, t.lateAt = spread(t.total.late), now
	}
	return t.late
}

// fresh returns the times with those of the loop's own set. It waits for that set, at most
// 20 ms. Do not call it on the loop's thread.
func (t *times) fresh() Times {
	t.read()
	for range 20 {
		if t.full.Load() != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return t.read()
}

// end returns the times with the loop's own set, after the end of the loop.
func (t *times) end() Times {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
	t.total.merge(t.active)
	return t.total.times(t.tick)
}

// merge moves the times of from into h.
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

// Times are the times of a run as percentiles, in us.
type Times struct {
	Late  Percentiles `json:"lateness_us"`       // of the ticks
	Wake  Percentiles `json:"wakeup_us"`         // of ticks after a sleep
	Read  Percentiles `json:"read_us"`           // of a tick's inputs
	Pulse Percentiles `json:"pulse_us,omitzero"` // from a threshold crossing until its pins were written
	Ran   Percentiles `json:"tick_us"`           // a whole tick

	LateTicks int64 `json:"late_ticks"` // ticks that began more than a tick after their deadline
}

// Percentiles are in us.
type Percentiles struct {
	N    int64   `json:"-" toml:"-"`
	P50  float64 `json:"p50" toml:"p50"`
	P99  float64 `json:"p99" toml:"p99"`
	P999 float64 `json:"p999" toml:"p999"`
	Max  float64 `json:"max" toml:"max"`
}

func (h *histograms) times(tick time.Duration) Times {
	t := Times{Late: spread(h.late), Wake: spread(h.wake), Read: spread(h.read), Pulse: spread(h.pulse), Ran: spread(h.ran)}
	for _, bar := range h.late.Distribution() {
		if bar.From > int64(tick) {
			t.LateTicks += bar.Count
		}
	}
	return t
}

func spread(h *hdrhistogram.Histogram) Percentiles {
	us := func(v int64) float64 { return float64(v) / 1e3 }
	return Percentiles{h.TotalCount(), us(h.ValueAtQuantile(50)), us(h.ValueAtQuantile(99)), us(h.ValueAtQuantile(99.9)), us(h.Max())}
}

func (p Percentiles) String() string {
	if p.N == 0 {
		return "none yet"
	}
	return fmt.Sprintf("p50 %s, p99 %s, p99.9 %s, max %s", readable.Micros(p.P50), readable.Micros(p.P99), readable.Micros(p.P999), readable.Micros(p.Max))
}

// Rows returns the times as lines for people. Without an output no line is about pulses.
func (t Times) Rows() []string {
	rows := []string{
		"lateness   " + t.Late.String(),
		"wake-up    " + t.Wake.String() + ", of ticks after a sleep",
		"read       " + t.Read.String(),
	}
	if t.Pulse.N > 0 {
		rows = append(rows, "pulse      "+t.Pulse.String()+", from crossing to pin")
	}
	return append(rows, "tick       "+t.Ran.String())
}
