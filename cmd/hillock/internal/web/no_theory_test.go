package web_test

import (
	"testing"

	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// unpredicted is a neuron without a closed form.
type unpredicted struct{ neuron.LIF }

func (unpredicted) Theory() (neuron.Theory, string) { return nil, "there is no closed form" }

// Model has no parameters: the LIF's parameters belong to another struct.
func (unpredicted) Model() neuron.Model { return neuron.Model{Name: "unpredicted"} }

// Without a theory the page has no curve.
func TestPageWithoutTheory(t *testing.T) {
	t.Parallel()
	cfg := config.Default(part.Kinds())
	cfg.Neurons[0].Params = unpredicted{neuron.Default()}
	theory, _ := cfg.Neurons[0].Theory()
	for _, p := range web.Curve(theory, 0, 5, 100) {
		if p.Exact != nil || p.Discrete != nil {
			t.Fatalf("got a rate at %g nA, want none", p.I)
		}
	}
	if got := web.Described(cfg.Neurons[0]); got.Rheobase != nil || got.Threshold.V != -55 {
		t.Errorf("got %+v, want no rheobase, and a threshold", got)
	}
}
