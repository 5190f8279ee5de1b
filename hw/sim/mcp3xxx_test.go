package sim_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// talk clocks din ("0101...") into a chip in mode 0. It returns the master's reads at the rising edges: "0", "1", or
// "z" for high impedance. CS stays low.
func talk(c sim.Chip, din string) string {
	var dout strings.Builder
	for _, bit := range din {
		l := gpio.Level(bit == '1')
		dout.WriteString(level(c))
		c.SCLK(gpio.High, l)
		c.SCLK(gpio.Low, l)
	}
	return dout.String()
}

func level(c sim.Chip) string {
	switch l, driven := c.DOUT(); {
	case !driven:
		return "z"
	case l == gpio.High:
		return "1"
	}
	return "0"
}

// Code of the figures: B9 to B0, then B1 to B9.
const (
	figureCode = 0b1011001110
	msbFirst   = "1011001110"
	lsbFirst   = "111001101"
)

// Figures 5-1 and 5-2: six clocks for start, SGL/DIFF, D2 to D0 and the sample; the null bit; the result MSB first; LSB
// first with a common B0; zeros. CS high at any clock ends the conversion, and the next one is whole.
func TestConversionBeginsAnewAfterCS(t *testing.T) {
	t.Parallel()
	want := "zzzzzz" + "0" + msbFirst + lsbFirst + strings.Repeat("0", 40)
	din := "11000" + strings.Repeat("0", 40) // CH0
	chip := sim.NewMCP3008()
	chip.Knob(0).SetCode(figureCode)
	for n := range 41 {
		chip.CS(true)
		if got := talk(chip, din[:n]); got != want[:n] {
			t.Errorf("%d clocks: got %s, want %s", n, got, want[:n])
		}
		chip.CS(false)
		if got := level(chip); got != "z" {
			t.Errorf("%d clocks and CS high: got %s, want z", n, got)
		}
		chip.CS(true)
		if got := talk(chip, din[:17]); got != want[:17] {
			t.Errorf("after %d clocks: got %s, want %s", n, got, want[:17])
		}
		chip.CS(false)
	}
}

// The zeros at the end never stop. DIN has no effect after D0.
func TestZerosFollowTheResult(t *testing.T) {
	t.Parallel()
	chip := sim.NewMCP3008()
	chip.Knob(0).SetCode(1023)
	chip.CS(true)
	if got, want := talk(chip, "11000"+strings.Repeat("1", 21)), "zzzzzz0"+strings.Repeat("1", 19); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := talk(chip, strings.Repeat("1", 5000)); strings.Contains(got, "1") {
		t.Error("got a 1 after the last bit, want zeros")
	}
}

// Section 6.1: any number of zeros may come before the start bit.
func TestZerosBeforeTheStartBitAreSkipped(t *testing.T) {
	t.Parallel()
	chip := sim.NewMCP3008()
	chip.Knob(5).SetCode(figureCode)
	for zeros := range 41 {
		lead := strings.Repeat("0", zeros)
		chip.CS(true)
		want := strings.Repeat("z", zeros) + "zzzzzz0" + msbFirst + lsbFirst + "0"
		if got := talk(chip, lead+"11101"+strings.Repeat("1", 22)); got != want {
			t.Errorf("%d zeros: got %s, want %s", zeros, got, want)
		}
		chip.CS(false)
	}
}

func TestChipIgnoresClocksUnlessSelected(t *testing.T) {
	t.Parallel()
	chip := sim.NewMCP3008()
	if got, want := talk(chip, strings.Repeat("1", 30)), strings.Repeat("z", 30); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// result returns the code of a conversion with four configuration bits.
func result(t *testing.T, c sim.Chip, config int) int {
	t.Helper()
	c.CS(true)
	defer c.CS(false)
	din := fmt.Sprintf("1%04b", config) + strings.Repeat("0", 12)
	code, err := strconv.ParseInt(talk(c, din)[7:], 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	return int(code)
}

// Tables 5-1 and 5-2: configuration bits SGL/DIFF, D2, D1, D0.
func TestConfigurationSelectsTheInputs(t *testing.T) {
	t.Parallel()
	codes := []int{100, 250, 900, 830, 0, 1023, 512, 512}
	single8 := codes
	diff8 := []int{0, 150, 70, 0, 0, 1023, 0, 0}
	for _, tt := range []struct {
		chip         *sim.MCP3xxx
		single, diff []int
	}{
		{sim.NewMCP3008(), single8, diff8},
		// D2 is "don't care".
		{sim.NewMCP3004(), append(single8[:4:4], single8[:4]...), append(diff8[:4:4], diff8[:4]...)},
	} {
		for ch, code := range codes {
			if k := tt.chip.Knob(ch); k != nil {
				k.SetCode(code)
			}
		}
		for i := range 8 {
			if got, want := result(t, tt.chip, 8|i), tt.single[i]; got != want {
				t.Errorf("%s, single %03b: got %d, want %d", tt.chip, i, got, want)
			}
			if got, want := result(t, tt.chip, i), tt.diff[i]; got != want {
				t.Errorf("%s, differential %03b: got %d, want %d", tt.chip, i, got, want)
			}
		}
	}
}

// The falling edge of the null bit samples the input, and the result holds it.
func TestSampleAndHold(t *testing.T) {
	t.Parallel()
	chip := sim.NewMCP3008()
	chip.Knob(0).SetCode(1)
	chip.CS(true)
	talk(chip, "11000")
	chip.SCLK(gpio.High, gpio.Low)
	chip.Knob(0).SetCode(figureCode)
	chip.SCLK(gpio.Low, gpio.Low)
	chip.Knob(0).SetCode(1023)
	if got, want := talk(chip, "00000000000"), "0"+msbFirst; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestKnob(t *testing.T) {
	t.Parallel()
	chip := sim.NewMCP3008()
	k := chip.Knob(0)
	for _, tt := range []struct {
		name     string
		turn     func()
		position float64
		code     int
	}{
		{"new", func() {}, 0, 0},
		{"0.4", func() { k.Set(0.4) }, 0.4, 409},
		{"half", func() { k.Set(0.5) }, 0.5, 512},
		{"just below half", func() { k.Set(math.Nextafter(0.5, 0)) }, math.Nextafter(0.5, 0), 511},
		{"one step below the end", func() { k.Set(1023. / 1024) }, 1023. / 1024, 1023},
		{"end", func() { k.Set(1) }, 1, 1023},
		{"beyond the end", func() { k.Set(2) }, 1, 1023},
		{"infinity", func() { k.Set(math.Inf(1)) }, 1, 1023},
		{"NaN is ignored", func() { k.Set(math.NaN()) }, 1, 1023},
		{"below the start", func() { k.Set(-0.1) }, 0, 0},
		{"half the voltage", func() { k.SetVoltage(1650 * physic.MilliVolt) }, 0.5, 512},
		{"just below it", func() { k.SetVoltage(1650*physic.MilliVolt - 1) }, 1649999999. / 3300000000, 511},
		{"too much voltage", func() { k.SetVoltage(5 * physic.Volt) }, 1, 1023},
		{"below ground", func() { k.SetVoltage(-physic.Volt) }, 0, 0},
		{"code", func() { k.SetCode(777) }, 777. / 1024, 777},
		{"code too high", func() { k.SetCode(4000) }, 1023. / 1024, 1023},
		{"code too low", func() { k.SetCode(-1) }, 0, 0},
	} {
		tt.turn()
		if got := k.Position(); got != tt.position {
			t.Errorf("%s: got position %g, want %g", tt.name, got, tt.position)
		}
		if got := result(t, chip, 0b1000); got != tt.code {
			t.Errorf("%s: got code %d, want %d", tt.name, got, tt.code)
		}
	}
	for _, ch := range []int{-1, 8} {
		if k := chip.Knob(ch); k != nil {
			t.Errorf("channel %d: got a knob, want none", ch)
		}
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	run := func(noise int, seed uint64, code int) []int {
		chip := sim.NewMCP3008()
		chip.Knob(0).SetCode(code)
		chip.SetNoise(noise, seed)
		codes := make([]int, 7000)
		for i := range codes {
			codes[i] = result(t, chip, 0b1000)
		}
		return codes
	}
	a, b, c := run(3, 1, 500), run(3, 1, 500), run(3, 2, 500)
	same := 0
	seen := map[int]int{}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("conversion %d: got %d and %d from one seed, want the same", i, a[i], b[i])
		}
		if a[i] == c[i] {
			same++
		}
		seen[a[i]]++
	}
	if same > len(a)/2 {
		t.Errorf("got %d of %d the same from two seeds, want about a seventh", same, len(a))
	}
	for code := 497; code <= 503; code++ {
		// 1000 are expected, with a standard deviation of 29.
		if n := seen[code]; n < 850 || n > 1150 {
			t.Errorf("code %d: got it %d times, want about 1000", code, n)
		}
	}
	if len(seen) != 7 {
		t.Errorf("got %d codes, want 7: %v", len(seen), seen)
	}
	for _, tt := range []struct{ code, lo, hi int }{{0, 0, 3}, {1023, 1020, 1023}} {
		for _, got := range run(3, 1, tt.code) {
			if got < tt.lo || got > tt.hi {
				t.Fatalf("code %d with noise: got %d, want %d to %d", tt.code, got, tt.lo, tt.hi)
			}
		}
	}
	for _, codes := range []int{0, -5, math.MinInt} {
		if got := run(codes, 1, 500)[0]; got != 500 {
			t.Errorf("noise of %d codes: got %d, want 500", codes, got)
		}
	}
	run(math.MaxInt, 1, 500)
}

func TestSupplySetsTheHighestClock(t *testing.T) {
	t.Parallel()
	chip := sim.NewMCP3004()
	for _, tt := range []struct {
		vdd  physic.ElectricPotential
		want physic.Frequency
	}{
		{2700 * physic.MilliVolt, 1350 * physic.KiloHertz},
		{3300 * physic.MilliVolt, 1936956521739}, // uHz
		{3850 * physic.MilliVolt, 2475 * physic.KiloHertz},
		{5 * physic.Volt, 3600 * physic.KiloHertz},
		{5500 * physic.MilliVolt, 3600 * physic.KiloHertz},
	} {
		if err := chip.SetVDD(tt.vdd); err != nil {
			t.Fatal(err)
		}
		if lo, hi := chip.ClockRange(); lo != 10*physic.KiloHertz || hi != tt.want || chip.VDD() != tt.vdd {
			t.Errorf("%s: got %s to %s at %s, want 10kHz to %s", tt.vdd, lo, hi, chip.VDD(), tt.want)
		}
	}
	chip.Knob(0).SetVoltage(1100 * physic.MilliVolt)
	if got := result(t, chip, 0b1000); got != 204 { // 1024 * 1.1 / 5.5, from just below
		t.Errorf("got code %d, want 204", got)
	}
	for _, v := range []physic.ElectricPotential{0, 2699 * physic.MilliVolt, 6 * physic.Volt} {
		want := fmt.Sprintf("sim: mcp3004: vdd must be from 2.700V to 5.500V, got %s", v)
		if err := chip.SetVDD(v); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
