package session

import (
	"fmt"
	"time"

	"hillock/cmd/hillock/internal/parts"
	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

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

// Overload is a machine that cannot keep its ticks. The zero value is none.
type Overload struct {
	Tick, Cost, Reads time.Duration // of the loop; what one costs; what part of that are its reads
	Fit               time.Duration // a tick that would fit, 0: none would
	Longer            bool          // with max_lag, stale_after and width at least as long
}

// overload returns what a tick costs and which would fit.
func overload(c cost, cfg *config.Config) Overload {
	if c.tick == 0 {
		return Overload{}
	}
	o := Overload{Tick: cfg.Loop.Tick, Cost: c.tick, Reads: c.read, Fit: c.fits(cfg.Loop.Tick)}
	if o.Fit > time.Second {
		o.Fit = 0
	}
	least := cfg.Loop.MaxLag
	for _, in := range cfg.Inputs {
		if k, ok := in.Part.(board.Turned); ok {
			least = min(least, k.Calibration().StaleAfter)
		}
	}
	for _, out := range cfg.Outputs {
		if _, opts := parts.LED(out); parts.IsLED(out) {
			least = min(least, opts.Width)
		}
	}
	o.Longer = o.Fit > least
	return o
}

// String says it with the way out, "" where all is well.
func (o Overload) String() string {
	if o.Cost == 0 {
		return ""
	}
	text := fmt.Sprintf("overload: a tick costs %s, more than its %s: the neuron runs %.1f times slower than asked; ",
		readable.Seconds(o.Cost.Seconds()), readable.Seconds(o.Tick.Seconds()), float64(o.Cost)/float64(o.Tick))
	if o.Fit == 0 {
		return text + "its steps take too long for any tick: a lower speed or a longer dt would fit"
	}
	text += fmt.Sprintf("its reads take %s: tick = %q would fit", readable.Seconds(o.Reads.Seconds()), readable.Seconds(o.Fit.Seconds()))
	if o.Longer {
		text += ", with max_lag, stale_after and width at least as long"
	}
	return text
}
