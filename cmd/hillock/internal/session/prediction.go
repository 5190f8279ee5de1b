package session

import (
	"fmt"
	"strconv"

	"hillock/config"
	"hillock/neuron"
)

// Prediction is the closed form's result for a neuron, or the reason for its absence.
type Prediction struct {
	Hz     float64 // firing rate under a constant current, in model time
	Spikes int64   // in a whole run; 0 in a prediction for this instant
	Reason string  // for no prediction; "" with a prediction
}

// Exists reports whether there is a prediction.
func (p Prediction) Exists() bool { return p.Reason == "" }

// String returns the predicted rate, or the reason for no prediction.
func (p Prediction) String() string {
	if !p.Exists() {
		return "no prediction: " + p.Reason
	}
	return fmt.Sprintf("predicted %.1f Hz", p.Hz)
}

// Now predicts the firing rate of a neuron at a constant current in nA. Without a configuration it has no synapses, and its current
// no noise.
func Now(n config.Neuron, cfg *config.Config, current float64) Prediction {
	if reason := cfg.NoPrediction(n); reason != "" {
		return Prediction{Reason: reason}
	}
	theory, _ := cfg.Theory(n)
	return Prediction{Hz: theory.DiscreteRate(current)}
}

// Past is the history of a neuron in a run.
type Past struct {
	Begin   neuron.Neuron // at the first reading of the last input, or at the start of the run
	Spikes  int64         // until then
	Steps   int64         // since then
	Current float64       // nA, in the last step
	Unread  bool          // an input without any reading
	Varied  bool          // the current, since then
	Changed bool          // the neuron's parameters, during the run
}

// Whole predicts the spikes of a whole run.
func Whole(n config.Neuron, cfg *config.Config, past Past) Prediction {
	p := Now(n, cfg, past.Current)
	switch {
	case !p.Exists():
	case past.Changed:
		return Prediction{Reason: "the neuron was changed during the run"}
	case past.Unread:
		return Prediction{Reason: "an input gave no reading"}
	case past.Varied:
		return Prediction{Reason: "the current changed during the run, last to " + strconv.FormatFloat(past.Current, 'g', 4, 64) + " nA"}
	default:
		theory, _ := past.Begin.Params().Theory()
		p.Spikes = past.Spikes + theory.SpikesAhead(past.Begin, past.Current, past.Steps)
	}
	return p
}
