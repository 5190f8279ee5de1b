package neuron

import (
	"sync/atomic"
	"time"
)

// An Oracle is an output of a cell: it passes each spike to another output a number of steps before the spike comes. The loop needs
// its Foresight as an observer.
//
// The oracle runs a copy of the neuron ahead, by the same literal steps, under the present current. While the current and the
// parameters hold, each light comes exactly that many steps before its spike, also with a shorter interspike interval. A change
// begins a new copy: a light before it can stay without a spike, and a spike soon after it without a light.
//
// The cell must be a single neuron with a Theory, without noise and synapses.
type Oracle struct {
	Output // it gets the number of the spike's step, and the time of the present tick
	cell   *Cell
	ahead  int64

	of             Neuron  // the copied neuron
	future         Neuron  // its copy, ahead steps later
	blind          bool    // its parameters have no prediction
	current, drive float64 // of the copy
	lit            []bool  // by step modulo ahead: a light was lit for a spike in this step
	first          int64   // step of the first light
	now            time.Duration

	lights, wrong, missed atomic.Int64
}

// NewOracle returns an oracle for a cell. It needs at least one step ahead.
func NewOracle(c *Cell, ahead int64, out Output) *Oracle {
	return &Oracle{Output: out, cell: c, ahead: ahead, lit: make([]bool, ahead)}
}

// Lights returns the number of lights so far, lights without a spike, and spikes without a light. Spikes in the first steps, when no
// light was possible, do not count. Any goroutine may call it.
func (o *Oracle) Lights() (all, wrong, missed int64) {
	return o.lights.Load(), o.wrong.Load(), o.missed.Load()
}

// Tick implements Output.
func (o *Oracle) Tick(now time.Duration) {
	o.now = now
	o.Output.Tick(now)
}

// Spike implements Output. The other output has shown the spike already.
func (o *Oracle) Spike(int64, time.Duration) {}

// Foresight returns the observer that lights the output.
func (o *Oracle) Foresight() Observer { return foresight{o} }

// foresight is the side of an Oracle for the loop.
type foresight struct{ *Oracle }

// Tick implements Observer.
func (foresight) Tick(Tick) {}

// Step implements StepObserver.
func (f foresight) Step(s Sample) {
	o := f.Oracle
	if s.Cell != o.cell {
		return
	}
	if o.first == 0 {
		o.first = s.Step
	}
	lit := &o.lit[s.Step%o.ahead] // the slot of the light for this step is that of the step ahead
	switch {
	case *lit && !s.Spiked:
		o.wrong.Add(1)
	case !*lit && s.Spiked && s.Step >= o.first+o.ahead:
		o.missed.Add(1)
	}
	if *lit = o.foresee(s.Current); *lit {
		o.lights.Add(1)
		o.Output.Spike(s.Step+o.ahead, o.now)
	}
}

// foresee reports whether the neuron spikes ahead steps after this one under a current in nA.
func (o *Oracle) foresee(current float64) bool {
	n := o.cell.Neuron
	switch {
	case n != o.of: // new parameters
		o.of, o.future = n, n.Copy()
		_, reason := n.Params().Theory()
		o.blind = reason != ""
	case o.blind:
		return false
	case current == o.current:
		return o.future.Step(o.drive)
	default:
		o.future.Continue(n)
	}
	o.current, o.drive = current, o.future.Drive(current)
	return !o.blind && last(o.future, o.drive, o.ahead)
}

// last takes a number of steps and reports whether the last one was a spike.
func last(n Neuron, drive float64, steps int64) (spiked bool) {
	if lif, ok := n.(*lifNeuron); ok {
		for steps > 0 {
			var taken int
			taken, spiked = lif.Advance(drive, int(steps))
			steps -= int64(taken)
		}
		return spiked
	}
	for range steps {
		spiked = n.Step(drive)
	}
	return spiked
}

var (
	_ Output       = &Oracle{}
	_ StepObserver = foresight{}
)
