// Package bar shows the membrane on a row of LEDs, on GPIO pins of their own or on an APA102 strip: the nearer to threshold,
// the more of them are lit, and at a spike all of them, white on a strip, for as long as an eye needs.
//
// It never keeps the loop waiting: what the loop tells it are atomic stores, and a goroutine writes the latest state to the
// LEDs, no more often than a rate. A spike between two pictures is shown in the next, however late that is. It never reads
// a pin back.
package bar

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3"

	"hillock/hw/frames"
	"hillock/hw/line"
)

// Opts is what the LEDs show.
type Opts struct {
	// Low and High are V in mV below which none is lit, and up to which it goes: V_reset, or E_L where that is lower,
	// and V_T. The way between them is as many equal parts as there are LEDs, and one more: of 8, one is lit from a
	// ninth of it on, and all from eight ninths.
	Low, High float64
	// Flash is how long all are lit at a spike, from when they are; another one within that time extends it. 0 is 40 ms.
	Flash time.Duration
	// Period is the shortest time from one picture to the next, 1 ms to 1 s. 0 is a 60th of a second.
	Period time.Duration
}

func (o Opts) complete() (Opts, error) {
	if o.Flash == 0 {
		o.Flash = 40 * time.Millisecond
	}
	if o.Period == 0 {
		o.Period = time.Second / 60
	}
	switch {
	case !(o.Low < o.High) || math.IsInf(o.High-o.Low, 0):
		return o, fmt.Errorf("bar: low must be less than high, got %g mV and %g mV", o.Low, o.High)
	case !(o.Flash > 0):
		return o, fmt.Errorf("bar: flash must be more than 0, got %v", o.Flash)
	case o.Period < time.Millisecond || o.Period > time.Second:
		return o, fmt.Errorf("bar: period must be from 1ms to 1s, got %v", o.Period)
	}
	return o, nil
}

// Bar is a row of LEDs. Its methods may be called from any goroutine; Halt, of the Painter, leaves the LEDs dark.
type Bar struct {
	*frames.Painter

	row  row
	opts Opts

	level  atomic.Uint64 // bits of V, mV
	spikes atomic.Int64

	lit     atomic.Int64 // of the LEDs, as they were last written
	flashes atomic.Int64
	merged  atomic.Int64

	// The painter's own.
	shown int64     // spikes
	until time.Time // the end of the flash
	last  picture
	valid bool // last is what the LEDs show
}

// picture is what the LEDs show.
type picture struct {
	lit   int
	white bool
}

// row is the LEDs.
type row interface {
	String() string
	leds() int
	show(picture) error
	dark() error
}

// New shows on LEDs with a line each, the lowest first, which are off. They are the bar's from now on: Halt halts them. A
// pin that refuses is a Fault until it does not; the others are lit meanwhile.
func New(leds []*line.Line, o Opts) (*Bar, error) {
	if len(leds) == 0 {
		return nil, fmt.Errorf("bar: there must be at least one LED")
	}
	return start(pins(leds), o)
}

func start(r row, o Opts) (*Bar, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	b := &Bar{row: r, opts: o}
	b.Level(o.Low)
	b.Painter = frames.Start("bar", o.Period, b.paint, func() error {
		err := r.dark()
		if err == nil {
			b.lit.Store(0)
		}
		return err
	})
	return b, nil
}

// Level tells where the membrane is, in mV: at each tick of the loop, after its steps.
func (b *Bar) Level(v float64) { b.level.Store(math.Float64bits(v)) }

// Tick does nothing: the bar lives in the time of who looks at it.
func (b *Bar) Tick(time.Duration) {}

// Spike lights all LEDs in the next picture.
func (b *Bar) Spike(int64, time.Duration) { b.spikes.Add(1) }

// Lit is how many of the LEDs are lit, from the lowest on.
func (b *Bar) Lit() (lit, leds int) { return int(b.lit.Load()), b.row.leds() }

// Flashes is how often all LEDs were lit.
func (b *Bar) Flashes() int64 { return b.flashes.Load() }

// Merged is how many spikes were shown by the flash of another, which they made longer where they came during it. With
// Flashes it makes up all that were shown.
func (b *Bar) Merged() int64 { return b.merged.Load() }

func (b *Bar) String() string { return fmt.Sprintf("bar{%s}", b.row) }

// paint draws the latest state. A spike counts as shown when the LEDs have taken it.
func (b *Bar) paint() error {
	spikes := b.spikes.Load()
	fresh := spikes - b.shown
	next := picture{b.reached(), fresh > 0 || time.Now().Before(b.until)}
	if next.white {
		next.lit = b.row.leds()
	}
	flashed := b.valid && b.last.white
	if next != b.last || !b.valid {
		b.valid = false
		if err := b.row.show(next); err != nil {
			return err
		}
		b.last, b.valid = next, true
		b.lit.Store(int64(next.lit))
	}
	if fresh == 0 {
		return nil
	}
	b.shown, b.until = spikes, time.Now().Add(b.opts.Flash)
	if !flashed {
		b.flashes.Add(1)
		fresh--
	}
	b.merged.Add(fresh)
	return nil
}

// reached is how many LEDs V lights, none for one that is not a number.
func (b *Bar) reached() int {
	v := math.Float64frombits(b.level.Load())
	part, leds := (v-b.opts.Low)/(b.opts.High-b.opts.Low), b.row.leds()
	if !(part > 0) {
		return 0
	}
	return int(min(part*float64(leds+1), float64(leds)))
}

var _ conn.Resource = &Bar{}
