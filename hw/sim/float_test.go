package sim_test

import (
	"testing"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
)

// raw returns n codes of a channel.
func raw(t *testing.T, p *mcp3xxx.Pin, n int) (codes []int) {
	t.Helper()
	for range n {
		s, err := p.Read()
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, int(s.Raw))
	}
	return codes
}

// A floating input wanders, and it follows the channel sampled before it. Other channels stay exact.
func TestFloatingInputWanders(t *testing.T) {
	t.Parallel()
	pi, chip := sim.Kit(nil)
	knob, loose := adc(t, pi.SPI(0, 0), nil, 0), adc(t, pi.SPI(0, 0), nil, 1)
	chip.Knob(1).SetFault(sim.WiperOff)
	chip.Knob(0).SetCode(800)
	follows, wanders := 0, map[int]bool{}
	for range 100 {
		if got := raw(t, knob, 1)[0]; got != 800 {
			t.Fatalf("the knob: got %d, want 800", got)
		}
		if got := raw(t, loose, 1)[0]; got > 700 && got < 900 {
			follows++
		}
	}
	for _, code := range raw(t, loose, 100) {
		wanders[code] = true
	}
	if follows < 90 || len(wanders) < 30 {
		t.Errorf("got %d of 100 beside the knob, %d different codes of 100, want 90 and 30 or more", follows, len(wanders))
	}
}

// A loose outer leg leaves the voltage of the other end. A loose VREF leaves the highest code.
func TestLooseLegs(t *testing.T) {
	t.Parallel()
	pi, chip := sim.Kit(nil)
	p := adc(t, pi.SPI(0, 0), nil, 0)
	for _, tt := range []struct {
		knob sim.KnobFault
		chip sim.ChipFault
		want int
	}{{sim.KnobGood, sim.ChipGood, 409}, {sim.SupplyOff, sim.ChipGood, 0}, {sim.GroundOff, sim.ChipGood, 1023}, {sim.KnobGood, sim.NoReference, 1023}, {sim.KnobGood, sim.NoSupply, 0}} {
		chip.Knob(0).SetFault(tt.knob)
		chip.SetFault(tt.chip)
		if got := raw(t, p, 1)[0]; got != tt.want {
			t.Errorf("%s, %s: got %d, want %d", tt.knob, tt.chip, got, tt.want)
		}
	}
}
