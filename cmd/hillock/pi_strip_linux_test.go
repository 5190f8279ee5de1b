package main

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/hw/kernelpi"
	"hillock/hw/qemupi"
	"hillock/hw/sim"
)

// A Pi's kernel sets two lines one after the other, GPIO23 before GPIO24: the data changes just before the clock falls.
func TestPiStripShowsThePictures(t *testing.T) {
	strip := func(place string) string {
		return piConfig("strip", `driver = "mcp3008"`, "[output.strip]\ndriver = \"apa102\"\nneuron = \"n1\"\n"+place) + `
knob 205
run /tmp/strip.toml --duration 2s
status=$?
echo "pictures $(cat /sys/kernel/debug/spi-bcm2835*/count_transfer_irq)"
( exit $status )`
	}
	silent := func(t *testing.T, g *guest) {
		t.Helper()
		if s := g.summary(); g.Status != 0 || s.Ticks != 2000 || s.ReadErrors != 0 || s.Neurons[0].Spikes != 0 || strings.Contains(g.part("log"), "part=strip") {
			t.Errorf("got exit status %d, %+v; want 2000 ticks without a spike or an error", g.Status, s)
		}
	}
	bootParts(t, qemupi.Guest{Board: qemupi.Boards()[0], Tree: qemupi.RaspberryPiOS}, []piPart{
		{"pins", strip("data = \"GPIO23\"\nclock = \"GPIO24\""), func(t *testing.T, g *guest) {
			silent(t, g)
			shown, bits := pictures(g.Edges)
			// 1.002 nA: V rises to -59.98 mV, and six of nine parts of the range.
			var six []color.NRGBA
			for i := range 8 {
				six = append(six, color.NRGBA{A: 255})
				if i < 6 {
					six[i].G = 24
				}
			}
			if !slices.ContainsFunc(shown, func(p []color.NRGBA) bool { return slices.Equal(p, six) }) {
				t.Errorf("got no picture with six green LEDs, the pictures are %v", shown)
			}
			if diff := cmp.Diff(slices.Repeat([]color.NRGBA{{A: 8}}, 8), shown[len(shown)-1]); diff != "" {
				t.Errorf("at the end: -want +got\n%s", diff)
			}
			if want := 296 * len(shown); bits != want {
				t.Errorf("got %d bits, want %d for %d pictures", bits, want, len(shown))
			}
			if !strings.Contains(g.Output, "pictures 0\n") {
				t.Error("got transfers on the bus for pictures, want none")
			}
		}},
		{"port", strip(`port = "SPI0.1"`), func(t *testing.T, g *guest) {
			silent(t, g)
			n := 0 // transfers too long for polling: those of the knob are short
			if _, text, _ := strings.Cut(g.Output, "pictures "); text != "" {
				fmt.Sscan(text, &n)
			}
			if n < 2 || n > 20 {
				t.Errorf("got %d pictures on the bus, want 2 to 20", n)
			}
		}},
	})
}

// pictures returns the pictures on a strip of 8 LEDs at GPIO23 and GPIO24, and the number of their bits.
func pictures(edges []kernelpi.Edge) (all [][]color.NRGBA, bits int) {
	s := sim.NewAPA102(8)
	var data gpio.Level
	for _, e := range edges {
		switch e.Line {
		case 23:
			data = gpio.Level(e.High)
		case 24:
			s.SCLK(gpio.Level(e.High), data)
			if !e.High {
				continue
			}
			if bits++; bits%296 == 0 {
				all = append(all, s.LEDs())
			}
		}
	}
	return all, bits
}
