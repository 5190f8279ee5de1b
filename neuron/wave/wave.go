package wave

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"
)

// Wave is a current as a function of time.
type Wave interface {
	// Current returns the current in nA at a time. It is finite.
	Current(now time.Duration) float64
}

// The limits of New.
const (
	MaxCurrent   = 1e6              // nA, positive or negative, as for a neuron
	MaxFrequency = 1e6              // Hz; ticks undersample a wave above half their own rate
	MaxTime      = 2400 * time.Hour // 100 days
)

// New returns w unchanged, or the first rule broken by its fields.
func New[W interface {
	Wave
	check() error
}](w W) (W, error) {
	if err := w.check(); err != nil {
		var none W
		return none, fmt.Errorf("wave: %w", err)
	}
	return w, nil
}

// Constant is a constant current, nA.
type Constant float64

// Current returns c.
func (c Constant) Current(time.Duration) float64 { return float64(c) }

func (c Constant) check() error { return current("constant: current", float64(c)) }

// Step is a step from one current to another.
type Step struct {
	Before, After float64       // nA
	At            time.Duration // of the step, 0 to MaxTime
}

// Current returns Before until At, and After from At on.
func (s Step) Current(now time.Duration) float64 {
	if now < s.At {
		return s.Before
	}
	return s.After
}

func (s Step) check() error {
	return cmp.Or(current("step: before", s.Before), current("step: after", s.After), span("step: at", s.At, 0))
}

// Ramp goes from one current to another in a straight line. Then the current is constant.
type Ramp struct {
	From, To float64       // nA
	At       time.Duration // start of the ramp, 0 to MaxTime
	Over     time.Duration // duration of the ramp, above 0, at most MaxTime
}

// Current returns From + (To-From) (now-At)/Over, limited to the ends.
func (r Ramp) Current(now time.Duration) float64 {
	switch t := now - r.At; {
	case now < r.At:
		return r.From
	case t >= r.Over:
		return r.To
	default:
		return r.From + float64((r.To-r.From)*(float64(t)/float64(r.Over)))
	}
}

func (r Ramp) check() error {
	return cmp.Or(current("ramp: from", r.From), current("ramp: to", r.To), span("ramp: at", r.At, 0), span("ramp: over", r.Over, 1))
}

// Pairs are pairs of equal pulses. The effect of the second pulse depends on its time after the first.
type Pairs struct {
	Low, High float64       // nA, between the pulses and in them; Low may be the larger one
	At        time.Duration // start of the first pair, 0 to MaxTime
	Width     time.Duration // of a pulse, above 0, at most MaxTime
	Apart     time.Duration // from the start of the first pulse to the start of the second, Width to MaxTime
	Every     time.Duration // from pair to pair, Apart+Width to MaxTime, or 0 for a single pair
}

// Current returns High from the start of a pulse until its end, else Low.
func (p Pairs) Current(now time.Duration) float64 {
	if now < p.At {
		return p.Low
	}
	t := now - p.At
	if p.Every > 0 {
		t %= p.Every
	}
	if t < p.Width || t >= p.Apart && t-p.Apart < p.Width {
		return p.High
	}
	return p.Low
}

func (p Pairs) check() error {
	err := cmp.Or(current("pairs: low", p.Low), current("pairs: high", p.High), span("pairs: at", p.At, 0),
		span("pairs: width", p.Width, 1), span("pairs: apart", p.Apart, p.Width))
	if err == nil && p.Every != 0 {
		err = span("pairs: every", p.Every, p.Apart+p.Width)
	}
	return err
}

// Played is a wave with its own time: 0 at Start, and Speed times faster. With the speed of the loop this is model time.
type Played struct {
	Wave  Wave
	Start time.Duration
	Speed float64 // 1e-9 to 1e6
}

// Current returns the current of the wave at Speed (now-Start), in whole nanoseconds.
func (p Played) Current(now time.Duration) float64 {
	const most = 1 << 62 // in range of every conversion
	return p.Wave.Current(time.Duration(min(max(float64(now-p.Start)*p.Speed, -most), most)))
}

func (p Played) check() error {
	if p.Wave == nil {
		return errors.New("played: wave must be given, got none")
	}
	if !(p.Speed >= 1e-9 && p.Speed <= 1e6) {
		return fmt.Errorf("played: speed must be between 1e-9 and 1e6, got %g", p.Speed)
	}
	return nil
}

func current(name string, v float64) error {
	if math.Abs(v) <= MaxCurrent { // NaN is not
		return nil
	}
	return fmt.Errorf("%s must be between -1 mA and 1 mA, got %g nA", name, v)
}

func frequency(name string, v float64) error {
	if v >= 0 && v <= MaxFrequency {
		return nil
	}
	return fmt.Errorf("%s must be between 0 Hz and 1 MHz, got %g Hz", name, v)
}

func span(name string, d, least time.Duration) error {
	if d >= least && d <= MaxTime {
		return nil
	}
	return fmt.Errorf("%s must be between %v and %v, got %v", name, least, MaxTime, d)
}
