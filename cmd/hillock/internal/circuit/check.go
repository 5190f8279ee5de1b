package circuit

import (
	"fmt"
	"slices"

	"hillock/cmd/hillock/internal/readable"
)

// Check returns the lines of a valid configuration: the counts of its parts, the latency of each edge input, and its class.
func (c *Circuit) Check() []string {
	name := c.Config.File
	if name == "" {
		name = "the built-in configuration"
	}
	neurons := readable.Count(c.Len(), "neuron")
	pairs := 0
	for i := range c.Synapses {
		pairs += c.Pairs(i)
	}
	if pairs > 0 {
		neurons += ", " + readable.Count(pairs, "synapse")
	}
	inputs := readable.Count(len(c.Config.Inputs)-c.Config.Remotes(), "input")
	ok := fmt.Sprintf("%s: ok: %s, %s, %s", name, neurons, inputs, readable.Count(len(c.Config.Outputs), "output"))
	return slices.Concat([]string{ok}, c.Config.Latencies(), c.class())
}
