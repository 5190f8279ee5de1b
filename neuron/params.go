package neuron

import (
	"fmt"
	"math"
	"strings"
)

// Params are the constants of one leaky integrate-and-fire neuron,
//
//	tau_m dV/dt = E_L - V + R_m I,    V >= V_T: spike, V <- V_reset
//
// (Dayan and Abbott, Theoretical Neuroscience, section 5.4), and the step of its integration.
// The units are chosen so that R_m*I is in mV without a factor.
//
// With Sigma above 0 the membrane has white noise, tau_m dV = (E_L - V + R_m I) dt + sigma sqrt(2 tau_m) dW. Without a
// threshold V would have the standard deviation sigma, in steps of dt sigma/sqrt(1 - dt/(2 tau_m)). What the methods
// predict, intervals, counts and rates, is that of the neuron at sigma 0: with noise it fires below its rheobase too.
type Params struct {
	TauM   float64 // membrane time constant tau_m, ms
	EL     float64 // leak reversal potential E_L, mV; above V_T the neuron fires without input
	VT     float64 // threshold V_T, mV
	VReset float64 // potential after a spike, mV; below V_T
	RM     float64 // membrane resistance R_m, MOhm
	TRef   float64 // absolute refractory time t_ref, ms, counted in whole steps; V stays at V_reset
	DT     float64 // integration step dt, ms; below 2 tau_m, above which forward Euler diverges
	Sigma  float64 // noise of the membrane sigma, mV; at 0 there is none, and the equation is the one above to the bit
	Seed   uint64  // of the noise: the same seed, the same noise, also in two neurons that are to have their own
}

// Default is the worksheet's neuron: rheobase 1.5 nA, and 144 spikes in 2 s at 2 nA.
func Default() Params {
	return Params{TauM: 10, EL: -70, VT: -55, VReset: -70, RM: 10, TRef: 0, DT: 0.1}
}

// The largest magnitudes that Validate lets pass. They are far outside of any neuron, and far inside of what float64
// needs to keep the equation meaningful.
const (
	MaxVoltage    = 1e4 // mV
	MaxTime       = 1e6 // ms
	MaxResistance = 1e6 // MOhm
	MaxCurrent    = 1e6 // nA
)

// A ParamError says which parameter breaks which rule.
type ParamError struct {
	Name  string  // as in the configuration: "tau_m"
	Rule  string  // "must be more than 0 ms"
	Value float64 // in Unit
	Unit  string  // "ms", "mV" or "MOhm"
}

func (e ParamError) Error() string {
	return fmt.Sprintf("%s: %s, got %g %s", e.Name, e.Rule, e.Value, e.Unit)
}

// ParamErrors are all the rules that one set of parameters breaks, in the order of the fields of Params.
type ParamErrors []ParamError

func (e ParamErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Validate reports every rule that p breaks, as ParamErrors, or nil. Each comparison is written so that NaN fails.
func (p Params) Validate() error {
	var errs ParamErrors
	check := func(ok bool, name string, value float64, unit, rule string, args ...any) bool {
		if !ok {
			errs = append(errs, ParamError{name, fmt.Sprintf(rule, args...), value, unit})
		}
		return ok
	}
	voltage := func(name string, v float64) bool {
		return check(math.Abs(v) <= MaxVoltage, name, v, "mV", "must be between -%g mV and %g mV", MaxVoltage, MaxVoltage)
	}
	positive := func(name string, v, most float64, unit string) bool {
		return check(v > 0, name, v, unit, "must be more than 0 %s", unit) &&
			check(v <= most, name, v, unit, "must be at most %g %s", most, unit)
	}

	tau := positive("tau_m", p.TauM, MaxTime, "ms")
	voltage("e_l", p.EL)
	vt := voltage("v_t", p.VT)
	if voltage("v_reset", p.VReset) && vt {
		check(p.VReset < p.VT, "v_reset", p.VReset, "mV", "must be below v_t, %g mV", p.VT)
	}
	positive("r_m", p.RM, MaxResistance, "MOhm")
	_ = check(p.TRef >= 0, "t_ref", p.TRef, "ms", "must be at least 0 ms") &&
		check(p.TRef <= MaxTime, "t_ref", p.TRef, "ms", "must be at most %g ms", MaxTime)
	if positive("dt", p.DT, MaxTime, "ms") && tau {
		check(p.DT < 2*p.TauM, "dt", p.DT, "ms", "must be below 2 tau_m, %g ms, or the integration diverges", 2*p.TauM)
	}
	_ = check(p.Sigma >= 0, "sigma", p.Sigma, "mV", "must be at least 0 mV") &&
		check(p.Sigma <= MaxVoltage, "sigma", p.Sigma, "mV", "must be at most %g mV", MaxVoltage)
	if errs == nil {
		return nil
	}
	return errs
}

// RefSteps is t_ref in whole steps, rounded to the nearest.
func (p Params) RefSteps() int64 {
	return int64(math.Round(p.TRef / p.DT))
}

// Rest is where V starts, mV: E_L, or V_reset for a pacemaker, which has no rest below threshold.
func (p Params) Rest() float64 {
	if p.EL < p.VT {
		return p.EL
	}
	return p.VReset
}
