package session

import (
	"testing"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/neuron"
)

// gauge is an output for a membrane potential.
type gauge struct {
	board.Output
	v float64
}

func (g *gauge) Level(v float64) { g.v = v }

// A bar of a population shows its first neuron, one of "n1.3" the third.
func TestLevelsOfMembers(t *testing.T) {
	t.Parallel()
	outputs := map[string]board.Output{"first": &gauge{}, "second": &gauge{}, "third": &gauge{}}
	cfg, err := config.Parse("net.toml", []byte(`
loop.speed = 1
[input.knob]
driver = "mcp3008"
channel = 0
[neuron.n1]
input = "knob"
count = 3
v_start = ["-70 mV", "-56 mV"]
seed = 4
[output.first]
driver = "bar"
pins = ["GPIO5"]
neuron = "n1"
[output.second]
driver = "bar"
pins = ["GPIO6"]
neuron = "n1.2"
[output.third]
driver = "bar"
pins = ["GPIO13"]
neuron = "n1.3"
`), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Neurons[0].Inputs = nil
	b := &board.Board{Outputs: outputs}
	built, err := build(cfg, b)
	if err != nil {
		t.Fatal(err)
	}
	assemble(cfg, built, b, new(neuron.VirtualClock))
	want := built.circuit.VStart(0)
	for i, name := range []string{"first", "second", "third"} {
		if got := outputs[name].(*gauge).v; got != want[i] {
			t.Errorf("%s: got %g mV, want %g mV", name, got, want[i])
		}
	}
	if want[0] == want[1] || want[0] == want[2] {
		t.Errorf("got %v mV at the start, want different potentials", want)
	}
}
