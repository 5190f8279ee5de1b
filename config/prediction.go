package config

import (
	"fmt"
	"slices"
	"time"

	"hillock/neuron"
)

// Theory returns the closed forms for the firing rate of a neuron against its current, or nil and the reason. A nil configuration has
// no synapses.
func (c *Config) Theory(n Neuron) (t neuron.Theory, reason string) {
	if c != nil && slices.ContainsFunc(c.Synapses, func(s Synapse) bool { return s.IsOnto(n.Name) }) {
		return nil, "synapses act on it"
	}
	return n.Theory()
}

// NoPrediction returns the reason for no prediction of a neuron's spikes while its current holds, or "". A nil configuration has no
// synapses and no noise.
func (c *Config) NoPrediction(n Neuron) (reason string) {
	_, reason = c.Theory(n)
	switch {
	case n.Count > 1:
		return fmt.Sprintf("a population of %d neurons", n.Count)
	case reason == "" && c != nil && slices.ContainsFunc(c.Inputs, func(in Input) bool { return isNoisy(in, n) }):
		return "the current has noise"
	}
	return reason
}

// MaxAhead returns the longest time from a light to its spike: 1000 steps. A change of the current costs the loop this many steps.
func MaxAhead(dt time.Duration) time.Duration { return 1000 * dt }

// checkOracles refuses lights before the spikes of a neuron without a prediction.
func (d *decoder) checkOracles(c *Config) {
	for _, out := range c.Outputs {
		oracle, ok := out.Part.(Oracle)
		n, known := c.Neuron(out.Neuron)
		if t := d.of("output", out.Name); ok && known && oracle.Ahead() > 0 && !t.IsBad("ahead") && len(d.of("neuron", n.Name).bad) == 0 {
			if reason := c.NoPrediction(n); reason != "" {
				t.Wrong("ahead", Problem{Rule: "must be left out", Hint: "the spikes of " + dotted("neuron", n.Name) + " have no prediction: " + reason})
			}
		}
	}
}

// IsOnto reports whether the synapse has a target in a table of neurons.
func (s Synapse) IsOnto(table string) bool {
	return slices.ContainsFunc(s.To, func(to string) bool { return TableOf(to) == table })
}

// isNoisy reports whether an input of a neuron has noise.
func isNoisy(in Input, n Neuron) bool {
	noise, ok := in.Part.(interface{ Noisy() bool })
	return ok && noise.Noisy() && slices.Contains(n.Inputs, in.Name)
}
