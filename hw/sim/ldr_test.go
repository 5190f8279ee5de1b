package sim_test

import (
	"math"
	"testing"

	"periph.io/x/conn/v3/physic"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
)

// TestLDRIsADivider reads the light through a chip, byte by byte. By the divider 200 kOhm to 10 kOhm, the code in the dark is
// 1024 * 10/210 = 48.8, at 1 kOhm it is 1024 * 10/11 = 930.9, and in the middle the sensor has sqrt(200 * 1) = 14.14 kOhm.
func TestLDRIsADivider(t *testing.T) {
	pi := sim.New(nil)
	chip := sim.NewMCP3008()
	pi.SPI(0, 0).Plug(chip)
	port, err := pi.SPI(0, 0).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	dev, err := mcp3xxx.NewSPI(port, &mcp3xxx.DefaultOpts)
	if err != nil {
		t.Fatal(err)
	}
	pin, err := dev.Single(3)
	if err != nil {
		t.Fatal(err)
	}
	k := chip.Knob(3)
	k.SetLDR(&sim.LDR{Dark: 200 * physic.KiloOhm, Bright: physic.KiloOhm, Resistor: 10 * physic.KiloOhm})
	code := func() int {
		t.Helper()
		s, err := pin.Read()
		if err != nil {
			t.Fatal(err)
		}
		return int(s.Raw)
	}
	for light, want := range map[float64]int{0: 48, 0.5: 424, 1: 930} {
		if k.Set(light); code() != want {
			t.Errorf("light %g: got code %d, want %d", light, code(), want)
		}
	}
	k.Set(1)
	for fault, want := range map[sim.KnobFault]int{sim.SupplyOff: 0, sim.GroundOff: 1023, sim.KnobGood: 930} {
		if k.SetFault(fault); code() != want {
			t.Errorf("%s: got code %d, want %d", fault, code(), want)
		}
	}
	k.SetFault(sim.KnobGood)
	for _, want := range []int{50, 424, 900} {
		if k.SetCode(want); math.Abs(float64(code()-want)) > 1 {
			t.Errorf("after SetCode(%d): got code %d", want, code())
		}
	}
	for _, v := range []physic.ElectricPotential{-physic.Volt, 0} {
		if k.SetVoltage(v); k.Position() != 0 {
			t.Errorf("at %s: got light %g, want 0", v, k.Position())
		}
	}
	if k.SetVoltage(3300 * physic.MilliVolt); k.Position() != 1 {
		t.Errorf("at the supply: got light %g, want 1", k.Position())
	}
	k.Set(0.25)
	if k.SetLDR(nil); code() != 256 {
		t.Errorf("with the potentiometer again: got code %d, want 256", code())
	}
}
