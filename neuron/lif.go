package neuron

import (
	"math"

	"hillock/neuron/internal/exact"
	"hillock/neuron/internal/gauss"
)

// LIF holds the parameters of one leaky integrate-and-fire neuron and its integration step:
//
//	tau_m dV/dt = E_L - V + R_m I,    V >= V_T: spike, V <- V_reset
//
// (Dayan and Abbott, Theoretical Neuroscience, section 5.4). With these units R_m*I is in mV without a factor.
//
// With Sigma above 0 the membrane has white noise, tau_m dV = (E_L - V + R_m I) dt + sigma sqrt(2 tau_m) dW. Without a
// threshold the standard deviation of V is sigma, in steps of dt sigma/sqrt(1 - dt/(2 tau_m)). All predictions are those for
// sigma 0: intervals, counts and rates. With noise the neuron fires below its rheobase too.
type LIF struct {
	TauM   float64 // membrane time constant tau_m, ms
	EL     float64 // leak reversal potential E_L, mV; above V_T the neuron fires without input
	VT     float64 // threshold V_T, mV
	VReset float64 // potential after a spike, mV; below V_T
	RM     float64 // membrane resistance R_m, MOhm
	TRef   float64 // absolute refractory time t_ref, ms, counted in whole steps; V stays at V_reset
	DT     float64 // integration step dt, ms; below 2 tau_m, or forward Euler diverges
	Sigma  float64 // noise of the membrane sigma, mV; at 0 the equation is the one above to the bit
	Seed   uint64  // of the noise; two neurons with the same seed have the same noise
	A      float64 // adaptation below the threshold a, nS; with A and B 0 there is no adaptation
	B      float64 // adaptation after a spike b, nA
	TauW   float64 // time constant of the adaptation tau_w, ms; below dt the adaptation follows in one step
	Exact  bool    // integrate with the propagator exp(-dt/tau_m) instead of forward Euler; not with noise or adaptation
}

// Adapts reports whether the neuron has an adaptation current.
func (p LIF) Adapts() bool { return p.A != 0 || p.B != 0 }

// decay returns the factor of V - V_inf in one step, and its logarithm.
func (p LIF) decay() (a, ln float64) {
	if p.Exact {
		return exact.Exp(-p.DT / p.TauM), -p.DT / p.TauM
	}
	return 1 - p.DT/p.TauM, math.Log1p(-p.DT / p.TauM)
}

// kick returns the standard deviation of the noise in one step, mV: sigma sqrt(2 dt/tau_m).
func (p LIF) kick() float64 { return p.Sigma * math.Sqrt(2*p.DT/p.TauM) }

// Default returns the worksheet's neuron: rheobase 1.5 nA, and 144 spikes in 2 s at 2 nA.
func Default() LIF {
	return LIF{TauM: 10, EL: -70, VT: -55, VReset: -70, RM: 10, TRef: 0, DT: 0.1, TauW: 100}
}

// RefSteps returns t_ref in whole steps, rounded to the nearest.
func (p LIF) RefSteps() int64 {
	return int64(math.Round(p.TRef / p.DT))
}

// Rest returns the first V, mV: E_L, or V_reset for a pacemaker (E_L at or above V_T).
func (p LIF) Rest() float64 {
	if p.EL < p.VT {
		return p.EL
	}
	return p.VReset
}

// lif returns the description of the leaky integrate-and-fire neuron.
func lif() Model {
	at := field[LIF]
	voltage := Bounds{Low: -MaxVoltage, High: MaxVoltage}
	return Model{
		Name: "lif", Title: "leaky integrate-and-fire", Equation: "tau_m dV/dt = E_L - V + R_m I", Default: Default(),
		Params: []Param{
			{Key: "tau_m", Symbol: "tau_m", Help: "membrane time constant", Unit: "ms", Role: TimeConstant,
				Bounds: Bounds{High: MaxTime, Above: true}, Adjustable: true, Slider: Slider{Low: 1, High: 100, Decimals: 1, Logarithmic: true},
				access: at(func(p *LIF) *float64 { return &p.TauM })},
			{Key: "e_l", Symbol: "E_L", Help: "leak potential", Unit: "mV", Bounds: voltage, Adjustable: true, Slider: Slider{Low: -90, High: -40, Decimals: 1},
				access: at(func(p *LIF) *float64 { return &p.EL })},
			{Key: "v_t", Symbol: "V_T", Help: "threshold", Unit: "mV", Bounds: voltage, Adjustable: true, Slider: Slider{Low: -69, High: -30, Decimals: 1},
				access: at(func(p *LIF) *float64 { return &p.VT })},
			{Key: "v_reset", Symbol: "V_reset", Help: "reset", Unit: "mV", Bounds: voltage, Below: "v_t", Adjustable: true, Slider: Slider{Low: -90, High: -56, Decimals: 1},
				access: at(func(p *LIF) *float64 { return &p.VReset })},
			{Key: "r_m", Symbol: "R_m", Help: "membrane resistance", Unit: "MOhm",
				Bounds: Bounds{High: MaxResistance, Above: true}, Adjustable: true, Slider: Slider{Low: 1, High: 100, Decimals: 1, Logarithmic: true},
				access: at(func(p *LIF) *float64 { return &p.RM })},
			{Key: "t_ref", Symbol: "t_ref", Help: "refractory time", Unit: "ms", Role: Refractory,
				Bounds: Bounds{High: MaxTime}, Adjustable: true, Slider: Slider{High: 20, Decimals: 1},
				access: at(func(p *LIF) *float64 { return &p.TRef })},
			{Key: "dt", Symbol: "dt", Help: "integration step", Unit: "ms", Role: Step, Bounds: Bounds{High: MaxTime, Above: true},
				access: at(func(p *LIF) *float64 { return &p.DT })},
			{Key: "sigma", Symbol: "sigma", Help: "noise of the membrane", Unit: "mV", Role: Noise, Bounds: Bounds{High: MaxVoltage}, Adjustable: true, Slider: Slider{High: 10, Decimals: 1},
				access: at(func(p *LIF) *float64 { return &p.Sigma })},
			{Key: "a", Symbol: "a", Help: "adaptation below the threshold", Unit: "nS", Role: Adaptation, Bounds: Bounds{Low: -MaxTime, High: MaxTime}, Adjustable: true, Slider: Slider{Low: -20, High: 20, Decimals: 1},
				access: at(func(p *LIF) *float64 { return &p.A })},
			{Key: "b", Symbol: "b", Help: "adaptation after a spike", Unit: "nA", Role: Adaptation, Bounds: Bounds{Low: -MaxCurrent, High: MaxCurrent}, Adjustable: true, Slider: Slider{High: 1, Decimals: 2},
				access: at(func(p *LIF) *float64 { return &p.B })},
			{Key: "tau_w", Symbol: "tau_w", Help: "time constant of the adaptation", Unit: "ms", Role: Adaptation, Bounds: Bounds{High: MaxTime}, Adjustable: true, Slider: Slider{Low: 10, High: 1000, Logarithmic: true},
				access: at(func(p *LIF) *float64 { return &p.TauW })},
			{Key: "seed", Symbol: "seed", Help: "seed of the noise", Role: Seed, Bounds: Bounds{High: math.MaxUint64}, access: access{
				get: func(p Params) float64 { return float64(p.(LIF).Seed) },
				set: func(p Params, v float64) Params {
					q := p.(LIF)
					q.Seed = uint64(v)
					return q
				}}},
		},
	}
}

// Model implements Params.
func (p LIF) Model() Model { return lif() }

// Levels implements Params.
func (p LIF) Levels() Levels {
	return Levels{Reset: Level{"V_r", p.VReset}, Rest: Level{"E_L", p.EL}, Threshold: Level{"V_T", p.VT}}
}

// Theory implements Params. The closed forms are those for sigma 0.
func (p LIF) Theory() (Theory, string) {
	switch {
	case p.Sigma > 0:
		return p, "the membrane has noise"
	case p.Adapts():
		return p, "the neuron adapts"
	}
	return p, ""
}

// lifNeuron is a leaky integrate-and-fire neuron: its parameters and its state.
type lifNeuron struct {
	LIF
	v float64 // membrane potential, mV

	ref      int64 // refractory steps left
	refAfter int64 // refractory steps after a spike

	xi   *gauss.Source // of the noise; nil at sigma 0
	kick float64       // standard deviation of the noise in one step, mV: sigma sqrt(2 dt/tau_m)
}

func newLIF(p LIF) *lifNeuron {
	n := &lifNeuron{LIF: p, v: p.Rest(), refAfter: p.RefSteps()}
	if p.Sigma > 0 {
		n.xi, n.kick = gauss.New(p.Seed, "membrane"), p.kick()
	}
	return n
}

// Params implements Neuron.
func (n *lifNeuron) Params() Params { return n.LIF }

// V implements Neuron.
func (n *lifNeuron) V() float64 { return n.v }

// Copy implements Neuron.
func (n *lifNeuron) Copy() Neuron {
	c := *n
	if n.xi != nil {
		xi := *n.xi
		c.xi = &xi
	}
	return &c
}

// Continue implements Neuron. It takes over the membrane potential and the rest of the refractory time, in steps of n. With
// the same seed it takes over the state of the noise too.
func (n *lifNeuron) Continue(from Neuron) {
	was, ok := from.(*lifNeuron)
	if g, lone := groupOf(from); lone {
		was, ok = g.alone(), true
	}
	if !ok {
		return
	}
	n.v = was.v
	n.ref = int64(math.Ceil(float64(was.ref)*was.DT/n.DT - 1e-6)) // 3*0.1/0.1 is more than 3
	if n.xi != nil && was.xi != nil && n.Seed == was.Seed {
		*n.xi = *was.xi
	}
}

// Drive returns R_m*I in mV for a current in nA. The loop computes it once per tick for all steps. Inside the sum of Step some
// architectures would fuse this product into one rounding, and others would not.
func (n *lifNeuron) Drive(current float64) float64 {
	return float64(n.RM * current)
}

// Step advances the membrane by dt under a constant drive R_m*I (mV) and reports whether the neuron spiked. The threshold
// (inclusive) and the reset come after the update, as in the worksheet. Refractory steps hold V and draw no noise.
func (n *lifNeuron) Step(drive float64) (spiked bool) {
	if n.xi != nil {
		return n.noisy(drive)
	}
	return n.quiet(drive)
}

// quiet is the step at sigma 0.
//
// The form of the update is part of the promise. In exactly this order there is nothing to fuse, and the bits are the same
// on every architecture. With dt/tau_m as a constant, or as a*V + b, a neuron near its rheobase spikes in another step.
func (n *lifNeuron) quiet(drive float64) (spiked bool) {
	if n.ref > 0 {
		n.ref--
		return false
	}
	n.v += (n.EL - n.v + drive) * n.DT / n.TauM
	if n.v >= n.VT {
		n.fire()
		return true
	}
	return false
}

// noisy is the Euler-Maruyama step (P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations,
// section 10.2): the quiet update, and then sigma sqrt(2 dt/tau_m) times a new standard Gaussian.
func (n *lifNeuron) noisy(drive float64) (spiked bool) {
	if n.ref > 0 {
		n.ref--
		return false
	}
	n.v += (n.EL - n.v + drive) * n.DT / n.TauM
	n.v += float64(n.kick * n.xi.Next())
	if n.v >= n.VT {
		n.fire()
		return true
	}
	return false
}

// Advance takes up to the given number of steps under a constant drive (mV) and stops after the first spike. It returns the
// same bits as Step in a loop. At sigma 0 it keeps V in a register and is a quarter faster.
func (n *lifNeuron) Advance(drive float64, steps int) (taken int, spiked bool) {
	if n.xi != nil {
		for taken < steps && !spiked {
			taken++
			spiked = n.noisy(drive)
		}
		return taken, spiked
	}
	taken = int(min(n.ref, int64(steps)))
	n.ref -= int64(taken)
	v, el, dt, tauM, vt := n.v, n.EL, n.DT, n.TauM, n.VT
	for taken < steps {
		taken++
		v += (el - v + drive) * dt / tauM
		if v >= vt {
			n.fire()
			return taken, true
		}
	}
	n.v = v
	return taken, false
}

func (n *lifNeuron) fire() {
	n.v = n.VReset
	n.ref = n.refAfter
}
