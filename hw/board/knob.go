package board

import (
	"math"
	"sync/atomic"
	"time"

	"hillock/config"
)

// State is the state of an input.
type State int32

const (
	OK      State = iota
	Holding       // the latest read failed: the last good value is held
	Lost          // no good read within stale_after: the current is 0 nA, and the part is reopened until it answers
)

func (s State) String() string { return [...]string{"ok", "holding", "lost"}[s] }

// gauge is common to all knobs: the position, and the state of the part.
type gauge struct {
	knob    config.Knob
	curve   Curved // nil: the position is proportional to the raw value between the knob's ends
	late    error  // the fault while the part does not answer
	*smooth        // belongs to the goroutine that reads the part

	reads, lowest, highest int32 // of the present window of the spread

	good    atomic.Int64  // the start of the last good read
	place   atomic.Uint64 // its position, bits of the float64
	held    atomic.Uint64 // its current, bits of the float64, nA
	known   atomic.Bool   // held is the current of a reading
	begun   bool          // the loop has got the current of a reading; for the loop only
	raw     atomic.Int32
	spread  atomic.Int32
	current atomic.Uint64 // bits of the float64, nA
	state   atomic.Int32
	failed  atomic.Int64
	fault   atomic.Pointer[error]
}

// Knob is an input: the position of a potentiometer on a channel of an ADC, as a current.
//
// Current and Mend belong to one goroutine at a time. Hold may be called while that goroutine waits for the chip, and
// Reading at any time. All times are of one clock.
type Knob struct {
	gauge
	part OnChip
	chip *chip
	adc  Channel // belongs to the goroutine that has taken the chip

	asked bool // good is a valid time
	seen  int  // the value of chip.openings at the latest read
}

// Reading is the present reading of a knob.
type Reading struct {
	Raw      int     // the latest good code of the ADC, or charge time in ns
	Ends     [2]int  // the codes at positions 0 and 1
	Spread   int     // highest minus lowest code of a recent window of good reads: noise, or a turning knob
	Position float64 // of the knob, smoothed, from 0 to 1
	Current  float64 // the input current, nA
	More     float64 // the current with one code more, nA
	State    State
	Failed   int64 // the number of failed reads
	Fault    error // the error of the latest read, nil if it was good
}

// Reading returns the latest reading. It takes no lock, so the loop never waits for it, and its fields can be a tick apart.
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
	next := r.Position + k.position(float64(r.Raw+1)) - k.position(float64(r.Raw))
	r.More = k.knob.Low + float64((k.knob.High-k.knob.Low)*min(max(next, 0), 1))
	if e := k.fault.Load(); e != nil {
		r.Fault = *e
	}
	return r
}

// Current reads the ADC and returns the current in nA for the tick due at now: low + (high-low)*position, with the position
// of the smoothed code between the knob's ends. After a bad read it returns the result of Hold.
func (k *Knob) Current(now time.Duration) float64 {
	if !k.Mend(now) {
		return k.Hold(now)
	}
	return k.fresh()
}

// fresh returns the current of a part after a good answer.
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

// Begun reports whether Current or Hold has returned the current of a reading. Before that, the current is 0 nA because
// nothing else is known. Begun belongs to the goroutine that calls them.
func (k *gauge) Begun() bool { return k.begun }

// HasReading reports whether the latest result of Current or Hold is the current of a reading. It belongs to the goroutine that calls
// them.
func (k *gauge) HasReading() bool { return k.begun && k.state.Load() != int32(Lost) }

// Hold returns the last good current in nA for the tick due at now, or 0 if the last good read began at least stale_after
// ago. It reads nothing.
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

// Mend reads the ADC for the next Current and reports whether it answered. It reopens a lost part first, at most once per
// half second.
func (k *Knob) Mend(now time.Duration) bool {
	if !k.asked {
		k.asked = true
		k.good.Store(int64(now))
	}
	if !k.chip.take() { // the transfer of another knob hangs, and this one would too
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

// answer takes in a good reading.
func (k *gauge) answer(raw int32) {
	at := k.position(k.add(raw))
	k.place.Store(math.Float64bits(at))
	k.held.Store(math.Float64bits(k.knob.Low + float64((k.knob.High-k.knob.Low)*at)))
	if !k.known.Load() { // a store in each tick would cost more
		k.known.Store(true)
	}
	k.raw.Store(raw)
	k.window(raw)
}

// position returns the position of the knob, from 0 to 1, for a code.
func (k *gauge) position(code float64) float64 {
	if k.curve != nil {
		return k.curve.Position(code)
	}
	low, high := float64(k.knob.Ends[0]+k.knob.DeadZone), float64(k.knob.Ends[1]-k.knob.DeadZone)
	return min(max((code-low)/(high-low), 0), 1)
}

// spreadWindow is the number of readings in a window of the spread.
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

// connect opens the knob's channel of its open chip.
func (k *Knob) connect() (err error) {
	k.adc, err = k.chip.dev.Channel(k.part)
	return err
}

// Input is an open input: a Knob, a Slow or a Played.
type Input interface {
	// Current returns the current in nA for the tick due at now.
	Current(now time.Duration) float64
	// Reading returns the present reading. Any goroutine may call it.
	Reading() Reading
}
