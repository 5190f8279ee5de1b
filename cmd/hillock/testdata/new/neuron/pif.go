package neuron

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

func (p PIF) neuron() Neuron { return &pifNeuron{p, p.VReset} }

// pifNeuron is a perfect integrator: its parameters and its state.
type pifNeuron struct {
	PIF
	v float64 // mV
}

// Params implements Neuron.
func (n *pifNeuron) Params() Params { return n.PIF }

// V implements Neuron.
func (n *pifNeuron) V() float64 { return n.v }

// Drive implements Neuron. The guarded product has the same bits on every architecture.
func (n *pifNeuron) Drive(current float64) float64 { return float64(n.RM * current) }

// Step implements Neuron.
func (n *pifNeuron) Step(drive float64) (spiked bool) {
	n.v += drive * n.DT / n.TauM
	if n.v < n.VT {
		return false
	}
	n.v = n.VReset
	return true
}

// Continue implements Neuron.
func (n *pifNeuron) Continue(from Neuron) {
	if was, ok := from.(*pifNeuron); ok {
		n.v = was.v
	}
}

// Copy implements Neuron.
func (n *pifNeuron) Copy() Neuron {
	c := *n
	return &c
}
