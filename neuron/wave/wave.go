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
	// Current is the current in nA at a time, finite.
	Current(now time.Duration) float64
}

// The largest values that New lets pass.
const (
	MaxCurrent   = 1e6              // nA, either way: that of a neuron
	MaxFrequency = 1e6              // Hz; from half the ticks in a second on, a wave is no longer seen as what it is
	MaxTime      = 2400 * time.Hour // a hundred days
)

// New returns the wave as it was given, or the first rule that one of its fields breaks.
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

// Constant is a current that never changes, nA.
type Constant float64

// Current is c at any time.
func (c Constant) Current(time.Duration) float64 { return float64(c) }

func (c Constant) check() error { return current("constant: current", float64(c)) }

// Step goes from one current to another at once.
type Step struct {
	Before, After float64       // nA
	At            time.Duration // from when on it is After, 0 to MaxTime
}

// Current is After from At on.
func (s Step) Current(now time.Duration) float64 {
	if now < s.At {
		return s.Before
	}
	return s.After
}

func (s Step) check() error {
	return cmp.Or(current("step: before", s.Before), current("step: after", s.After), span("step: at", s.At, 0))
}

// Ramp goes from one current to another in a straight line, and stays there.
type Ramp struct {
	From, To float64       // nA
	At       time.Duration // when it leaves From, 0 to MaxTime
	Over     time.Duration // how long it takes to To, above 0 up to MaxTime
}

// Current is From + (To-From) (now-At)/Over between its ends.
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

// Pairs are pairs of equal pulses: what the second finds, of the first, depends on how far they are apart.
type Pairs struct {
	Low, High float64       // nA, between the pulses and in them; Low may be the larger one
	At        time.Duration // when the first pair begins, 0 to MaxTime
	Width     time.Duration // of a pulse, above 0 up to MaxTime
	Apart     time.Duration // from the beginning of one to that of the other, Width to MaxTime
	Every     time.Duration // from pair to pair, Apart+Width to MaxTime, or 0 for one pair alone
}

// Current is High in a pulse: from its beginning on, to before its end.
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

// Played is a wave in a time of its own: its 0 is at Start, and it passes Speed times as fast. At the loop's speed that
// is model time.
type Played struct {
	Wave  Wave
	Start time.Duration
	Speed float64 // 1e-9 to 1e6
}

// Current is the wave's at Speed (now-Start), in whole nanoseconds.
func (p Played) Current(now time.Duration) float64 {
	const most = 1 << 62 // in range of every conversion
	return p.Wave.Current(time.Duration(min(max(float64(now-p.Start)*p.Speed, -most), most)))
}

func (p Played) check() error {
	if p.Wave == nil {
		return errors.New("played: wave must be given, got none")
	}
	if !(p.Speed >= 1e-9 && p.Speed <= 1e6) {
		return fmt.Errorf("played: speed must be from 1e-9 to 1e6, got %g", p.Speed)
	}
	return nil
}

func current(name string, v float64) error {
	if math.Abs(v) <= MaxCurrent { // NaN is not
		return nil
	}
	return fmt.Errorf("%s must be between -%g nA and %g nA, got %g nA", name, MaxCurrent, MaxCurrent, v)
}

func frequency(name string, v float64) error {
	if v >= 0 && v <= MaxFrequency {
		return nil
	}
	return fmt.Errorf("%s must be from 0 Hz to %g Hz, got %g Hz", name, MaxFrequency, v)
}

func span(name string, d, least time.Duration) error {
	if d >= least && d <= MaxTime {
		return nil
	}
	return fmt.Errorf("%s must be from %v to %v, got %v", name, least, MaxTime, d)
}
