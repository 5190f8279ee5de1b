package sim_test

import (
	"image/color"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/hw/sim"
)

func TestStripTakesFramesAfterAStart(t *testing.T) {
	strip := sim.NewAPA102(2)
	pi := sim.New(nil)
	pi.SPI(1, 0).Plug(strip)
	port, err := pi.SPI(1, 0).Open()
	if err != nil {
		t.Fatal(err)
	}
	c, err := port.Connect(4*physic.MegaHertz, spi.Mode3, 8)
	if err != nil {
		t.Fatal(err)
	}
	dark, lit := color.NRGBA{}, color.NRGBA{R: 3, G: 2, B: 1, A: 255}
	for _, tt := range []struct {
		name string
		send []byte
		want []color.NRGBA
	}{
		{"no start", []byte{0xff, 1, 2, 3}, []color.NRGBA{dark, dark}},
		{"one LED", []byte{0, 0, 0, 0, 0xff, 1, 2, 3}, []color.NRGBA{lit, dark}},
		{"the second LED, in another transfer", []byte{0xff, 1, 2, 3, 0xff, 9, 9, 9}, []color.NRGBA{lit, lit}},
		{"dark, and an end", []byte{0, 0, 0, 0, 0xe1, 0, 0, 0, 0xe1, 0, 0, 0, 0xff}, []color.NRGBA{{A: 8}, {A: 8}}},
		{"bytes for an MCP3008 beside it", []byte{1, 0x80, 0, 1, 0x80, 0, 1, 0x80, 0}, []color.NRGBA{{A: 8}, {A: 8}}},
		{"a start of 40 zeros", []byte{0, 0, 0, 0, 0, 0xff, 1, 2, 3}, []color.NRGBA{lit, {A: 8}}},
	} {
		if err := c.Tx(tt.send, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, strip.LEDs()); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
	read := make([]byte, 1)
	if err := c.Tx([]byte{0}, read); err != nil || read[0] != 0 {
		t.Errorf("got %v, %#x at MISO, want the pull-down", err, read[0])
	}
	if strip.String() != "apa102" {
		t.Errorf("got %s", strip)
	}
}
