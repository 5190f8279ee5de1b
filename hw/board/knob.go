package board

import (
	"math"
	"sync/atomic"
	"time"

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

// gauge is what every knob has: where it is, and how its part is doing.
type gauge struct {
	knob    config.Knob
	late    error // what is wrong while the part does not answer
	*smooth       // under the lock of whoever asks the part

	reads, lowest, highest int32 // of the window that the spread is taken over

	good    atomic.Int64  // when the last good read began
	place   atomic.Uint64 // the position that it gave, bits of the float64
	held    atomic.Uint64 // the current that it gave, bits of the float64, nA
	known   atomic.Bool   // held is of a reading
	begun   bool          // the loop was given the current of a reading; the loop's
	raw     atomic.Int32
	spread  atomic.Int32
	current atomic.Uint64 // bits of the float64, nA
	state   atomic.Int32
	failed  atomic.Int64
	fault   atomic.Pointer[error]
}

// Knob is an input: the position of a potentiometer on a channel of an ADC, as a current.
//
// One goroutine at a time asks the chip: Current and Mend belong to it. Hold may be called while it waits, Reading at any
// time. Times are those of one clock.
type Knob struct {
	gauge
	part OnChip
	chip *chip
	adc  Channel // under the chip's lock

	asked bool // ever, so that good has a meaning
	seen  int  // which opening of the chip it has read from
}

// Reading is what a knob says now.
type Reading struct {
	Raw      int     // the latest good code of the ADC, or charge time in ns
	Ends     [2]int  // of it, at positions 0 and 1
	Spread   int     // highest less lowest code of some latest spreadWindow good reads: noise, or a hand at the knob
	Position float64 // of the knob, smoothed, from 0 to 1
	Current  float64 // what the neuron gets, nA
	State    State
	Failed   int64 // failed reads so far
	Fault    error // why the latest read failed, nil when it did not
}

// Reading is the latest reading, without a lock that the loop could wait on: its fields can be a tick apart.
func (k *gauge) Reading() Reading {
	r := Reading{
		Raw:      int(k.raw.Load()),
		Ends:     k.knob.Ends,
		Spread:   int(k.spread.Load()),
		Position: math.Float64frombits(k.place.Load()),
		Current:  math.Float64frombits(k.current.Load()),
		State:    State(k.state.Load()),
		Failed:   k.failed.Load(),
	}
	if e := k.fault.Load(); e != nil {
		r.Fault = *e
	}
	return r
}

// Current reads the ADC and gives the current in nA for the tick that was due at now: low + (high-low)*position, where the
// position is that of the smoothed code between the knob's ends. After a bad read it is what Hold gives.
func (k *Knob) Current(now time.Duration) float64 {
	if !k.Mend(now) {
		return k.Hold(now)
	}
	return k.fresh()
}

// fresh is the current of a part that has answered.
func (k *gauge) fresh() float64 {
	if k.state.Load() != int32(OK) {
		k.state.Store(int32(OK))
		k.fault.Store(nil)
	}
	k.begun = true
	bits := k.held.Load()
	k.current.Store(bits)
	return math.Float64frombits(bits)
}

// Begun reports whether Current or Hold has ever given the current of a reading. Until then it is 0 nA because nothing else is
// known. It belongs to the goroutine that calls them.
func (k *gauge) Begun() bool { return k.begun }

// Hold gives the last good current, in nA, for the tick that was due at now, and 0 when no good read has begun for
// stale_after. It asks nobody.
func (k *gauge) Hold(now time.Duration) float64 {
	if k.fault.Load() == nil { // no read has failed, so one has not returned
		k.failed.Add(1)
		k.fault.Store(&k.late)
	}
	state, bits := Holding, uint64(0) // 0 nA
	switch {
	case now-time.Duration(k.good.Load()) >= k.knob.StaleAfter:
		state = Lost
	case k.known.Load():
		k.begun = true
		bits = k.held.Load()
	}
	k.state.Store(int32(state))
	k.current.Store(bits)
	return math.Float64frombits(bits)
}

// Mend reads the ADC, now, for Current to come, and reports whether it answered. A lost one it opens again first, but no
// more often than every half second.
func (k *Knob) Mend(now time.Duration) bool {
	if !k.asked {
		k.asked = true
		k.good.Store(int64(now))
	}
	if !k.chip.take() { // a transfer for another knob hangs, and so would this one
		return false
	}
	defer k.chip.release()
	if k.state.Load() == int32(Lost) {
		if k.seen == k.chip.openings && !k.chip.reopen(now) {
			return false
		}
		k.forget()
	}
	k.seen = k.chip.openings
	s, err := k.chip.read(k.adc)
	if err != nil {
		k.bad(err)
		return false
	}
	k.good.Store(int64(now))
	k.answer(s.Raw)
	return true
}

// answer takes a good reading.
func (k *gauge) answer(raw int32) {
	at := k.position(k.add(raw))
	k.place.Store(math.Float64bits(at))
	k.held.Store(math.Float64bits(k.knob.Low + float64((k.knob.High-k.knob.Low)*at)))
	if !k.known.Load() { // a store costs more, each tick
		k.known.Store(true)
	}
	k.raw.Store(raw)
	k.window(raw)
}

// position is where the knob is, from 0 to 1, for a code between its ends.
func (k *gauge) position(code float64) float64 {
	low, high := float64(k.knob.Ends[0]+k.knob.DeadZone), float64(k.knob.Ends[1]-k.knob.DeadZone)
	return min(max((code-low)/(high-low), 0), 1)
}

// spreadWindow is how many reads a spread is taken over.
const spreadWindow = 256

func (k *gauge) window(raw int32) {
	if k.reads == 0 {
		k.lowest, k.highest = raw, raw
	}
	k.lowest, k.highest = min(k.lowest, raw), max(k.highest, raw)
	if k.reads++; k.reads == spreadWindow {
		k.spread.Store(k.highest - k.lowest)
		k.reads = 0
	}
}

func (k *gauge) bad(err error) {
	k.failed.Add(1)
	k.fault.Store(&err)
}

// connect takes the knob's channel of its chip, which is open.
func (k *Knob) connect() (err error) {
	k.adc, err = k.chip.dev.Channel(k.part)
	return err
}

// Input is an open input: a Knob, a Slow one, or Played.
type Input interface {
	// Current is the current in nA for the tick that was due at now.
	Current(now time.Duration) float64
	// Reading is what it says now; from any goroutine.
	Reading() Reading
}
