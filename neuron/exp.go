package neuron

import "hillock/neuron/internal/exact"

// expKind is a current that jumps to the weight and decays with tau: ds/dt = -s/tau.
func expKind() synapseKind {
	return synapseKind{name: "exp", unit: "nA", hasTau: true, open: func(p place) receiver {
		r := &expReceiver{k: 1 - p.dt/p.tau, s: make([]float64, p.group.Len())}
		if f, _, ok := p.carry(); ok {
			r.k, r.f, r.driven = exact.Exp(-p.dt/p.tau), f, make([]float64, p.group.Len())
		}
		return r
	}}
}

type expReceiver struct {
	k      float64   // decay in one step
	s      []float64 // nA
	f      float64   // of the drive; only for an exact integrator
	driven []float64
}

func (r *expReceiver) arrive(targets []int32, weight float64) {
	s := r.s
	for _, to := range targets {
		s[to] += weight
	}
}

func (r *expReceiver) decay() {
	k := r.k
	for i := range r.s {
		r.s[i] *= k
	}
}

func (r *expReceiver) current() []float64 { return r.s }

func (r *expReceiver) drive() []float64 {
	if r.driven == nil {
		return r.s
	}
	for i, s := range r.s {
		r.driven[i] = r.f * s
	}
	return r.driven
}

func (r *expReceiver) take(from receiver, at func(int) int) { add(r.s, from.(*expReceiver).s, at) }
