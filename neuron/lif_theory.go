package neuron

import "math"

// Rheobase returns (V_T - E_L) / R_m in nA. At or below this constant current the neuron never fires. The rheobase of a
// pacemaker (E_L above V_T) is negative: it fires without input.
func (p LIF) Rheobase() float64 {
	return (p.VT - p.EL) / p.RM
}

// StepsToThreshold returns the number of Euler steps from v (mV) to the threshold under a constant current (nA), or false if V
// never reaches it. With a = 1 - dt/tau_m and V_inf = E_L + R_m I the steps are the geometric sequence
// V_k = V_inf + (v - V_inf) a^k, so that k = ceil(ln((V_inf - V_T)/(V_inf - v)) / ln a).
//
// A tie is a step, or V_inf, equal to V_T within the precision of floats. Rounding then decides, and the steps are taken.
func (p LIF) StepsToThreshold(v, current float64) (steps int64, ok bool) {
	vInf := p.EL + float64(p.RM*current)
	a, ln := p.decay()
	if a <= 0 {
		// With dt at or above tau_m an Euler step overshoots V_inf. From below, the first step is the highest. The next
		// steps approach V_inf from both sides.
		first := vInf + float64((v-vInf)*a)
		if p.tie(first) {
			return p.take(v, current, 1)
		}
		return 1, first >= p.VT
	}
	if v >= p.VT { // the first step decides: later V stays below
		return p.take(v, current, 1)
	}
	if p.tie(vInf) {
		return p.take(v, current, 40*p.TauM/p.DT) // V stands still by then: e^-40 is far below the precision of a float
	}
	if !(vInf > p.VT) {
		return 0, false
	}
	k := math.Max(1, math.Ceil(math.Log((vInf-p.VT)/(vInf-v))/ln))
	at := func(k float64) float64 { return vInf + float64((v-vInf)*math.Pow(a, k)) }
	if p.tie(at(k-1)) || p.tie(at(k)) {
		return p.take(v, current, k+1)
	}
	return int64(k), true
}

// tie reports whether a potential is V_T within the rounding errors of some steps.
func (p LIF) tie(v float64) bool {
	return math.Abs(v-p.VT) <= 1e-12*(math.Abs(v)+math.Abs(p.VT)+math.Abs(p.EL))
}

// take is StepsToThreshold by simulation, with at most the given number of steps and at most a million.
func (p LIF) take(v, current, most float64) (steps int64, ok bool) {
	limit := int(math.Min(math.Ceil(most), 1e6))
	if p.Exact {
		n := &single{Group: p.group(1)}
		n.Group.(*lifGroup).v[0] = v
		for taken := 1; taken <= limit; taken++ {
			if n.Step(current) {
				return int64(taken), true
			}
		}
		return int64(limit), false
	}
	n := lifNeuron{LIF: p, v: v}
	taken, spiked := n.Advance(n.Drive(current), limit)
	return int64(taken), spiked
}

// StepsBetweenSpikes returns the interspike interval in steps under a constant current (nA), refractory steps included, or
// false for a silent neuron.
func (p LIF) StepsBetweenSpikes(current float64) (steps int64, ok bool) {
	n, ok := p.StepsToThreshold(p.VReset, current)
	if !ok {
		return 0, false
	}
	return n + p.RefSteps(), true
}

// SpikeCount returns the number of spikes in the given steps from rest under a constant current (nA).
func (p LIF) SpikeCount(current float64, steps int64) int64 {
	return p.SpikesAhead(&lifNeuron{LIF: p, v: p.Rest()}, current, steps)
}

// SpikesAhead is SpikeCount from the state of a neuron with these parameters.
func (p LIF) SpikesAhead(from Neuron, current float64, steps int64) int64 {
	n, ok := from.(*lifNeuron)
	if g, lone := groupOf(from); lone {
		n = g.alone()
	} else if !ok {
		return 0
	}
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

// DiscreteRate returns the firing rate of the integrated equation under a constant current (nA) at sigma 0, in Hz of model
// time. With noise the mean rate differs, and this package has no prediction for it.
func (p LIF) DiscreteRate(current float64) float64 {
	n, ok := p.StepsBetweenSpikes(current)
	if !ok {
		return 0
	}
	return 1000 / (float64(n) * p.DT)
}

// ExactRate returns the firing rate of the continuous equation under a constant current (nA), in Hz of model time:
// 1/(t_ref + tau_m ln((V_inf - V_reset)/(V_inf - V_T))) (Dayan and Abbott, equation 5.11, with t_ref).
func (p LIF) ExactRate(current float64) float64 {
	vInf := p.EL + float64(p.RM*current)
	if !(vInf > p.VT) {
		return 0
	}
	return 1000 / (p.TRef + p.TauM*math.Log((vInf-p.VReset)/(vInf-p.VT)))
}

// ExactCurrent returns the current in nA for a firing rate in Hz of the continuous equation: ExactRate solved for V_inf.
func (p LIF) ExactCurrent(rate float64) float64 {
	vInf := p.VT + (p.VT-p.VReset)/math.Expm1((1000/rate-p.TRef)/p.TauM)
	return (vInf - p.EL) / p.RM
}
