package neuron

import (
	"math"

	"hillock/neuron/internal/gauss"
)

// Neuron is one leaky integrate-and-fire neuron: its constants and its state.
type Neuron struct {
	Params
	V float64 // membrane potential, mV

	ref      int64 // refractory steps still to go
	refAfter int64 // refractory steps that follow a spike

	xi   *gauss.Source // draws the noise; nil at sigma 0
	kick float64       // what a standard Gaussian of it stands for, mV: sigma sqrt(2 dt/tau_m)
}

// New returns a neuron at rest, or the ParamErrors of p. Of its parameters TRef, Sigma and Seed are read here alone.
func New(p Params) (*Neuron, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	n := &Neuron{Params: p, V: p.Rest(), refAfter: p.RefSteps()}
	if p.Sigma > 0 {
		n.xi, n.kick = gauss.New(p.Seed, "membrane"), p.Sigma*math.Sqrt(2*p.DT/p.TauM)
	}
	return n, nil
}

// Continue puts n where from is: its membrane potential, and what is left of its refractory time, in steps of n's own.
// Where both have noise of the same seed, it goes on as from's would have.
func (n *Neuron) Continue(from *Neuron) {
	n.V = from.V
	n.ref = int64(math.Ceil(float64(from.ref) * from.DT / n.DT))
	if n.xi != nil && from.xi != nil && n.Seed == from.Seed {
		*n.xi = *from.xi
	}
}

// Drive is the voltage R_m*I in mV that a current in nA stands for. It is taken once per tick and handed to each Step:
// computed inside the sum, its product would be fused into one rounding on some architectures and not on others.
func (n *Neuron) Drive(current float64) float64 {
	return float64(n.RM * current)
}

// Step advances the membrane by dt under a constant drive R_m*I (mV) and reports whether the neuron spiked.
// Threshold (inclusive) and reset come after the update, as in the worksheet; in the refractory steps V is held, and no
// noise is drawn.
func (n *Neuron) Step(drive float64) (spiked bool) {
	if n.xi != nil {
		return n.noisy(drive)
	}
	return n.quiet(drive)
}

// quiet is the step at sigma 0.
//
// The form of the update is part of the promise: evaluated in exactly this order it has nothing to fuse, so that it
// gives the same bits on every architecture. With dt/tau_m taken out as a constant, or as a*V + b, a neuron near its
// rheobase spikes in another step.
func (n *Neuron) quiet(drive float64) (spiked bool) {
	if n.ref > 0 {
		n.ref--
		return false
	}
	n.V += (n.EL - n.V + drive) * n.DT / n.TauM
	if n.V >= n.VT {
		n.fire()
		return true
	}
	return false
}

// noisy is the step by Euler and Maruyama (P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential
// Equations, section 10.2): the quiet update, and then sigma sqrt(2 dt/tau_m) times a fresh standard Gaussian.
func (n *Neuron) noisy(drive float64) (spiked bool) {
	if n.ref > 0 {
		n.ref--
		return false
	}
	n.V += (n.EL - n.V + drive) * n.DT / n.TauM
	n.V += float64(n.kick * n.xi.Next())
	if n.V >= n.VT {
		n.fire()
		return true
	}
	return false
}

// Advance takes up to the given number of steps under a constant drive (mV) and stops after the first spike. It is
// Step in a loop, the same bits; at sigma 0, with V in a register, a quarter faster.
func (n *Neuron) Advance(drive float64, steps int) (taken int, spiked bool) {
	if n.xi != nil {
		for taken < steps && !spiked {
			taken++
			spiked = n.noisy(drive)
		}
		return taken, spiked
	}
	taken = int(min(n.ref, int64(steps)))
	n.ref -= int64(taken)
	v, el, dt, tauM, vt := n.V, n.EL, n.DT, n.TauM, n.VT
	for taken < steps {
		taken++
		v += (el - v + drive) * dt / tauM
		if v >= vt {
			n.fire()
			return taken, true
		}
	}
	n.V = v
	return taken, false
}

func (n *Neuron) fire() {
	n.V = n.VReset
	n.ref = n.refAfter
}
