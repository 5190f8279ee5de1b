package board

import (
	"math"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/analog"

	"hillock/config"
)

// State is how an input is doing.
type State int32

const (
	OK      State = iota
	Holding       // the latest read failed: the last good value is held
	Lost          // none was good for stale_after: the current is zero, and the part is reopened until it answers
)

func (s State) String() string { return [...]string{"ok", "holding", "lost"}[s] }

// Knob is an input: the position of a potentiometer on a channel of an ADC, as a current. Current belongs to the loop's
// goroutine; Reading to any.
type Knob struct {
	in   config.Input
	chip *chip
	adc  analog.PinADC
	full float64 // the code at position 1
	held float64 // the last good current, nA
	good time.Duration
	read bool // whether it was ever asked, so that good has a meaning
	seen int  // which opening of the chip it has read from

	reads, lowest, highest int32 // of the window that the spread is taken over

	raw     atomic.Int32
	spread  atomic.Int32
	current atomic.Uint64 // bits of the float64, nA
	state   atomic.Int32
	failed  atomic.Int64
	fault   atomic.Pointer[error]
}

// Reading is what a knob says now.
type Reading struct {
	Raw      int     // the latest good code of the ADC
	Spread   int     // highest less lowest code of some latest spreadWindow good reads: noise, or a hand at the knob
	Position float64 // of it, from 0 to 1
	Current  float64 // what the neuron gets, nA
	State    State
	Failed   int64 // failed reads so far
	Fault    error // why the latest read failed, nil when it did not
}

// Reading is the latest reading, without a lock that the loop could wait on: its fields can be a tick apart.
func (k *Knob) Reading() Reading {
	r := Reading{
		Raw:     int(k.raw.Load()),
		Spread:  int(k.spread.Load()),
		Current: math.Float64frombits(k.current.Load()),
		State:   State(k.state.Load()),
		Failed:  k.failed.Load(),
	}
	r.Position = float64(r.Raw) / k.full
	if e := k.fault.Load(); e != nil {
		r.Fault = *e
	}
	return r
}

// Current reads the ADC and gives the current in nA for the tick that was due at now: low + (high-low)*position, with
// position raw/full-scale code. After a bad read it gives the last good one; after stale_after without a good one, 0.
func (k *Knob) Current(now time.Duration) float64 {
	if !k.read {
		k.read, k.good = true, now
	}
	if k.state.Load() == int32(Lost) && k.seen == k.chip.openings && !k.chip.reopen(now) {
		return 0
	}
	k.seen = k.chip.openings
	s, err := k.chip.read(k.adc)
	if err != nil {
		return k.bad(now, err)
	}
	k.good = now
	k.held = k.in.Low + float64((k.in.High-k.in.Low)*(float64(s.Raw)/k.full))
	k.raw.Store(s.Raw)
	k.window(s.Raw)
	k.current.Store(math.Float64bits(k.held))
	if k.state.Load() != int32(OK) {
		k.state.Store(int32(OK))
		k.fault.Store(nil)
	}
	return k.held
}

// spreadWindow is how many reads a spread is taken over.
const spreadWindow = 256

func (k *Knob) window(raw int32) {
	if k.reads == 0 {
		k.lowest, k.highest = raw, raw
	}
	k.lowest, k.highest = min(k.lowest, raw), max(k.highest, raw)
	if k.reads++; k.reads == spreadWindow {
		k.spread.Store(k.highest - k.lowest)
		k.reads = 0
	}
}

func (k *Knob) bad(now time.Duration, err error) float64 {
	k.failed.Add(1)
	k.fault.Store(&err)
	if now-k.good < k.in.StaleAfter {
		k.state.Store(int32(Holding))
		return k.held
	}
	k.state.Store(int32(Lost))
	k.current.Store(0)
	return 0
}

// connect takes the knob's channel of its chip, which is open.
func (k *Knob) connect() error {
	adc, err := k.chip.channel(k.in)
	if err != nil {
		return err
	}
	_, most := adc.Range()
	k.adc, k.full = adc, float64(most.Raw)
	return nil
}
