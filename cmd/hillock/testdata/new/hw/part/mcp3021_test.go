package part

import (
	"testing"
	"testing/synctest"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/wiring"
)

// The knob of the virtual chip becomes a current: driver, calibration and twin agree. Its wires can be drawn.
func TestMCP3021(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Parse("kit.toml", []byte(`
[input.knob]
driver = "mcp3021"
[neuron.n1]
input = "knob"
`), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		pi, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := board.Open(cfg, pi)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		pi.Knobs["knob"].SetCode(1023)
		time.Sleep(time.Second) // of the bubble's time
		if got := b.Inputs["knob"].Current(time.Second); got != 5 {
			t.Errorf("got %g nA, want 5", got)
		}
		if _, err := wiring.New(cfg); err != nil {
			t.Errorf("got %v, want its wires", err)
		}
	})
}
