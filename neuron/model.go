package neuron

import (
	"fmt"
	"strconv"
	"strings"
)

// Models returns all models, the default first. Each is one file.
func Models() []Model {
	return []Model{
		lif(),
		adex(),
		izhikevich(),
	}
}

// A Model describes a kind of neuron by its parameters. Configuration keys, checks, sliders and labels follow from this
// description.
type Model struct {
	Name     string  // as in the configuration: "lif"
	Title    string  // "leaky integrate-and-fire"
	Equation string  // with the symbols of Params: "tau_m dV/dt = E_L - V + R_m I"
	Params   []Param // in the order of display; one of them is the integration step
	Default  Params
}

// Param returns the parameter with a key, or false without one.
func (m Model) Param(key string) (Param, bool) {
	for _, d := range m.Params {
		if d.Key == key {
			return d, true
		}
	}
	return Param{}, false
}

// Sum returns the sum of all parameters with a role, 0 without any.
func (m Model) Sum(role Role, p Params) (sum float64) {
	for _, d := range m.Params {
		if d.Role == role {
			sum += d.Of(p)
		}
	}
	return sum
}

// Params are the parameters of one neuron. Each model has its own comparable struct.
type Params interface {
	// Model returns the description of the parameters.
	Model() Model
	// Levels returns the potentials at the edges of a display of V.
	Levels() Levels
	// Theory returns the closed forms of the neuron, or nil, and the reason why they give no prediction, or "".
	Theory() (t Theory, reason string)

	group(n int) Group // of n neurons at rest; needs valid parameters
}

// A Neuron is one neuron with its parameters and its state.
type Neuron interface {
	Params() Params
	// V returns the membrane potential, mV.
	V() float64
	// Drive returns the term of the equation for a current in nA. The loop computes it once per tick for all steps.
	Drive(current float64) float64
	// Step advances the neuron by dt under a constant drive and reports whether it spiked.
	Step(drive float64) (spiked bool)
	// Continue takes over the state of another neuron of the same model. With any other neuron it stays at rest.
	Continue(from Neuron)
	// Copy returns an independent neuron in the same state.
	Copy() Neuron
}

// New returns a neuron at rest, or ParamErrors for bad parameters.
func New(p Params) (Neuron, error) {
	if err := Validate(p); err != nil {
		return nil, err
	}
	if p, ok := p.(LIF); ok && !p.Adapts() && !p.Exact {
		return newLIF(p), nil
	}
	return &single{Group: p.group(1)}, nil
}

// A Theory has the closed forms of a neuron under a constant current in nA.
type Theory interface {
	// Rheobase returns the limit of the current, nA: at or below it the neuron never fires.
	Rheobase() float64
	// SpikeCount returns the number of spikes in the given steps from rest.
	SpikeCount(current float64, steps int64) int64
	// SpikesAhead is SpikeCount from the state of a neuron with these parameters.
	SpikesAhead(from Neuron, current float64, steps int64) int64
	// StepsToThreshold returns the number of steps from v (mV) to the next spike, or false if there is none.
	StepsToThreshold(v, current float64) (steps int64, ok bool)
	// DiscreteRate returns the firing rate of the integrated equation, Hz.
	DiscreteRate(current float64) float64
	// ExactRate returns the firing rate of the continuous equation, Hz.
	ExactRate(current float64) float64
	// ExactCurrent returns the current for a firing rate in Hz of the continuous equation.
	ExactCurrent(rate float64) float64
}

// Levels are the potentials at the edges of a display of V.
type Levels struct {
	Reset, Rest, Threshold Level
}

// A Level is a potential with its symbol: "V_T".
type Level struct {
	Symbol string
	V      float64 // mV
}

// Lowest returns the lower end of a scale for V, mV. It is below the threshold.
func (l Levels) Lowest() float64 { return min(l.Reset.V, l.Rest.V, l.Threshold.V-1) }

// A Param describes one parameter.
type Param struct {
	Key    string // in the configuration: "tau_m"
	Symbol string // in the equation, with its index after _: "V_reset"
	Help   string // "membrane time constant"
	Unit   string // "ms", "mV", "MOhm"; "" for a plain number
	Role   Role

	Bounds
	Below string // key of a parameter with a larger value; "": none

	Adjustable bool   // while the neuron runs
	Slider     Slider // its useful range, inside Bounds

	access
}

// Role is the meaning of a parameter in any model.
type Role int

const (
	Plain        Role = iota
	Step              // integration step dt, ms, the same for all neurons of a loop
	TimeConstant      // of the membrane, ms: more than half of the integration step
	Refractory        // time with V held, ms, counted in whole steps
	Noise             // strength of the noise; 0: none
	Seed              // of the noise, a whole number
	Adaptation        // of the adaptation current: without effect without a and b
)

// Bounds are the limits of a parameter, in its unit.
type Bounds struct {
	Low, High float64
	Above     bool // Low itself is out of bounds
}

// A Slider is the range of a slider for a parameter, in its unit. An empty range means no slider.
type Slider struct {
	Low, High   float64
	Decimals    int  // to show
	Logarithmic bool // with three digits to show
}

// access reads and writes one parameter.
type access struct {
	get func(Params) float64
	set func(Params, float64) Params
}

// field returns the access to a field of P.
func field[P Params](at func(*P) *float64) access {
	return access{
		get: func(p Params) float64 {
			q := p.(P)
			return *at(&q)
		},
		set: func(p Params, v float64) Params {
			q := p.(P)
			*at(&q) = v
			return q
		},
	}
}

// Of returns the value of the parameter in p. The model of p must be its own.
func (d Param) Of(p Params) float64 { return d.get(p) }

// With returns p with another value of the parameter. The model of p must be its own.
func (d Param) With(p Params, v float64) Params { return d.set(p, v) }

// Text returns a value with its unit: "10 ms".
func (d Param) Text(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', -1, 64)+" "+d.Unit, " ")
}

// rule returns the rule broken by a value alone, or "". Each comparison is written so that NaN fails.
func (d Param) rule(v float64) string {
	switch {
	case d.Low < 0 && !(v >= d.Low && v <= d.High):
		return fmt.Sprintf("must be between %s and %s", d.Text(d.Low), d.Text(d.High))
	case d.Above && !(v > d.Low):
		return "must be more than " + d.Text(d.Low)
	case !(v >= d.Low):
		return "must be at least " + d.Text(d.Low)
	case !(v <= d.High):
		return "must be at most " + d.Text(d.High)
	}
	return ""
}

// beside returns the rule broken by a parameter together with another one, or "".
func (d Param) beside(other Param, p Params) string {
	v, limit := d.Of(p), other.Of(p)
	switch {
	case d.Below == other.Key && !(v < limit):
		return fmt.Sprintf("must be below %s (%s)", other.Key, other.Text(limit))
	case d.Role == Step && other.Role == TimeConstant && !(v < 2*limit):
		return fmt.Sprintf("must be below 2 %s (%s), or the integration diverges", other.Key, other.Text(2*limit))
	}
	return ""
}

// A ParamError is a broken rule of one parameter.
type ParamError struct {
	Name  string  // key in the configuration: "tau_m"
	Rule  string  // "must be more than 0 ms"
	Value float64 // in Unit
	Unit  string  // as in Param
}

func (e ParamError) Error() string {
	return fmt.Sprintf("%s: %s, got %s", e.Name, e.Rule, Param{Unit: e.Unit}.Text(e.Value))
}

// ParamErrors are all broken rules of one set of parameters, in the order of the model's list.
type ParamErrors []ParamError

func (e ParamErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Validate returns every broken rule of p as ParamErrors, or nil. Rules between two parameters apply only to good values.
func Validate(p Params) error {
	all := p.Model().Params
	rules := make([]string, len(all))
	for i, d := range all {
		rules[i] = d.rule(d.Of(p))
	}
	var errs ParamErrors
	for i, d := range all {
		rule := rules[i]
		for k := 0; rules[i] == "" && rule == "" && k < len(all); k++ {
			if rules[k] == "" {
				rule = d.beside(all[k], p)
			}
		}
		if rule != "" {
			errs = append(errs, ParamError{d.Key, rule, d.Of(p), d.Unit})
		}
	}
	if errs == nil {
		return nil
	}
	return errs
}

// The largest magnitudes of parameters and currents. Real neurons are far below. The equation keeps its precision in float64 up to
// here.
const (
	MaxVoltage    = 1e4 // mV
	MaxTime       = 1e6 // ms
	MaxResistance = 1e6 // MOhm
	MaxCurrent    = 1e6 // nA
)
