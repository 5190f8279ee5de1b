package config

import (
	"fmt"
	"strings"
	"testing"

	"hillock/neuron"
)

// The theory is that of a neuron alone, also in a population. Synapses leave none.
func TestTheory(t *testing.T) {
	n := Neuron{Name: "n1", Params: neuron.Default(), Count: 80}
	if theory, reason := (&Config{}).Theory(n); theory != neuron.Theory(neuron.Default()) || reason != "" {
		t.Errorf("got %v, %q; want the closed forms of the neuron", theory, reason)
	}
	cfg := &Config{Synapses: []Synapse{{Name: "a", From: []string{"n2"}, To: []string{"n1.3"}}}}
	if theory, reason := cfg.Theory(n); theory != nil || reason != "synapses act on it" {
		t.Errorf("got %v, %q; want none with its reason", theory, reason)
	}
}

// Lights before spikes need a prediction. The reason for none is that of every display.
func TestLightsAheadNeedAPrediction(t *testing.T) {
	for _, tt := range []struct{ ahead, neuron, more, want string }{
		{`"5 ms"`, "", "", "<nil>"},
		{`"5 ms"`, "integrator = \"exact\"\nt_ref = \"2 ms\"", "", "<nil>"},
		{`"100 ms"`, "", "", "<nil>"},
		{`"5 ms"`, `sigma = "1 mV"`, "", `3:1: output.o.ahead: must be left out, got "5 ms": the spikes of neuron.n1 have no prediction: the membrane has noise`},
		{`"5 ms"`, `b = "0.2 nA"`, "", `3:1: output.o.ahead: must be left out, got "5 ms": the spikes of neuron.n1 have no prediction: the neuron adapts`},
		{`"5 ms"`, `model = "adex"`, "", `3:1: output.o.ahead: must be left out, got "5 ms": the spikes of neuron.n1 have no prediction: the adex model has no closed form`},
		{`"5 ms"`, "count = 3", "", `3:1: output.o.ahead: must be left out, got "5 ms": the spikes of neuron.n1 have no prediction: a population of 3 neurons`},
		{`"5 ms"`, "", "[synapse]\ns = {from = \"n2\", to = \"n1\", kind = \"delta\", weight = \"8 mV\"}\n",
			`3:1: output.o.ahead: must be left out, got "5 ms": the spikes of neuron.n1 have no prediction: synapses act on it`},
		{`"5 ms"`, "", "[synapse]\ns = {from = \"n1\", to = \"n2\", kind = \"delta\", weight = \"8 mV\"}\n", "<nil>"},
		{`"100.1 ms"`, "", "", `3:1: output.o.ahead: must be between dt (0.1 ms) and 100 ms, got "100.1 ms"`},
		{`"0 ms"`, "", "", `3:1: output.o.ahead: must be between dt (0.1 ms) and 100 ms, got "0 ms"`},
		{`"0.05 ms"`, "", "", `3:1: output.o.ahead: must be between dt (0.1 ms) and 100 ms, got "0.05 ms"`},
		{`"0.15 ms"`, "", "", `3:1: output.o.ahead: must be a multiple of dt (0.1 ms), got "0.15 ms": write "0.2 ms"`},
	} {
		text := "[output.o]\ndriver = \"bell\"\nahead = " + tt.ahead + "\npin = \"GPIO5\"\nneuron = \"n1\"\n[input.a]\ndriver = \"dial\"\n" +
			"[neuron.n1]\ninput = \"a\"\n" + tt.neuron + "\n[neuron.n2]\ninput = \"a\"\n" + tt.more
		_, err := Parse("bad.toml", []byte(text), nil, bells())
		if got := strings.TrimPrefix(fmt.Sprint(err), "bad.toml:"); got != tt.want {
			t.Errorf("ahead %s, %s:\n got %s\nwant %s", tt.ahead, tt.neuron, got, tt.want)
		}
	}
}
