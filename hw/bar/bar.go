// Package bar shows the membrane on a row of LEDs, either on GPIO pins or on an APA102 strip. More LEDs are lit nearer
// to threshold. A spike lights all of them, white on a strip, long enough for an eye.
//
// The loop never waits: its methods are atomic stores, and a goroutine writes the latest state to the LEDs at a limited
// rate. A spike between two pictures is shown in the next one, however late. The package never reads a pin back.
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

// Opts are the options of the LEDs.
type Opts struct {
	// Low and High are V in mV at the two ends of the row: the lower one of V_reset and E_L, and V_T. Below Low no LED
	// is lit. n LEDs divide the range into n+1 equal parts: of 8 LEDs, the first is lit from 1/9 on, and all from 8/9
	// on.
	Low, High float64
	// Flash is the time that all LEDs are lit after a spike, from the picture on. Another spike within that time
	// extends it. 0 means 40 ms.
	Flash time.Duration
	// Period is the shortest time between two pictures: 1 ms to 1 s. 0 means 1/60 s.
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

// Bar is a row of LEDs. Any goroutine may call its methods. Halt, of the Painter, leaves the LEDs dark.
type Bar struct {
	*frames.Painter

	row  row
	opts Opts

	level  atomic.Uint64 // bits of V, mV
	spikes atomic.Int64

	lit     atomic.Int64 // number of lit LEDs, as last written
	flashes atomic.Int64
	merged  atomic.Int64

	// For the painter's goroutine only:
	shown int64     // spikes shown so far
	until time.Time // the end of the flash
	last  picture
	valid bool // the LEDs show last
}

// picture is the state of the LEDs.
type picture struct {
	lit   int
	white bool
}

// row is the hardware of the LEDs.
type row interface {
	String() string
	leds() int
	show(picture) error
	dark() error
}

// New returns a bar on LEDs with one line each, the lowest first. The LEDs must be off. From then on they belong to the
// bar, and Halt halts them. A pin that refuses is a Fault until it accepts; the other LEDs still light.
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

// Level sets the membrane, in mV. Call it at each tick after the steps.
func (b *Bar) Level(v float64) { b.level.Store(math.Float64bits(v)) }

// Tick does nothing: the bar runs in real time.
func (b *Bar) Tick(time.Duration) {}

// Spike lights all LEDs in the next picture.
func (b *Bar) Spike(int64, time.Duration) { b.spikes.Add(1) }

// Lit returns the number of lit LEDs, counted from the lowest, and the number of all LEDs.
func (b *Bar) Lit() (lit, leds int) { return int(b.lit.Load()), b.row.leds() }

// Flashes returns the number of flashes of all LEDs.
func (b *Bar) Flashes() int64 { return b.flashes.Load() }

// Merged returns the number of spikes shown by the flash of another spike. Flashes and Merged add up to all shown
// spikes.
func (b *Bar) Merged() int64 { return b.merged.Load() }

func (b *Bar) String() string { return fmt.Sprintf("bar{%s}", b.row) }

// paint draws the latest state. A spike counts as shown after the LEDs have taken the picture.
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

// reached returns the number of LEDs for V, 0 for NaN.
func (b *Bar) reached() int {
	v := math.Float64frombits(b.level.Load())
	part, leds := (v-b.opts.Low)/(b.opts.High-b.opts.Low), b.row.leds()
	if !(part > 0) {
		return 0
	}
	return int(min(part*float64(leds+1), float64(leds)))
}

var _ conn.Resource = &Bar{}
