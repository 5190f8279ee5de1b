package board_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/edge"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// wired is a spike input with a wire, one with a button, and one with a wire to another board.
const wired = `
[neuron.n1]
[input.wire]
driver = "edge"
pin = "GPIO22"
from = "red"
[input.button]
driver = "edge"
pin = "GPIO23"
edge = "falling"
[input.far]
driver = "edge"
pin = "GPIO24"
from = "left/red"
[synapse.a]
from = "wire"
to = "n1"
kind = "delta"
weight = "1 mV"
[synapse.b]
from = "button"
to = "n1"
kind = "delta"
weight = "1 mV"
[synapse.c]
from = "far"
to = "n1"
kind = "delta"
weight = "1 mV"
[output.red]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
[output.green]
driver = "pulse"
pin = "GPIO27"
neuron = "n1"
`

func parsed(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("wired.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestVirtualPiHasTheWiresOfSpikeInputs(t *testing.T) {
	t.Parallel()
	now := new(clock)
	v, err := board.NewVirtual(parsed(t, wired), now)
	if err != nil {
		t.Fatal(err)
	}
	red, green := v.Pin("GPIO17"), v.Pin("GPIO27")
	follows := func(out *sim.Pin, want bool) {
		t.Helper()
		if err := out.Out(gpio.High); err != nil {
			t.Fatal(err)
		}
		if got := v.Pin("GPIO22").Level() == gpio.High; got != want {
			t.Errorf("GPIO22 follows %s: got %t, want %t", out, got, want)
		}
		if err := out.Out(gpio.Low); err != nil {
			t.Fatal(err)
		}
	}
	follows(red, true)
	follows(green, false)
	if diff := cmp.Diff(map[string]board.Jumper{"wire": {From: "GPIO17", To: "GPIO22"}}, v.Jumpers); diff != "" {
		t.Errorf("wires (-want +got):\n%s", diff)
	}

	port, err := v.OpenEdges([]edge.Line{{Pin: "GPIO23", Falling: true, Pull: gpio.PullUp}, {Pin: "GPIO24", Rising: true, Pull: gpio.PullDown}})
	if err != nil {
		t.Fatal(err)
	}
	left, err := v.Beside(parsed(t, wired))
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Join(left.Pin("GPIO17"), v.Pin("GPIO24")); err != nil {
		t.Fatal(err)
	}
	v.Buttons["button"].Press()
	now.Sleep(time.Second)
	if err := left.Pin("GPIO17").Out(gpio.High); err != nil {
		t.Fatal(err)
	}
	to := make([]edge.Edge, 32)
	n, err := port.Read(to)
	if err != nil || n < 2 || to[0] != (edge.Edge{}) || to[n-1] != (edge.Edge{Line: 1, At: time.Second, Rising: true}) {
		t.Errorf("got %v, %v, want the press, and then a spike of the other board", to[:n], err)
	}
	if err := port.Close(); err != nil {
		t.Error(err)
	}

	// Another output, another button.
	if err := v.Wire(parsed(t, strings.NewReplacer(`"red"`, `"green"`, "edge = \"falling\"\n", "").Replace(wired))); err != nil {
		t.Fatal(err)
	}
	follows(red, false)
	follows(green, true)
	if got := v.Buttons["button"].Level(); got != gpio.High {
		t.Errorf("button against a pull-down: got %s while pressed, want High", got)
	}
	if err := v.Wire(parsed(t, strings.Replace(wired, "from = \"red\"\n", "", 1))); err != nil {
		t.Fatal(err)
	}
	follows(red, false)
	if len(v.Jumpers) != 0 || len(v.Buttons) != 2 {
		t.Errorf("without from: got %d wires and %d buttons, want 0 and 2", len(v.Jumpers), len(v.Buttons))
	}
}

func TestWireNeedsAnOutputOnAPin(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, wired)
	for i, out := range cfg.Outputs {
		if out.Name == "red" {
			cfg.Outputs[i].Name = "blue"
		}
	}
	_, err := board.NewVirtual(cfg, new(clock))
	if want := `input wire: from: must be an output with one pin, got "red"`; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
