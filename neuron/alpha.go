package neuron

import (
	"math"

	"hillock/neuron/internal/exact"
)

// alphaKind is a current that rises to the weight within tau and decays: ds/dt = x - s/tau, dx/dt = -x/tau.
func alphaKind() synapseKind {
	return synapseKind{name: "alpha", unit: "nA", hasTau: true, open: func(p place) receiver {
		n := p.group.Len()
		r := &alphaReceiver{tau: p.tau, k: 1 - p.dt/p.tau, rise: p.dt, s: make([]float64, n), x: make([]float64, n)}
		if fs, fx, ok := p.carry(); ok {
			r.k = exact.Exp(-p.dt / p.tau)
			r.rise, r.fs, r.fx, r.driven = r.k*p.dt, fs, fx, make([]float64, n)
		}
		return r
	}}
}

type alphaReceiver struct {
	tau    float64   // ms
	k      float64   // decay in one step
	rise   float64   // of s by x in one step, ms
	s, x   []float64 // nA, nA/ms
	fs, fx float64   // of the drive; only for an exact integrator
	driven []float64
}

// arrive adds weight e/tau to x: the current peaks at the weight.
func (r *alphaReceiver) arrive(targets []int32, weight float64) {
	weight = float64(weight * math.E / r.tau)
	for _, to := range targets {
		r.x[to] += weight
	}
}

func (r *alphaReceiver) decay() {
	for i, x := range r.x {
		r.s[i] = float64(r.s[i]*r.k) + float64(x*r.rise)
		r.x[i] = x * r.k
	}
}

func (r *alphaReceiver) current() []float64 { return r.s }

func (r *alphaReceiver) drive() []float64 {
	if r.driven == nil {
		return r.s
	}
	for i, s := range r.s {
		r.driven[i] = float64(r.fs*s) + float64(r.fx*r.x[i])
	}
	return r.driven
}

func (r *alphaReceiver) take(from receiver, at func(int) int) {
	was := from.(*alphaReceiver)
	add(r.s, was.s, at)
	add(r.x, was.x, at)
}
