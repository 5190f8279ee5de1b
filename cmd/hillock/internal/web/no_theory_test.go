package web_test

import (
	"testing"

	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// unpredicted is a neuron that nobody has a closed form of.
type unpredicted struct{ neuron.LIF }

func (unpredicted) Theory() (neuron.Theory, string) { return nil, "there is no closed form" }

// Model has no parameters: those of the other are of another struct.
func (unpredicted) Model() neuron.Model { return neuron.Model{Name: "unpredicted"} }

// The page draws no curve where there is none.
func TestPageWithoutATheory(t *testing.T) {
	t.Parallel()
	cfg := config.Default(part.Kinds())
	cfg.Neurons[0].Params = unpredicted{neuron.Default()}
	for _, p := range web.Curve(cfg.Neurons[0], 0, 5) {
		if p.Exact != nil || p.Discrete != nil {
			t.Fatalf("got a rate at %g nA, want none", p.I)
		}
	}
	if got := web.Described(cfg.Neurons[0]); got.Rheobase != nil || got.Threshold.V != -55 {
		t.Errorf("got %+v, want no rheobase, and a threshold", got)
	}
}
