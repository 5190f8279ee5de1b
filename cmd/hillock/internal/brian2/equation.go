package brian2

import (
	"fmt"
	"strings"

	"hillock/neuron"
)

// An equation is a model of neurons as Brian2 takes it. Its parameters have the symbols of neuron.Model.
type equation struct {
	model    string   // name of the group in the script
	about    []string // comment: the differential equations, with CURRENT for the sum of the currents
	state    []string // variables other than v, with their declarations
	step     []string // one step of v, in the order of evaluation of package neuron; with CURRENT
	after    []string // statements that set derived parameters
	reset    string
	peak     string                            // threshold of v
	start    func(p neuron.Params) float64     // v of a neuron at rest, mV
	begin    string                            // initial value of the second variable, a statement; "": 0
	refSteps func(p neuron.Params) int64       // nil without a refractory time
	adjust   func(neuron.Params) neuron.Params // parameters as the step uses them
	needsExp bool                              // exact_exp
	exact    bool                              // propagators in place of forward Euler
}

const current = "CURRENT"

// equationOf returns the equation of a neuron.
func equationOf(p neuron.Params) (equation, error) {
	switch p := p.(type) {
	case neuron.LIF:
		e := leaky()
		switch {
		case p.Exact:
			return exactly(e), nil
		case p.Adapts():
			return adapting(e), nil
		}
		return e, nil
	case neuron.AdEx:
		return exponentialIF(), nil
	case neuron.Izhikevich:
		return simple(), nil
	}
	return equation{}, fmt.Errorf("model %s: Brian2's script has no equation of it", p.Model().Name)
}

func leaky() equation {
	return equation{
		model: "lif",
		about: []string{"tau_m dv/dt = E_L - v + R_m (CURRENT)", "v >= V_T: spike, v <- V_reset"},
		step:  []string{"v += int(not_refractory)*((E_L - v + R_m*(CURRENT))*dt_ms/tau_m)"},
		peak:  "V_T", reset: "v = V_reset",
		start:    func(p neuron.Params) float64 { return p.(neuron.LIF).Rest() },
		refSteps: func(p neuron.Params) int64 { return p.(neuron.LIF).RefSteps() },
		adjust:   func(p neuron.Params) neuron.Params { return p },
	}
}

// adapting is the leaky neuron with an adaptation current.
func adapting(e equation) equation {
	e.model = "adapting"
	e.about = []string{"tau_m dv/dt = E_L - v + R_m (CURRENT - w),  tau_w dw/dt = a (v - E_L) - w", "v >= V_T: spike, v <- V_reset, w <- w + b"}
	e.state = []string{"w : 1  # adaptation current, nA"}
	e.step = []string{
		"w_new = w*(1 - dt_ms/tau_w) + a/1000*(v - E_L)*(dt_ms/tau_w)  # from the old v, a/1000 in uS",
		"v += int(not_refractory)*((E_L - v + R_m*(CURRENT - w))*dt_ms/tau_m)",
		"w = w_new",
	}
	e.reset = "v = V_reset; w += b"
	e.adjust = func(p neuron.Params) neuron.Params {
		q := p.(neuron.LIF)
		q.TauW = max(q.TauW, q.DT)
		return q
	}
	return e
}

// exactly is the leaky neuron with the propagators of its solution in place of Euler's step.
func exactly(e equation) equation {
	e.model, e.needsExp, e.exact = "exact", true, true
	e.about = append(e.about, "The step is the exact solution for a constant current: p22 = exp(-dt/tau_m), p20 = R_m (1 - p22).")
	e.state = []string{"p22 : 1 (constant)", "p20 : 1 (constant)  # MOhm"}
	e.step = []string{"v = int(not_refractory)*(E_L + (v - E_L)*p22 + p20*(CURRENT)) + (1 - int(not_refractory))*v"}
	e.after = []string{"p22 = exact_exp(-dt_ms/GROUP.tau_m[:])", "p20 = GROUP.R_m[:]*(1 - GROUP.p22[:])"}
	return e
}

func exponentialIF() equation {
	return equation{
		model: "adex",
		about: []string{
			"C dv/dt = g_L (E_L - v) + g_L Delta_T exp((v - V_T)/Delta_T) + CURRENT - w,  tau_w dw/dt = a (v - E_L) - w",
			"v >= V_peak: spike, v <- V_reset, w <- w + b"},
		state: []string{"w : 1  # adaptation current, pA"},
		step: []string{
			"w_new = w + (a*(v - E_L) - w)*(dt_ms/tau_w)",
			"leak = g_L*(E_L - v)  # pA",
			"rise = g_L*Delta_T*exact_exp((clip(v, -inf, V_peak) - V_T)/Delta_T)  # pA",
			"v += int(not_refractory)*((leak + rise + 1000*(CURRENT) - w)*dt_ms/C)",
			"w = w_new",
		},
		peak: "V_peak", reset: "v = V_reset; w += 1000*b", needsExp: true,
		start: func(p neuron.Params) float64 { return p.(neuron.AdEx).EL },
		refSteps: func(p neuron.Params) int64 {
			q := p.(neuron.AdEx)
			return neuron.LIF{TRef: q.TRef, DT: q.DT}.RefSteps()
		},
		adjust: func(p neuron.Params) neuron.Params { return p },
	}
}

func simple() equation {
	return equation{
		model: "izhikevich",
		about: []string{"dv/dt = 0.04 v^2 + 5 v + 140 - u + R_m (CURRENT),  du/dt = a (b v - u)", "v >= 30 mV: spike, v <- c, u <- u + d; u changes from the new v"},
		state: []string{"u : 1  # recovery, mV/ms"},
		step: []string{
			"v += dt_ms*(0.04*v*v + 5*v + 140 - u + R_m*(CURRENT))",
			"u += dt_ms*a*(b*v - u)",
		},
		peak: "30", reset: "v = c; u += d", begin: "u = GROUP.b[:]*GROUP.v[:]",
		start:  func(p neuron.Params) float64 { return p.(neuron.Izhikevich).C },
		adjust: func(p neuron.Params) neuron.Params { return p },
	}
}

// uses reports whether the equation has a symbol.
func (e equation) uses(symbol string) bool {
	for _, text := range append(append([]string{e.peak, e.reset, e.begin}, e.step...), e.after...) {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool {
			return !(r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
		}) {
			if word == symbol {
				return true
			}
		}
	}
	return false
}
