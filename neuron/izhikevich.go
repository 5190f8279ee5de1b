package neuron

// Izhikevich holds the parameters of the simple model of spiking neurons:
//
//	dV/dt = 0.04 V^2 + 5 V + 140 - u + I,    du/dt = a (b V - u),    V >= 30 mV: spike, V <- c, u <- u + d
//
// (E. M. Izhikevich, IEEE Trans. Neural Netw. 14, 1569, 2003; V in mV, time in ms, u and I in mV/ms). His I is R_m I/(1 ms). The
// step is that of his programs (IEEE Trans. Neural Netw. 15, 1063, 2004): V by forward Euler, and then u from the new V.
type Izhikevich struct {
	A, B float64 // of the recovery u: rate a in 1/ms, and sensitivity b in 1/ms
	C    float64 // potential after a spike, mV
	D    float64 // step of u after a spike, mV/ms
	RM   float64 // R_m, MOhm
	DT   float64 // integration step, ms
}

const izhikevichPeak = 30 // mV

// izhikevich returns the description of the simple model. Its defaults are the regular spiking pattern of 2003.
func izhikevich() Model {
	at := field[Izhikevich]
	return Model{
		Name: "izhikevich", Title: "Izhikevich's simple model", Equation: "dV/dt = 0.04 V^2 + 5 V + 140 - u + R_m I",
		Default: Izhikevich{A: 0.02, B: 0.2, C: -65, D: 8, RM: 5, DT: 0.1},
		Params: []Param{
			{Key: "a", Symbol: "a", Help: "rate of the recovery, 1/ms", Bounds: Bounds{Low: -10, High: 10}, Adjustable: true, Slider: Slider{Low: 0.01, High: 0.2, Decimals: 3},
				access: at(func(p *Izhikevich) *float64 { return &p.A })},
			{Key: "b", Symbol: "b", Help: "sensitivity of the recovery", Bounds: Bounds{Low: -10, High: 10}, Adjustable: true, Slider: Slider{Low: 0, High: 0.3, Decimals: 3},
				access: at(func(p *Izhikevich) *float64 { return &p.B })},
			{Key: "c", Symbol: "c", Help: "reset", Unit: "mV", Bounds: Bounds{Low: -MaxVoltage, High: izhikevichPeak - 1}, Adjustable: true, Slider: Slider{Low: -80, High: -40, Decimals: 1},
				access: at(func(p *Izhikevich) *float64 { return &p.C })},
			{Key: "d", Symbol: "d", Help: "recovery after a spike", Bounds: Bounds{Low: -1000, High: 1000}, Adjustable: true, Slider: Slider{Low: 0, High: 10, Decimals: 2},
				access: at(func(p *Izhikevich) *float64 { return &p.D })},
			{Key: "r_m", Symbol: "R_m", Help: "scale of the current", Unit: "MOhm", Bounds: Bounds{High: MaxResistance, Above: true}, Adjustable: true, Slider: Slider{Low: 1, High: 100, Decimals: 1, Logarithmic: true},
				access: at(func(p *Izhikevich) *float64 { return &p.RM })},
			{Key: "dt", Symbol: "dt", Help: "integration step", Unit: "ms", Role: Step, Bounds: Bounds{High: 1, Above: true}, access: at(func(p *Izhikevich) *float64 { return &p.DT })},
		},
	}
}

// Model implements Params.
func (p Izhikevich) Model() Model { return izhikevich() }

// Levels implements Params.
func (p Izhikevich) Levels() Levels {
	return Levels{Reset: Level{"c", p.C}, Rest: Level{"c", p.C}, Threshold: Level{"V_peak", izhikevichPeak}}
}

// Theory implements Params.
func (p Izhikevich) Theory() (Theory, string) {
	return nil, "the izhikevich model has no closed form"
}

func (p Izhikevich) group(n int) Group {
	g := &izhikevichGroup{Izhikevich: p, v: make([]float64, n), u: make([]float64, n)}
	for i := range g.v {
		g.Start(i, p.C)
	}
	return g
}

// izhikevichGroup is a group of such neurons: its parameters and its state.
type izhikevichGroup struct {
	Izhikevich
	v, u []float64 // mV, mV/ms
}

// Start implements Group. It sets u to its equilibrium.
func (g *izhikevichGroup) Start(i int, mV float64) { g.v[i], g.u[i] = mV, g.B*mV }

// Params implements Group.
func (g *izhikevichGroup) Params() Params { return g.Izhikevich }

// Len implements Group.
func (g *izhikevichGroup) Len() int { return len(g.v) }

// V implements Group.
func (g *izhikevichGroup) V(i int) float64 { return g.v[i] }

// W implements Group: u as a current.
func (g *izhikevichGroup) W(i int) float64 { return g.u[i] / g.RM }

// Integrate implements Group.
func (g *izhikevichGroup) Integrate(currents []float64) {
	for i, current := range currents {
		v, u := g.v[i], g.u[i]
		v += float64(g.DT * (float64(float64(0.04*v)*v) + float64(5*v) + 140 - u + float64(g.RM*current)))
		u += float64(float64(g.DT*g.A) * (float64(g.B*v) - u))
		g.v[i], g.u[i] = v, u
	}
}

// Jump implements Group.
func (g *izhikevichGroup) Jump(i int, mV float64) { g.v[i] += mV }

// Fire implements Group.
func (g *izhikevichGroup) Fire(spiked []int32) []int32 {
	for i, v := range g.v {
		if v >= izhikevichPeak {
			g.v[i] = g.C
			g.u[i] += g.D
			spiked = append(spiked, int32(i))
		}
	}
	return spiked
}

// Continue implements Group.
func (g *izhikevichGroup) Continue(from Group) {
	if was, ok := from.(*izhikevichGroup); ok {
		copy(g.v, was.v)
		copy(g.u, was.u)
	}
}
