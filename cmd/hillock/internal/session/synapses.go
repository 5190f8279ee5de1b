package session

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
)

// SynapseStatus is a table of synapses at an instant.
type SynapseStatus struct {
	Name     string
	From, To []string // as in the configuration
	Kind     neuron.SynapseKind
	Weight   float64 // as set, nA; mV of Delta
	Tau      float64 // ms; 0 of Delta
	Delay    float64 // ms
	Pairs    int     // number of synapses
	Gain     float64 // factor of the weight now; 1 without a knob
	Plastic  bool
	Mean     float64 // of the weights now; without plasticity all are Weight
	Low      float64 // the smallest weight now
	High     float64 // the largest weight now
	Arrivals int64   // so far
}

// synapses returns the state of the synapses.
func (l *leg) synapses(cfg *config.Config, now *snapshot) (all []SynapseStatus) {
	for i, s := range cfg.Synapses {
		is := SynapseStatus{Name: s.Name, From: s.From, To: s.To, Kind: s.Kind, Weight: s.Weight, Tau: s.Tau, Delay: float64(s.Delay) / 1e6,
			Pairs: l.circuit.Pairs(i), Gain: now.synapses[i].gain, Plastic: s.Plastic != (neuron.STDP{}), Mean: s.Weight, Low: s.Weight, High: s.Weight,
			Arrivals: now.synapses[i].arrived}
		if is.Plastic {
			is.Mean, is.Low, is.High = now.synapses[i].mean, now.synapses[i].low, now.synapses[i].high
		}
		all = append(all, is)
	}
	return all
}

// GainOf returns the gain of a synapse in words, or "" without a knob.
func (s *Status) GainOf(synapse int) string {
	knob := s.Config.Synapses[synapse].Gain
	if knob == "" {
		return ""
	}
	r := s.Input(knob).Reading
	if r.State == board.Lost {
		return fmt.Sprintf("gain 0 (no reading of knob %s)", knob)
	}
	return readable.Gain(s.Synapses[synapse].Gain, knob, r.Position)
}

// adapts reports whether neurons have an adaptation current.
func adapts(p neuron.Params) bool {
	if p, ok := p.(neuron.LIF); ok {
		return p.Adapts()
	}
	return true // of the other models each has one
}

// A SynapseParam is an adjustable parameter of a synapse.
type SynapseParam struct {
	Key    string // "weight"
	Help   string
	Unit   string
	Slider neuron.Slider // its useful range
}

// SynapseParams returns the adjustable parameters of a synapse, with sliders around its values in the file.
func SynapseParams(s config.Synapse, dt time.Duration) []SynapseParam {
	step, late, large := float64(dt)/1e6, float64(s.Delay)/1e6, above(2*math.Abs(s.Weight))
	smallest := max(0, int(math.Ceil(-math.Log10(step)-1e-9))) // decimals of a step
	weight := SynapseParam{"weight", "weight", s.Kind.Unit(), neuron.Slider{Low: -large, High: large, Decimals: max(0, 2-int(math.Floor(math.Log10(large))))}}
	if s.Plastic != (neuron.STDP{}) {
		weight.Slider.Low, weight.Slider.High = 0, s.Plastic.Max
	}
	all := []SynapseParam{weight, {"delay", "delay", "ms", neuron.Slider{Low: step, High: max(20, above(2*late)), Decimals: smallest}}}
	if !s.Kind.HasTau() {
		return all
	}
	tau := SynapseParam{"tau", "time constant", "ms", neuron.Slider{Low: max(0.5, step), High: max(100, above(2*s.Tau)), Decimals: 1, Logarithmic: true}}
	return slices.Insert(all, 1, tau)
}

// above returns the next of 1, 2 and 5 times a power of ten from v on, at least 0.01.
func above(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(max(v, 0.01))))
	for _, f := range []float64{1, 2, 5} {
		if f*unit >= v {
			return f * unit
		}
	}
	return 10 * unit
}

// setSynapse changes a parameter of a synapse. The value is in the unit of the parameter; a delay becomes whole steps.
func setSynapse(s *config.Synapse, key string, v float64, dt time.Duration) error {
	step := float64(dt) / 1e6
	steps := math.Round(v / step)
	rule := ""
	switch largest := neuron.MaxCurrent; {
	case !slices.ContainsFunc(SynapseParams(*s, dt), func(p SynapseParam) bool { return p.Key == key }):
		return fmt.Errorf("set: a synapse of kind %s has no %.40q", s.Kind, key)
	case key == "weight" && s.Plastic != (neuron.STDP{}):
		if !(v >= 0 && v <= s.Plastic.Max) {
			rule = fmt.Sprintf("must be from 0 %[1]s to max (%[2]g %[1]s), got %[3]g %[1]s", s.Kind.Unit(), s.Plastic.Max, v)
		}
		s.Weight = v
	case key == "weight":
		if !(math.Abs(v) <= largest) {
			rule = fmt.Sprintf("must be from -%[2]g %[1]s to %[2]g %[1]s, got %[3]g %[1]s", s.Kind.Unit(), largest, v)
		}
		s.Weight = v
	case key == "tau":
		if !(v >= step && v <= neuron.MaxTime) {
			rule = fmt.Sprintf("must be from dt (%g ms) to %g ms, got %g ms", step, neuron.MaxTime, v)
		}
		s.Tau = v
	default:
		if longest := float64(config.MaxDelay(dt)) / 1e6; !(steps >= 1 && v <= longest) {
			rule = fmt.Sprintf("must be from dt (%g ms) to %g ms, got %g ms", step, longest, v)
		}
		s.Delay = time.Duration(steps) * dt
	}
	if rule != "" {
		return fmt.Errorf("synapse %s: %s: %s", s.Name, key, rule)
	}
	return nil
}
