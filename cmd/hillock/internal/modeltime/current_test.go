package modeltime

import (
	"testing"

	"hillock/neuron"
	"hillock/neuron/wave"
)

// TestNeuronsTakeWhatWavesGive holds together what two rooms that do not know each other say each for itself.
func TestNeuronsTakeWhatWavesGive(t *testing.T) {
	if wave.MaxCurrent != neuron.MaxCurrent {
		t.Errorf("got waves up to %g nA, neurons up to %g nA; want the same", wave.MaxCurrent, neuron.MaxCurrent)
	}
	var _ neuron.Input = wave.Constant(0)
	var _ neuron.Input = new(wave.Noise)
	var _ neuron.Input = new(wave.Recorded)
}
