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

// A Clock is the time that a loop lives in: the wall's, or a virtual one that runs as fast as the loop does.
type Clock interface {
	// Now is the monotonic time since the clock's own zero.
	Now() time.Duration
	// SleepUntil blocks until Now is t or later, or until ctx is done, whose error it then returns.
	SleepUntil(ctx context.Context, t time.Duration) error
}

// An Input is one term of a neuron's current. It is read once per tick, also when several neurons share it; its
// dynamic type must be comparable. A part that fails is the input's own affair: the neuron goes on with what it gives.
type Input interface {
	// Current is the current in nA for the tick that was due at now; finite.
	Current(now time.Duration) float64
}

// A Holder is an Input that waits for a part, which may keep it waiting: see Loop.Patience.
type Holder interface {
	Input
	// Hold is the current in nA for the tick that was due at now, at once: what is known without the part.
	Hold(now time.Duration) float64
	// Mend asks the part once more, from now on, and reports whether it answered. It may take as long as that takes:
	// it runs beside the loop, which asks Hold meanwhile.
	Mend(now time.Duration) bool
}

// An Output is told of the spikes of its neuron, in the loop's own time: now is when the tick was due, however late it
// runs. Neither method may block.
type Output interface {
	// Tick comes once per tick, before its steps.
	Tick(now time.Duration)
	// Spike comes at each spike, with the number of the step in which it happened.
	Spike(step int64, now time.Duration)
}

// An Observer sees each tick after its steps, on the loop's own thread: it may read the cells, and must not block.
// One that is a StepObserver too sees each step.
type Observer interface {
	Tick(Tick)
}

// A StepObserver sees each step of each neuron right after it.
type StepObserver interface {
	Step(Sample)
}

// A Cell is a neuron in its place: what drives it, what it drives, and the count of its spikes.
type Cell struct {
	Name string
	Neuron
	Inputs  []Input // the terms of its current, added up
	Outputs []Output

	Current     float64 // the sum of its inputs in this tick, nA
	Spikes      int64
	First, Last int64 // step numbers of its first and its latest spike; 0: none yet
}

// Sample is the state of a cell right after a step: V (mV) after the reset where it spiked.
type Sample struct {
	Cell    *Cell
	Step    int64
	Current float64 // nA
	V       float64 // mV
	Spiked  bool
}

// Tick is where the loop stands after a tick.
type Tick struct {
	Due      int64         // ticks due so far, this one included
	Skipped  int64         // ticks of these that were skipped
	Steps    int64         // steps run so far, this tick's included
	Deadline time.Duration // when it was due, on the loop's clock
	Began    time.Duration // when it began
	Missed   time.Duration // how late the first was of the ticks that were skipped right before it; 0: none
	Read     time.Duration // how long the inputs took
	Ran      time.Duration // how long all of it took, inputs, steps and outputs
	Write    time.Duration // the longest time from a threshold crossing until the outputs had taken it; 0: no spike
	Adjusted int64         // how often the loop was given other parameters so far
}

// Run is how many ticks were run so far.
func (t Tick) Run() int64 { return t.Due - t.Skipped }

// Lateness is how long after its deadline the tick began.
func (t Tick) Lateness() time.Duration { return t.Began - t.Deadline }

// Since is how long the loop has run at the end of the tick, where its ticks are so long.
func (t Tick) Since(tick time.Duration) time.Duration {
	if t.Due == 0 {
		return 0
	}
	return t.Began + t.Ran - t.Deadline + time.Duration(t.Due)*tick
}

// Loop runs cells in real time, or as fast as it can on a virtual clock: the same steps, the same bits.
//
// Tick k is due at start + k*Tick, whatever happened before; it reads each input once and runs the steps that are due
// with that input held. A late tick is followed at once by the next until the loop has caught up.
//
// The loop reads its inputs itself, right before the steps that use them. So a current is never older than its tick,
// also where ticks are late, and no second thread has to wake for it: that would double what a tick costs. A part that
// hangs would hang the loop, though. So where Patience is set, a second goroutine takes the place of one that waits for a
// Holder longer than that: it goes on from there, in the same tick, with what the input holds. The first stays with the
// part and asks it again until it answers in time; from then on the loop reads it as before.
type Loop struct {
	Clock     Clock
	Tick      time.Duration // from one tick to the next, more than 0
	DT        time.Duration // the integration step, each cell's DT in whole nanoseconds
	Speed     float64       // model time over wall time, a multiple of 1e-9
	MaxLag    time.Duration // lag beyond which all missed ticks are skipped in one piece; 0: none ever is
	Ticks     int64         // how many ticks are due in all; 0: until the context ends
	Start     time.Duration // when the tick before the first was due, on the clock, for a loop that follows another; 0: as it is run
	Cells     []*Cell       // stepped in this order
	Observers []Observer

	Patience time.Duration // how long the loop waits for a Holder, at least, and less than twice; 0: for ever
	Ready    func() error  // called first on each goroutine that runs the loop, to ready its thread; nil: nothing to do

	adjusted atomic.Pointer[adjustment] // asked for and not taken yet
}

// MaxStepsPerTick bounds Speed*Tick/DT.
const MaxStepsPerTick = 1_000_000

// Run runs the loop until all ticks are due or ctx ends, whose error it then returns, and reports the last tick. Without
// Patience it does so on the calling goroutine, else on others. A panic in a part or an observer is returned as an error.
// It does not allocate per tick or per step.
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

// errRelieved ends a runner in whose place another one goes on: nothing of the run is its own any more.
var errRelieved = errors.New("relieved")

// runner runs the loop on this goroutine from where it stands.
func (r *run) runner(ctx context.Context) (err error) {
	defer caught(&err)
	if r.Ready != nil {
		if err := r.Ready(); err != nil {
			return err
		}
	}
	switch {
	case !r.started:
		r.started, r.start = true, r.Start
		if r.start == 0 {
			r.start = r.Clock.Now()
		}
	case r.inTick: // in the place of one that waits for an input
		if err := r.tick(); err != nil {
			return err
		}
	}
	for r.Ticks == 0 || r.at.Due < r.Ticks {
		deadline := r.start + time.Duration(r.at.Due+1)*r.Tick
		if err := r.Clock.SleepUntil(ctx, deadline); err != nil {
			return err
		}
		r.due(deadline)
		if err := r.tick(); err != nil {
			return err
		}
	}
	return nil
}

// caught makes a panic an error.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic in the loop: %v\n%s", p, bytes.TrimSpace(debug.Stack()))
	}
}

// due begins the tick of a deadline, or the last of those that are skipped with it.
func (r *run) due(deadline time.Duration) {
	began := r.Clock.Now()
	r.at.Missed = 0
	if lag := began - deadline; r.MaxLag > 0 && lag > r.MaxLag {
		missed := int64(lag / r.Tick)
		if r.Ticks > 0 {
			missed = min(missed, r.Ticks-r.at.Due-1)
		}
		r.at.Due += missed
		r.at.Skipped += missed
		r.at.Missed = lag
		deadline += time.Duration(missed) * r.Tick
	}
	r.at.Due++
	r.at.Deadline, r.at.Began = deadline, began
	r.adjust()
	r.inTick = true
}

// stepsPerTick is Speed*Tick/DT as whole steps and a remainder over den, exactly.
func (l *Loop) stepsPerTick() (whole, rest, den uint64, err error) {
	nano := math.Round(l.Speed * 1e9)
	switch {
	case !(l.Tick > 0):
		return 0, 0, 0, fmt.Errorf("tick: must be more than 0, got %v", l.Tick)
	case !(l.DT > 0 && l.DT <= time.Hour):
		return 0, 0, 0, fmt.Errorf("dt: must be more than 0 and at most an hour, got %v", l.DT)
	case !(nano >= 1 && nano <= 1e15):
		return 0, 0, 0, fmt.Errorf("speed: must be from 1e-9 to 1e6, got %g", l.Speed)
	}
	hi, lo := bits.Mul64(uint64(l.Tick), uint64(nano))
	den = uint64(l.DT) * 1e9
	if hi < den {
		whole, rest = bits.Div64(hi, lo, den)
	}
	if hi >= den || whole > MaxStepsPerTick {
		return 0, 0, 0, fmt.Errorf("more than %d steps are due per tick: tick %v at speed %g with dt %v", MaxStepsPerTick, l.Tick, l.Speed, l.DT)
	}
	return whole, rest, den, nil
}

// run is a loop under way.
type run struct {
	*Loop
	at        Tick
	start     time.Duration
	started   bool
	inTick    bool         // a tick is under way
	next      int          // which input it asks
	inputs    []Input      // each once
	currents  []float64    // what they gave in this tick, nA
	terms     [][]int      // by cell: which of the inputs
	drives    []float64    // by cell: what its current stands for in this tick
	lifs      []*lifNeuron // the neurons of all cells, fewer where some are of another model
	observers []StepObserver

	whole, rest, den, acc uint64 // steps per tick; acc counts the fractions of a step that are due

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
			i := slices.Index(r.inputs, in)
			if i < 0 {
				i = len(r.inputs)
				r.inputs = append(r.inputs, in)
			}
			terms = append(terms, i)
		}
		r.terms = append(r.terms, terms)
	}
	r.currents = make([]float64, len(r.inputs))
	r.relief = newRelief(r.inputs)
	for _, o := range l.Observers {
		if so, ok := o.(StepObserver); ok {
			r.observers = append(r.observers, so)
		}
	}
	return r, nil
}

// fits holds the parameters of a cell against the loop's step.
func (l *Loop) fits(c *Cell, p Params) error {
	if dt, own := float64(l.DT)/1e6, p.Model().Sum(Step, p); own != dt {
		return fmt.Errorf("neuron %s: its dt is %g ms, the loop's %g ms", c.Name, own, dt)
	}
	return nil
}
