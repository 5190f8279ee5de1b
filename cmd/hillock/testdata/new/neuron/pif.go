package neuron

import "slices"

// PIF is a perfect integrator, a neuron without a leak:
//
//	tau_m dV/dt = R_m I,    V >= V_T: spike, V <- V_reset
type PIF struct {
	TauM, VT, VReset, RM, DT float64 // ms, mV, mV, MOhm, ms
}

// pif returns the description of the perfect integrator.
func pif() Model {
	at := field[PIF]
	voltage := Bounds{Low: -MaxVoltage, High: MaxVoltage}
	return Model{
		Name: "pif", Title: "perfect integrate-and-fire", Equation: "tau_m dV/dt = R_m I",
		Default: PIF{TauM: 10, VT: -55, VReset: -70, RM: 10, DT: 0.1},
		Params: []Param{
			{Key: "tau_m", Symbol: "tau_m", Help: "membrane time constant", Unit: "ms", Role: TimeConstant,
				Bounds: Bounds{High: MaxTime, Above: true}, Adjustable: true, Slider: Slider{Low: 1, High: 100, Decimals: 1, Logarithmic: true},
				access: at(func(p *PIF) *float64 { return &p.TauM })},
			{Key: "v_t", Symbol: "V_T", Help: "threshold", Unit: "mV", Bounds: voltage, Adjustable: true, Slider: Slider{Low: -69, High: -30, Decimals: 1},
				access: at(func(p *PIF) *float64 { return &p.VT })},
			{Key: "v_reset", Symbol: "V_reset", Help: "reset", Unit: "mV", Bounds: voltage, Below: "v_t", Adjustable: true, Slider: Slider{Low: -90, High: -56, Decimals: 1},
				access: at(func(p *PIF) *float64 { return &p.VReset })},
			{Key: "r_m", Symbol: "R_m", Help: "membrane resistance", Unit: "MOhm", Bounds: Bounds{High: MaxResistance, Above: true},
				access: at(func(p *PIF) *float64 { return &p.RM })},
			{Key: "dt", Symbol: "dt", Help: "integration step", Unit: "ms", Role: Step, Bounds: Bounds{High: MaxTime, Above: true},
				access: at(func(p *PIF) *float64 { return &p.DT })},
		},
	}
}

// Model implements Params.
func (p PIF) Model() Model { return pif() }

// Levels implements Params.
func (p PIF) Levels() Levels {
	return Levels{Reset: Level{"V_r", p.VReset}, Rest: Level{"V_r", p.VReset}, Threshold: Level{"V_T", p.VT}}
}

// Theory implements Params. Every display shows the reason instead of a prediction.
func (p PIF) Theory() (Theory, string) { return nil, "the pif model has no closed form here" }

func (p PIF) group(n int) Group { return &pifGroup{p, slices.Repeat([]float64{p.VReset}, n)} }

// pifGroup is a group of perfect integrators: its parameters and its state.
type pifGroup struct {
	PIF
	v []float64 // mV
}

// Params implements Group.
func (g *pifGroup) Params() Params { return g.PIF }

// Len implements Group.
func (g *pifGroup) Len() int { return len(g.v) }

// V implements Group.
func (g *pifGroup) V(i int) float64 { return g.v[i] }

// W implements Group.
func (g *pifGroup) W(int) float64 { return 0 }

// Start implements Group.
func (g *pifGroup) Start(i int, mV float64) { g.v[i] = mV }

// Integrate implements Group. The guarded product has the same bits on every architecture.
func (g *pifGroup) Integrate(currents []float64) {
	for i, current := range currents {
		g.v[i] += float64(g.RM*current) * g.DT / g.TauM
	}
}

// Jump implements Group.
func (g *pifGroup) Jump(i int, mV float64) { g.v[i] += mV }

// Fire implements Group.
func (g *pifGroup) Fire(spiked []int32) []int32 {
	for i, v := range g.v {
		if v >= g.VT {
			g.v[i] = g.VReset
			spiked = append(spiked, int32(i))
		}
	}
	return spiked
}

// Continue implements Group.
func (g *pifGroup) Continue(from Group) {
	if was, ok := from.(*pifGroup); ok {
		copy(g.v, was.v)
	}
}
