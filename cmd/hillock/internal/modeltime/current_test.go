package modeltime

import (
	"testing"

	"hillock/neuron"
	"hillock/neuron/wave"
)

// Packages neuron and wave do not import each other: their bounds must agree all the same.
func TestWavesFitNeurons(t *testing.T) {
	if wave.MaxCurrent != neuron.MaxCurrent {
		t.Errorf("got waves up to %g nA, neurons up to %g nA; want the same", wave.MaxCurrent, neuron.MaxCurrent)
	}
	var _ neuron.Input = wave.Constant(0)
	var _ neuron.Input = new(wave.Noise)
	var _ neuron.Input = new(wave.Recorded)
}
