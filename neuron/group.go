package neuron

import "math"

// A Group is a number of equal neurons that take their steps together. A step of a network has phases: Integrate, then arriving
// spikes with Jump, then Fire. All phases of a step together equal the equation of the model. Refractory neurons take no part.
type Group interface {
	Params() Params
	// Len returns the number of neurons.
	Len() int
	// V returns the membrane potential of neuron i, mV.
	V(i int) float64
	// W returns the adaptation current of neuron i, nA.
	W(i int) float64
	// Start sets V of neuron i at the start of a run, mV.
	Start(i int, mV float64)
	// Integrate advances V by dt under the currents in nA, one for each neuron, and then the adaptation from the old V.
	Integrate(currents []float64)
	// Jump adds mV to V of neuron i.
	Jump(i int, mV float64)
	// Fire resets the neurons at their threshold, and appends their numbers to spiked.
	Fire(spiked []int32) []int32
	// Continue takes over the state of another group of the same model: of each neuron that both have.
	Continue(from Group)
}

// refractory counts the refractory steps of a group.
type refractory struct {
	left  []int32 // by neuron: steps left
	after int32   // steps after a spike
}

func newRefractory(n int, steps int64) refractory {
	return refractory{left: make([]int32, n), after: int32(min(steps, math.MaxInt32))}
}

// take takes over the steps left, counted in steps of dt. The other ones had steps of was.
func (r *refractory) take(from refractory, was, dt float64) {
	for i := range min(len(r.left), len(from.left)) {
		r.left[i] = int32(math.Min(math.MaxInt32, math.Ceil(float64(from.left[i])*was/dt-1e-6)))
	}
}

// NewGroup returns n equal neurons at rest as one neuron: V is that of the first. It returns ParamErrors for bad parameters.
func NewGroup(p Params, n int) (Neuron, error) {
	if n == 1 {
		return New(p)
	}
	if err := Validate(p); err != nil {
		return nil, err
	}
	return &single{Group: p.group(n)}, nil
}

// Start sets V of the neurons of a group at the start of a run, mV.
func Start(n Neuron, v []float64) {
	switch n := n.(type) {
	case *single:
		for i := range min(len(v), n.Len()) {
			n.Group.Start(i, v[i])
		}
	case *lifNeuron:
		n.v = v[0]
	}
}

// AdaptationCurrent returns w of a neuron, nA, and false for a neuron without adaptation.
func AdaptationCurrent(n Neuron) (w float64, ok bool) {
	s, ok := n.(*single)
	if !ok {
		return 0, false
	}
	if g, lif := s.Group.(*lifGroup); lif && g.w == nil {
		return 0, false
	}
	return s.W(0), true
}

// single is a group as a neuron. Only a Net steps a group of more than one.
type single struct {
	Group
	current [1]float64
	spiked  []int32
}

// V implements Neuron.
func (s *single) V() float64 { return s.Group.V(0) }

// Drive implements Neuron: the drive is the current.
func (s *single) Drive(current float64) float64 { return current }

// Step implements Neuron.
func (s *single) Step(drive float64) bool {
	s.current[0] = drive
	s.Integrate(s.current[:])
	s.spiked = s.Fire(s.spiked[:0])
	return len(s.spiked) > 0
}

// Continue implements Neuron.
func (s *single) Continue(from Neuron) {
	switch was := from.(type) {
	case *single:
		s.Group.Continue(was.Group)
	case *lifNeuron:
		s.Group.Continue(was.groupOfOne())
	}
}

// Copy implements Neuron.
func (s *single) Copy() Neuron {
	c := &single{Group: s.Params().group(s.Len())}
	c.Group.Continue(s.Group)
	return c
}
