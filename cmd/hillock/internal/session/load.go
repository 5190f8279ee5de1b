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

// load measures whether the machine keeps up with its ticks, in windows of half a second of real time.
type load struct {
	tick   time.Duration
	window int64 // ticks
	n      int64
	sum    cost
	over   cost // of a tick in the latest window, if longer than a tick
}

// cost is the time that a tick takes, and its reads' share of it. Reads take the same time in a tick of any length; steps and
// pulses do not. The zero value means no overload.
type cost struct{ tick, read time.Duration }

func newLoad(tick time.Duration) load {
	return load{tick: tick, window: max(1, int64(500*time.Millisecond/tick))}
}

// cost returns the cost of a tick in the latest window, zero without an overload.
func (l *load) cost(t neuron.Tick) cost {
	l.n++
	l.sum.tick += t.Ran
	l.sum.read += t.Read
	// A window ends early after 500 ms of work: with ticks of 50 us that take 5 ms, a full window would last 50 s.
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

// fits returns the shortest tick of the series 1, 2, 5 with a third of its time to spare, 0 if the steps alone take too long for
// any tick.
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

// Overload describes a machine too slow for its ticks. The zero value is no overload.
type Overload struct {
	Tick, Cost, Reads time.Duration // length of a tick; its cost; its reads' share of the cost
	Fit               time.Duration // shortest tick that fits; 0: none
	Longer            bool          // with max_lag, stale_after and width at least as long
}

// overload returns the overload at a cost, with a tick that fits.
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

// String returns the overload and its remedy, "" without an overload.
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
