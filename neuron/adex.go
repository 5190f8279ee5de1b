package neuron

import (
	"math"

	"hillock/neuron/internal/exact"
)

// AdEx holds the parameters of an adaptive exponential integrate-and-fire neuron:
//
//	C dV/dt = -g_L (V - E_L) + g_L Delta_T exp((V - V_T)/Delta_T) + I - w,    tau_w dw/dt = a (V - E_L) - w
//	V >= V_peak: spike, V <- V_reset, w <- w + b
//
// (R. Brette and W. Gerstner, J. Neurophysiol. 94, 3637, 2005). The step is forward Euler: V and w from the old V and w.
type AdEx struct {
	C      float64 // membrane capacitance, pF
	GL     float64 // leak conductance g_L, nS
	EL     float64 // leak reversal potential E_L, mV
	VT     float64 // threshold of the exponential V_T, mV
	DeltaT float64 // slope factor Delta_T, mV
	VPeak  float64 // end of a spike, mV
	VReset float64 // potential after a spike, mV
	A      float64 // subthreshold adaptation a, nS
	TauW   float64 // time constant of the adaptation tau_w, ms
	B      float64 // adaptation after a spike b, nA
	TRef   float64 // absolute refractory time t_ref, ms, counted in whole steps; V stays at V_reset
	DT     float64 // integration step, ms
}

// adex returns the description of the adaptive exponential integrate-and-fire neuron. Its defaults are the tonic pattern of
// R. Naud, N. Marcille, C. Clopath and W. Gerstner, Biol. Cybern. 99, 335, 2008, table 1.
func adex() Model {
	at := field[AdEx]
	voltage := Bounds{Low: -MaxVoltage, High: MaxVoltage}
	positive := Bounds{High: MaxTime, Above: true}
	return Model{
		Name: "adex", Title: "adaptive exponential integrate-and-fire", Equation: "C dV/dt = g_L (E_L - V) + g_L Delta_T exp((V - V_T)/Delta_T) + I - w",
		Default: AdEx{C: 200, GL: 10, EL: -70, VT: -50, DeltaT: 2, VPeak: 0, VReset: -58, A: 2, TauW: 30, B: 0, DT: 0.1},
		Params: []Param{
			{Key: "c", Symbol: "C", Help: "membrane capacitance", Unit: "pF", Bounds: positive, Adjustable: true, Slider: Slider{Low: 20, High: 1000, Logarithmic: true},
				access: at(func(p *AdEx) *float64 { return &p.C })},
			{Key: "g_l", Symbol: "g_L", Help: "leak conductance", Unit: "nS", Bounds: positive, Adjustable: true, Slider: Slider{Low: 1, High: 100, Decimals: 1, Logarithmic: true},
				access: at(func(p *AdEx) *float64 { return &p.GL })},
			{Key: "e_l", Symbol: "E_L", Help: "leak potential", Unit: "mV", Bounds: voltage, Adjustable: true, Slider: Slider{Low: -90, High: -40, Decimals: 1},
				access: at(func(p *AdEx) *float64 { return &p.EL })},
			{Key: "v_t", Symbol: "V_T", Help: "threshold of the exponential", Unit: "mV", Bounds: voltage, Below: "v_peak", Adjustable: true, Slider: Slider{Low: -69, High: -30, Decimals: 1},
				access: at(func(p *AdEx) *float64 { return &p.VT })},
			{Key: "delta_t", Symbol: "Delta_T", Help: "slope factor", Unit: "mV", Bounds: Bounds{Low: 0.05, High: 100}, Adjustable: true, Slider: Slider{Low: 0.5, High: 10, Decimals: 1},
				access: at(func(p *AdEx) *float64 { return &p.DeltaT })},
			{Key: "v_peak", Symbol: "V_peak", Help: "end of a spike", Unit: "mV", Bounds: voltage, access: at(func(p *AdEx) *float64 { return &p.VPeak })},
			{Key: "v_reset", Symbol: "V_reset", Help: "reset", Unit: "mV", Bounds: voltage, Below: "v_peak", Adjustable: true, Slider: Slider{Low: -90, High: -40, Decimals: 1},
				access: at(func(p *AdEx) *float64 { return &p.VReset })},
			{Key: "a", Symbol: "a", Help: "adaptation below the threshold", Unit: "nS", Bounds: Bounds{Low: -MaxTime, High: MaxTime}, Adjustable: true, Slider: Slider{Low: -20, High: 20, Decimals: 1},
				access: at(func(p *AdEx) *float64 { return &p.A })},
			{Key: "tau_w", Symbol: "tau_w", Help: "time constant of the adaptation", Unit: "ms", Role: TimeConstant, Bounds: positive, Adjustable: true, Slider: Slider{Low: 10, High: 1000, Logarithmic: true},
				access: at(func(p *AdEx) *float64 { return &p.TauW })},
			{Key: "b", Symbol: "b", Help: "adaptation after a spike", Unit: "nA", Bounds: Bounds{Low: -MaxCurrent, High: MaxCurrent}, Adjustable: true, Slider: Slider{High: 0.2, Decimals: 3},
				access: at(func(p *AdEx) *float64 { return &p.B })},
			{Key: "t_ref", Symbol: "t_ref", Help: "refractory time", Unit: "ms", Role: Refractory, Bounds: Bounds{High: MaxTime}, Adjustable: true, Slider: Slider{High: 20, Decimals: 1},
				access: at(func(p *AdEx) *float64 { return &p.TRef })},
			{Key: "dt", Symbol: "dt", Help: "integration step", Unit: "ms", Role: Step, Bounds: positive, access: at(func(p *AdEx) *float64 { return &p.DT })},
		},
	}
}

// Model implements Params.
func (p AdEx) Model() Model { return adex() }

// Levels implements Params.
func (p AdEx) Levels() Levels {
	return Levels{Reset: Level{"V_r", p.VReset}, Rest: Level{"E_L", p.EL}, Threshold: Level{"V_T", p.VT}}
}

// Theory implements Params.
func (p AdEx) Theory() (Theory, string) { return nil, "the adex model has no closed form" }

func (p AdEx) group(n int) Group {
	g := &adexGroup{AdEx: p, refractory: newRefractory(n, int64(math.Round(p.TRef/p.DT))), v: make([]float64, n), w: make([]float64, n)}
	for i := range g.v {
		g.v[i] = p.EL
	}
	return g
}

// adexGroup is a group of such neurons: its parameters and its state.
type adexGroup struct {
	AdEx
	refractory
	v, w []float64 // mV, pA
}

// Params implements Group.
func (g *adexGroup) Params() Params { return g.AdEx }

// Len implements Group.
func (g *adexGroup) Len() int { return len(g.v) }

// V implements Group.
func (g *adexGroup) V(i int) float64 { return g.v[i] }

// W implements Group.
func (g *adexGroup) W(i int) float64 { return g.w[i] / 1000 }

// Start implements Group.
func (g *adexGroup) Start(i int, mV float64) { g.v[i] = mV }

// Integrate implements Group. nS mV and 1000 nA are pA, and pA/pF is mV/ms. Above V_peak the exponential counts as that at V_peak: a
// jump of V may not overflow it.
func (g *adexGroup) Integrate(currents []float64) {
	rate := g.DT / g.TauW
	for i, current := range currents {
		v, w := g.v[i], g.w[i]
		if g.left[i] == 0 {
			leak := float64(g.GL * (g.EL - v))
			rise := float64(float64(g.GL*g.DeltaT) * exact.Exp((min(v, g.VPeak)-g.VT)/g.DeltaT))
			g.v[i] += (leak + rise + float64(1000*current) - w) * g.DT / g.C
		}
		g.w[i] += float64((float64(g.A*(v-g.EL)) - w) * rate)
	}
}

// Jump implements Group.
func (g *adexGroup) Jump(i int, mV float64) {
	if g.left[i] == 0 {
		g.v[i] += mV
	}
}

// Fire implements Group.
func (g *adexGroup) Fire(spiked []int32) []int32 {
	for i, v := range g.v {
		switch {
		case g.left[i] > 0:
			g.left[i]--
		case v >= g.VPeak:
			g.v[i] = g.VReset
			g.w[i] += float64(1000 * g.B)
			g.left[i] = g.after
			spiked = append(spiked, int32(i))
		}
	}
	return spiked
}

// Continue implements Group.
func (g *adexGroup) Continue(from Group) {
	was, ok := from.(*adexGroup)
	if !ok {
		return
	}
	copy(g.v, was.v)
	copy(g.w, was.w)
	g.take(was.refractory, was.DT, g.DT)
}
