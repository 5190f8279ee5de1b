package part

import (
	"testing"
	"testing/synctest"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// The LED changes at each spike, ends dark, and the doctor sees it.
func TestToggle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Parse("kit.toml", []byte(`
[input.knob]
driver = "mcp3008"
[neuron.n1]
input = "knob"
[output.led]
driver = "toggle"
pin = "GPIO17"
neuron = "n1"
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
		for i, want := range []gpio.Level{gpio.High, gpio.Low, gpio.High} {
			b.Outputs["led"].Spike(int64(i), 0)
			if got := pi.Pin("GPIO17").Level(); got != want {
				t.Errorf("spike %d: got %v, want %v", i, got, want)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if got := pi.Pin("GPIO17").Level(); got != gpio.Low {
			t.Errorf("closed: got %v, want Low", got)
		}
		for f := range (&doctor.Bench{Config: cfg, Pi: pi, Hand: pi}).Wires(t.Context()) {
			if f.Result != doctor.Passed {
				t.Errorf("got %+v, want it passed", f)
			}
		}
	})
}
