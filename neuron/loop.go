package neuron

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"
)

// A Clock is the clock of a loop: real time, or a VirtualClock.
type Clock interface {
	// Now returns the monotonic time since the zero of the clock.
	Now() time.Duration
	// SleepUntil blocks until Now is t or later, and returns the time then. now is the caller's latest reading of the clock:
	// a reading can be a system call. If ctx ends first, it returns the error of ctx.
	SleepUntil(ctx context.Context, now, t time.Duration) (time.Duration, error)
}

// An Input is one term of a neuron's current. The loop reads it once per tick, also for several neurons. Its dynamic type must
// be comparable. It handles a failed part itself: the neuron takes any current from it.
type Input interface {
	// Current returns the current in nA for the tick due at now. It must be finite.
	Current(now time.Duration) float64
}

// A Holder is an Input that can block on its part: see Loop.Patience.
type Holder interface {
	Input
	// Hold returns the current in nA for the tick due at now without the part, at once.
	Hold(now time.Duration) float64
	// Mend reads the part once and reports whether it answered. It may block: it runs beside the loop, and the loop calls
	// Hold meanwhile.
	Mend(now time.Duration) bool
}

// An Output shows the spikes of its neuron. The time now is the deadline of the tick, however late it runs. Neither method may
// block.
type Output interface {
	// Tick is called once per tick, before its steps.
	Tick(now time.Duration)
	// Spike is called at each spike with the number of its step.
	Spike(step int64, now time.Duration)
}

// An Observer is called after the steps of each tick, on the thread of the loop. It may read the cells and must not block.
// A StepObserver is also called after each step.
type Observer interface {
	Tick(Tick)
}

// A StepObserver is called right after each step of each neuron.
type StepObserver interface {
	Step(Sample)
}

// A Cell is a neuron or a population with its inputs, its outputs and the count of its spikes.
type Cell struct {
	Name string
	Neuron
	Count   int     // neurons of a population; 0: one
	Inputs  []Input // the terms of its current
	Outputs []Output

	Current     float64 // the sum of its inputs in this tick, nA
	Synaptic, W float64 // synaptic and adaptation current of its first neuron after the latest step, nA
	Fired       []int32 // in a network: its neurons with a spike in the latest step, from 0
	Spikes      int64
	First, Last int64 // step numbers of the first and the latest spike; 0: none yet
}

// Sample is the state of a cell right after a step. At a spike V is the value after the reset. Of a population V and Spiked are those of the
// first neuron; Cell.Fired has all spikes of a network's step.
type Sample struct {
	Cell    *Cell
	Step    int64
	Current float64 // nA
	V       float64 // mV
	Spiked  bool
}

// Tick is the state of the loop after a tick.
type Tick struct {
	Due      int64         // ticks due so far, this one included
	Skipped  int64         // ticks skipped so far, part of Due
	Steps    int64         // steps run so far, this tick's included
	Deadline time.Duration // of the tick, on the loop's clock
	Began    time.Duration // start of the tick, on the loop's clock
	Missed   time.Duration // lateness of the first tick skipped right before; 0: none
	Read     time.Duration // duration of the reads of all inputs
	Ran      time.Duration // duration of the tick: inputs, steps and outputs
	Write    time.Duration // longest time from a threshold crossing to the return of the last output; 0: no spike
	Adjusted int64         // number of adjustments so far
}

// Run returns the number of ticks run so far.
func (t Tick) Run() int64 { return t.Due - t.Skipped }

// Lateness returns the time from the deadline to the start of the tick.
func (t Tick) Lateness() time.Duration { return t.Began - t.Deadline }

// Since returns the run time of the loop at the end of the tick. The argument is the length of a tick.
func (t Tick) Since(tick time.Duration) time.Duration {
	if t.Due == 0 {
		return 0
	}
	return t.Began + t.Ran - t.Deadline + time.Duration(t.Due)*tick
}

// Loop runs cells in real time, or as fast as it can on a virtual clock: the same steps, the same bits.
//
// Tick k has the deadline start + k*Tick, whatever happened before. A tick reads each input once and runs the due steps with
// that current. After a late tick the next follows at once, until the loop has caught up.
//
// The loop reads its inputs itself, right before the steps. A current is never older than its tick, however late, and no
// second thread wakes for it: that would double the cost of a tick.
//
// A part that hangs would hang the loop. With Patience set, a new goroutine replaces one that waits longer for a Holder or a
// Writer. It continues the same tick with the current of Hold, or without the write. The old goroutine calls the part again
// until it answers in time. Then the loop calls it as before.
type Loop struct {
	Clock     Clock
	Tick      time.Duration // period, more than 0
	DT        time.Duration // integration step: the DT of each cell, in whole nanoseconds
	Speed     float64       // model time over real time, a multiple of 1e-9
	MaxLag    time.Duration // with a longer lag all missed ticks are skipped at once; 0: never
	Ticks     int64         // total number of ticks; 0: until the context ends
	Start     time.Duration // deadline of tick 0 on the clock, to continue another loop; 0: the time of Run
	Cells     []*Cell       // stepped in this order
	Net       *Net          // of these cells; nil: they are alone
	Feeds     []Feed        // spikes from outside, for sources of Net
	Observers []Observer
	Writers   []Writer // called last in each tick

	Patience time.Duration // wait for a Holder or a Writer: at least this, less than twice this; 0: no limit
	Ready    func() error  // called first on each goroutine of the loop, to prepare its thread; may be nil

	adjusted atomic.Pointer[adjustment] // the latest, until the loop takes it
	current  atomic.Pointer[Net]        // the network as it runs
}

// Network returns the network of the loop as it runs, or nil. Observers may read it in their calls, and anybody after the end of the
// loop.
func (l *Loop) Network() *Net {
	if n := l.current.Load(); n != nil {
		return n
	}
	return l.Net
}

// MaxStepsPerTick bounds Speed*Tick/DT.
const MaxStepsPerTick = 1_000_000

// Run runs the loop until its last tick or the end of ctx, and returns the last tick and the error of ctx. With Patience it
// runs on new goroutines, else on the calling one. A panic in a part or an observer becomes an error. Ticks and steps do not
// allocate.
func (l *Loop) Run(ctx context.Context) (Tick, error) {
	r, err := l.prepare()
	if err != nil {
		return Tick{}, err
	}
	if l.Patience > 0 {
		err = r.relay(ctx)
	} else {
		err = r.runner(ctx)
	}
	return r.at, err
}

// errRelieved ends a replaced runner. It must not touch the run any more.
var errRelieved = errors.New("relieved")

// runner runs the loop on this goroutine from its present state.
func (r *run) runner(ctx context.Context) (err error) {
	defer caught(&err)
	if r.Ready != nil {
		if err := r.Ready(); err != nil {
			return err
		}
	}
	now := r.Clock.Now()
	switch {
	case !r.started:
		r.started, r.start = true, r.Start
		if r.start == 0 {
			r.start = now
		}
	case r.inTick: // this runner replaces one that waits for an input
		if now, err = r.tick(); err != nil {
			return err
		}
	}
	for r.Ticks == 0 || r.at.Due < r.Ticks {
		deadline := r.start + time.Duration(r.at.Due+1)*r.Tick
		if now, err = r.Clock.SleepUntil(ctx, now, deadline); err != nil {
			return err
		}
		r.due(deadline, now)
		if now, err = r.tick(); err != nil {
			return err
		}
	}
	return nil
}

// caught turns a panic into an error.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic in the loop: %v\n%s", p, bytes.TrimSpace(debug.Stack()))
	}
}

// due begins the tick of a deadline at the time began. After a long stop it begins the last missed tick and skips the others.
func (r *run) due(deadline, began time.Duration) {
	r.at.Missed = 0
	if lag := began - deadline; r.MaxLag > 0 && lag > r.MaxLag {
		missed := int64(lag / r.Tick)
		if r.Ticks > 0 {
			missed = min(missed, r.Ticks-r.at.Due-1)
		}
		r.at.Due += missed
		r.at.Skipped += missed
		r.at.Missed = lag
		if r.net != nil {
			r.net.Skip(r.stepsIn(missed))
		}
		deadline += time.Duration(missed) * r.Tick
	}
	r.at.Due++
	r.at.Deadline, r.at.Began = deadline, began
	r.adjust()
	r.inTick = true
}

// stepsIn returns the whole number of steps in so many ticks.
func (r *run) stepsIn(ticks int64) int64 {
	hi, lo := bits.Mul64(uint64(ticks), r.rest)
	parts, _ := bits.Div64(hi, lo, r.den)
	return ticks*int64(r.whole) + int64(parts)
}

// stepsPerTick returns Speed*Tick/DT exactly: whole steps, and a remainder over den.
func (l *Loop) stepsPerTick() (whole, rest, den uint64, err error) {
	nano := math.Round(l.Speed * 1e9)
	switch {
	case !(l.Tick > 0):
		return 0, 0, 0, fmt.Errorf("tick: must be more than 0 ms, got %g ms", milliseconds(l.Tick))
	case !(l.DT > 0 && l.DT <= time.Hour):
		return 0, 0, 0, fmt.Errorf("dt: must be more than 0 ms and at most 1 h, got %g ms", milliseconds(l.DT))
	case !(nano >= 1 && nano <= 1e15):
		return 0, 0, 0, fmt.Errorf("speed: must be from 1e-9 to 1e6, got %g", l.Speed)
	}
	hi, lo := bits.Mul64(uint64(l.Tick), uint64(nano))
	den = uint64(l.DT) * 1e9
	if hi < den {
		whole, rest = bits.Div64(hi, lo, den)
	}
	if hi >= den || whole > MaxStepsPerTick {
		return 0, 0, 0, fmt.Errorf("speed: must keep tick*speed/dt at most %d steps per tick, got speed %g with tick %g ms and dt %g ms",
			MaxStepsPerTick, l.Speed, milliseconds(l.Tick), milliseconds(l.DT))
	}
	return whole, rest, den, nil
}

// run is the state of a running loop.
type run struct {
	*Loop
	at        Tick
	start     time.Duration
	started   bool
	inTick    bool         // a tick is under way
	stepped   bool         // the steps of the tick are done, and its writers follow
	next      int          // index of the next input to read, or behind the inputs of the next writer
	inputs    []Input      // each once
	currents  []float64    // of the inputs in this tick, nA
	terms     [][]int      // by cell: indices of its inputs
	drives    []float64    // by cell, in this tick
	lifs      []*lifNeuron // the neurons of all cells, without those of another model
	observers []StepObserver
	net       *Net      // nil: the cells are alone
	gains     []gaining // of the synapses with a knob
	feed      int       // index of the feed being read
	add       func(input int, at time.Duration, gain float64)

	whole, rest, den, acc uint64 // steps per tick; acc adds up the fractions

	*relief
}

func (l *Loop) prepare() (*run, error) {
	if l.Clock == nil || len(l.Cells) == 0 {
		return nil, errors.New("a loop needs a clock and at least one cell")
	}
	r := &run{Loop: l, drives: make([]float64, len(l.Cells)), lifs: make([]*lifNeuron, 0, len(l.Cells))}
	r.leaky()
	var err error
	if r.whole, r.rest, r.den, err = l.stepsPerTick(); err != nil {
		return nil, err
	}
	for _, c := range l.Cells {
		if err := l.fits(c, c.Params()); err != nil {
			return nil, err
		}
		var terms []int
		for _, in := range c.Inputs {
			terms = append(terms, r.input(in))
		}
		r.terms = append(r.terms, terms)
	}
	if l.Net != nil {
		r.connect(l.Net)
	}
	r.add = r.addSpike
	r.currents = make([]float64, len(r.inputs))
	r.relief = newRelief(r.inputs, len(l.Writers))
	for _, o := range l.Observers {
		if so, ok := o.(StepObserver); ok {
			r.observers = append(r.observers, so)
		}
	}
	return r, nil
}

// input returns the index of an input.
func (r *run) input(in Input) int {
	i := slices.Index(r.inputs, in)
	if i < 0 {
		i = len(r.inputs)
		r.inputs = append(r.inputs, in)
	}
	return i
}

// gaining is a synapse with a knob for its gain.
type gaining struct {
	*synapse
	input int // index
}

// connect makes a network the one that runs. Its gains have the inputs of the one before.
func (r *run) connect(n *Net) {
	r.net = n
	n.adopt()
	r.current.Store(n)
	r.gains = r.gains[:0]
	for _, s := range n.synapses {
		if s.Gain.Input != nil {
			r.gains = append(r.gains, gaining{s, r.input(s.Gain.Input)})
		}
	}
}

// fits checks the integration step of a cell against that of the loop.
func (l *Loop) fits(c *Cell, p Params) error {
	if dt, own := milliseconds(l.DT), p.Model().Sum(Step, p); own != dt {
		return fmt.Errorf("neuron %s: its dt is %g ms, the loop's %g ms", c.Name, own, dt)
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }
