package neuron

import (
	"fmt"
	"strconv"
	"strings"
)

// Models returns the kinds of neurons that there are, the default one first. Each is a file of its own.
func Models() []Model {
	return []Model{
		lif(),
	}
}

// A Model is a kind of neuron, described by its parameters: the keys of a configuration and their checks, what may be
// changed while a neuron runs, sliders and labels all follow from this description.
type Model struct {
	Name     string  // as in the configuration: "lif"
	Title    string  // "leaky integrate-and-fire"
	Equation string  // with the symbols of Params: "tau_m dV/dt = E_L - V + R_m I"
	Params   []Param // in the order in which they are listed; one of them is the integration step
	Default  Params
}

// Param returns the parameter of a key, or false where the model has none.
func (m Model) Param(key string) (Param, bool) {
	for _, d := range m.Params {
		if d.Key == key {
			return d, true
		}
	}
	return Param{}, false
}

// Sum adds up the values of all parameters that have a role: 0 where none has it.
func (m Model) Sum(role Role, p Params) (sum float64) {
	for _, d := range m.Params {
		if d.Role == role {
			sum += d.Of(p)
		}
	}
	return sum
}

// Params are the parameters of one neuron: the comparable struct of its model.
type Params interface {
	// Model describes the parameters.
	Model() Model
	// Levels are the potentials that displays draw V between.
	Levels() Levels
	// Theory returns the closed forms of the neuron, nil where it has none. The reason says why they do not predict it; it is
	// "" where they do.
	Theory() (t Theory, reason string)

	neuron() Neuron // at rest; the parameters are valid
}

// A Neuron is one neuron with its parameters and its state.
type Neuron interface {
	Params() Params
	// V is the membrane potential, mV.
	V() float64
	// Drive is what a current in nA stands for in the equation. It is taken once per tick and handed to each Step.
	Drive(current float64) float64
	// Step advances the neuron by dt under a constant drive and reports whether it spiked.
	Step(drive float64) (spiked bool)
	// Continue puts the neuron where another one is, if that is of the same model; else it stays at rest.
	Continue(from Neuron)
	// Copy returns a neuron in the same state that goes on by itself.
	Copy() Neuron
}

// New returns a neuron at rest, or the ParamErrors of p.
func New(p Params) (Neuron, error) {
	if err := Validate(p); err != nil {
		return nil, err
	}
	return p.neuron(), nil
}

// A Theory is what mathematics says of a neuron under a constant current, in nA.
type Theory interface {
	// Rheobase is the largest current under which the neuron never fires.
	Rheobase() float64
	// SpikeCount is the number of spikes in so many steps from rest.
	SpikeCount(current float64, steps int64) int64
	// SpikesAhead is SpikeCount from where a neuron of these parameters is.
	SpikesAhead(from Neuron, current float64, steps int64) int64
	// DiscreteRate is the firing rate of the neuron as it is integrated, Hz.
	DiscreteRate(current float64) float64
	// ExactRate is the firing rate of the continuous equation, Hz.
	ExactRate(current float64) float64
	// ExactCurrent is the current at which the continuous equation fires at a rate in Hz.
	ExactCurrent(rate float64) float64
}

// Levels are the potentials that displays draw V between.
type Levels struct {
	Reset, Rest, Threshold Level
}

// A Level is a potential with its symbol: "V_T".
type Level struct {
	Symbol string
	V      float64 // mV
}

// Lowest is the lower end of a scale for V, below the threshold, mV.
func (l Levels) Lowest() float64 { return min(l.Reset.V, l.Rest.V, l.Threshold.V-1) }

// A Param describes one parameter.
type Param struct {
	Key    string // in the configuration: "tau_m"
	Symbol string // in the equation; what follows _ is an index: "V_reset"
	Help   string // "membrane time constant"
	Unit   string // "ms", "mV", "MOhm"; "" for a number without one
	Role   Role

	Bounds
	Below string // the key of another parameter that this one must be below; "": none

	Adjustable bool   // while the neuron runs
	Slider     Slider // of what is of use to see, which is less than Bounds

	access
}

// Role is what a parameter is to those who know no model.
type Role int

const (
	Plain        Role = iota
	Step              // the integration step dt, ms, which all neurons of a loop share
	TimeConstant      // of the membrane, ms: the integration step must be below twice as much
	Refractory        // a time in which V is held, ms, counted in whole steps
	Noise             // how strong noise is; 0: there is none
	Seed              // of the noise, a whole number
)

// Bounds are the values that a parameter may have, from Low to High.
type Bounds struct {
	Low, High float64
	Above     bool // more than Low, not Low itself
}

// A Slider is how a parameter is turned by hand. Without a range there is none.
type Slider struct {
	Low, High   float64
	Decimals    int  // that are of use
	Logarithmic bool // three digits are of use then
}

// access reads and writes a parameter in the struct of its model.
type access struct {
	get func(Params) float64
	set func(Params, float64) Params
}

// field is the access to a field of P.
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

// Of returns the parameter's value in p, which is of its model.
func (d Param) Of(p Params) float64 { return d.get(p) }

// With returns p, which is of the parameter's model, with another value of it.
func (d Param) With(p Params, v float64) Params { return d.set(p, v) }

// Text is a value with its unit: "10 ms".
func (d Param) Text(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', -1, 64)+" "+d.Unit, " ")
}

// rule is the rule that a value breaks by itself, "" where it keeps all. Each comparison is written so that NaN fails.
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

// beside is the rule that a parameter breaks beside another one, "" where it keeps all.
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

// A ParamError says which parameter breaks which rule.
type ParamError struct {
	Name  string  // as in the configuration: "tau_m"
	Rule  string  // "must be more than 0 ms"
	Value float64 // in Unit
	Unit  string  // "ms", "mV" or "MOhm"
}

func (e ParamError) Error() string {
	return fmt.Sprintf("%s: %s, got %s", e.Name, e.Rule, Param{Unit: e.Unit}.Text(e.Value))
}

// ParamErrors are all the rules that one set of parameters breaks, in the order of the model's list.
type ParamErrors []ParamError

func (e ParamErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Validate reports every rule that p breaks, as ParamErrors, or nil. A value that is wrong by itself is held against no other.
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

// The largest magnitudes that parameters may have. They are far outside of any neuron, and far inside of what float64 needs
// to keep the equation meaningful.
const (
	MaxVoltage    = 1e4 // mV
	MaxTime       = 1e6 // ms
	MaxResistance = 1e6 // MOhm
	MaxCurrent    = 1e6 // nA
)
