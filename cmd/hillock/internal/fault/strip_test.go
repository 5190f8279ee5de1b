package fault

import (
	"testing"
	"testing/synctest"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// The faults are in the chip of a knob and its wires.
func TestFaultsOfAKnobLeaveAStripAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Load("", []string{"output.strip.driver=apa102", "output.strip.port=SPI0.1", "output.strip.leds=1", "output.strip.neuron=n1"}, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range All() {
			v, err := board.NewVirtual(cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			f.Apply(v)
			port, err := v.OpenSPI("SPI0.1")
			if err != nil {
				t.Fatal(err)
			}
			c, err := port.Connect(physic.MegaHertz, spi.Mode3, 8)
			if err != nil {
				t.Fatal(err)
			}
			err = c.Tx([]byte{0, 0, 0, 0, 0xff, 1, 2, 3, 0xff}, nil)
			if got := v.Parts["SPI0.1"].(*sim.APA102).LEDs()[0].G; err != nil || got != 2 {
				t.Errorf("%s: got %v, green %d; want 2", f.Name, err, got)
			}
		}
	})
}
