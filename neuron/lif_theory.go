package neuron

import "math"

// Rheobase is the largest constant current, in nA, under which the neuron never fires: (V_T - E_L) / R_m. It is
// negative for a pacemaker (E_L above V_T), which fires without input.
func (p LIF) Rheobase() float64 {
	return (p.VT - p.EL) / p.RM
}

// StepsToThreshold is the number of the step in which the discrete neuron, started at v (mV), reaches threshold under a
// constant current (nA). With a = 1 - dt/tau_m and V_inf = E_L + R_m I the Euler steps are the geometric sequence
// V_k = V_inf + (v - V_inf) a^k, so that k = ceil(ln((V_inf - V_T)/(V_inf - v)) / ln a).
//
// It is false when threshold is never reached. Where a step, or V_inf, meets V_T to within what floats can tell, the
// rounding of the very steps decides, and they are taken.
func (p LIF) StepsToThreshold(v, current float64) (steps int64, ok bool) {
	vInf := p.EL + float64(p.RM*current)
	a := 1 - p.DT/p.TauM
	if a <= 0 {
		// Above tau_m one step of Euler overshoots V_inf: the first is the highest, when it starts below, and what
		// follows falls back toward V_inf from both sides.
		first := vInf + float64((v-vInf)*a)
		if p.tie(first) {
			return p.take(v, current, 1)
		}
		return 1, first >= p.VT
	}
	if v >= p.VT { // it stays there in the first step, or falls below for good
		return p.take(v, current, 1)
	}
	if p.tie(vInf) {
		return p.take(v, current, 40*p.TauM/p.DT) // by then V moves no more: e^-40 is far below a float's grain
	}
	if !(vInf > p.VT) {
		return 0, false
	}
	k := math.Max(1, math.Ceil(math.Log((vInf-p.VT)/(vInf-v))/math.Log1p(-p.DT/p.TauM)))
	at := func(k float64) float64 { return vInf + float64((v-vInf)*math.Pow(a, k)) }
	if p.tie(at(k-1)) || p.tie(at(k)) {
		return p.take(v, current, k+1)
	}
	return int64(k), true
}

// tie tells whether a potential is V_T to within what the rounding of some steps can make of it.
func (p LIF) tie(v float64) bool {
	return math.Abs(v-p.VT) <= 1e-12*(math.Abs(v)+math.Abs(p.VT)+math.Abs(p.EL))
}

// take is StepsToThreshold by taking the steps, at most so many and a million.
func (p LIF) take(v, current, most float64) (steps int64, ok bool) {
	n := lifNeuron{LIF: p, v: v}
	taken, spiked := n.Advance(n.Drive(current), int(math.Min(math.Ceil(most), 1e6)))
	return int64(taken), spiked
}

// StepsBetweenSpikes is the number of steps from one spike to the next under a constant current (nA), the refractory
// steps included. It is false when the neuron does not fire.
func (p LIF) StepsBetweenSpikes(current float64) (steps int64, ok bool) {
	n, ok := p.StepsToThreshold(p.VReset, current)
	if !ok {
		return 0, false
	}
	return n + p.RefSteps(), true
}

// SpikeCount is the number of spikes in so many steps from rest under a constant current (nA).
func (p LIF) SpikeCount(current float64, steps int64) int64 {
	return p.SpikesAhead(&lifNeuron{LIF: p, v: p.Rest()}, current, steps)
}

// SpikesAhead is SpikeCount from where a neuron of these parameters is.
func (p LIF) SpikesAhead(from Neuron, current float64, steps int64) int64 {
	n := from.(*lifNeuron)
	steps -= n.ref
	first, ok := p.StepsToThreshold(n.v, current)
	if !ok || steps < first {
		return 0
	}
	between, ok := p.StepsBetweenSpikes(current)
	if !ok {
		return 1
	}
	return 1 + (steps-first)/between
}

// DiscreteRate is the firing rate of the discrete neuron under a constant current (nA) at sigma 0, in Hz of model time.
// With noise the mean rate is another, which nothing here predicts.
func (p LIF) DiscreteRate(current float64) float64 {
	n, ok := p.StepsBetweenSpikes(current)
	if !ok {
		return 0
	}
	return 1000 / (float64(n) * p.DT)
}

// ExactRate is the firing rate of the continuous equation under a constant current (nA), in Hz of model time:
// 1/(t_ref + tau_m ln((V_inf - V_reset)/(V_inf - V_T))) (Dayan and Abbott, equation 5.11, with t_ref).
func (p LIF) ExactRate(current float64) float64 {
	vInf := p.EL + float64(p.RM*current)
	if !(vInf > p.VT) {
		return 0
	}
	return 1000 / (p.TRef + p.TauM*math.Log((vInf-p.VReset)/(vInf-p.VT)))
}

// ExactCurrent is the current in nA at which the continuous equation fires at a rate in Hz: ExactRate solved for V_inf.
func (p LIF) ExactCurrent(rate float64) float64 {
	vInf := p.VT + (p.VT-p.VReset)/math.Expm1((1000/rate-p.TRef)/p.TauM)
	return (vInf - p.EL) / p.RM
}
