package sim_test

import (
	"strings"
	"testing"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/physic"
)

// family returns a Pi with a chip on SPI0.1, the chip and its driver.
func family(t *testing.T, m mcp3xxx.Model) (*sim.MCP3xxx, *mcp3xxx.Dev) {
	t.Helper()
	chip, err := sim.NewMCP3xxx(m.String())
	if err != nil {
		t.Fatal(err)
	}
	pi := sim.New(nil)
	pi.SPI(0, 1).Plug(chip)
	port, err := pi.SPI(0, 1).Open()
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp3xxx.NewSPI(port, &mcp3xxx.Opts{Model: m})
	if err != nil {
		t.Fatal(err)
	}
	return chip, d
}

// step returns the distance of the codes that a test tries.
func step() int32 {
	if testing.Short() {
		return 11
	}
	return 1
}

// Every code of every channel of every model, through driver and wire.
func TestEveryCodeIsRead(t *testing.T) {
	t.Parallel()
	for _, m := range mcp3xxx.Models() {
		t.Run(m.String(), func(t *testing.T) {
			chip, d := family(t, m)
			for ch := range m.Channels() {
				pin, err := d.Single(ch)
				if err != nil {
					t.Fatal(err)
				}
				lowest, highest := pin.Range()
				for code := lowest.Raw; code <= highest.Raw; code += step() {
					chip.Knob(ch).SetCode(int(code))
					if s, err := pin.Read(); err != nil || s.Raw != code {
						t.Fatalf("%s, code %d: got %d, %v", pin, code, s.Raw, err)
					}
				}
				chip.Knob(ch).Set(0)
			}
		})
	}
}

// Every difference of every pair, in both directions. A chip without a sign reads 0 for a negative difference.
func TestEveryDifferenceIsRead(t *testing.T) {
	t.Parallel()
	for _, m := range mcp3xxx.Models() {
		t.Run(m.String(), func(t *testing.T) {
			chip, d := family(t, m)
			for plus := range m.Channels() {
				minus := plus ^ 1
				pin, err := d.Differential(plus, minus)
				if err != nil {
					t.Fatal(err)
				}
				lowest, highest := pin.Range()
				steps := highest.Raw + 1
				for code := -steps; code < steps; code += step() {
					chip.Knob(plus).Set(float64(max(code, 0)) / float64(steps))
					chip.Knob(minus).Set(float64(max(-code, 0)) / float64(steps))
					if s, err := pin.Read(); err != nil || s.Raw != max(code, lowest.Raw) {
						t.Fatalf("%s, difference %d: got %d, %v", pin, code, s.Raw, err)
					}
				}
				chip.Knob(plus).Set(0)
				chip.Knob(minus).Set(0)
			}
		})
	}
}

// Bits of figures 5-1 and 5-2, and of 6-2 and 6-3 for the MCP33xx. The code is 1011001110 or 101100111001.
func TestBitsAreThoseOfTheFigures(t *testing.T) {
	t.Parallel()
	const (
		ten, tenBack       = "1011001110", "111001101"
		twelve, twelveBack = "101100111001", "00111001101"
	)
	for _, tt := range []struct {
		model, din string // din up to the result, then zeros
		want       string // then zeros
	}{
		{"mcp3001", "00", "zz0" + ten + tenBack},
		{"mcp3001", "11", "zz0" + ten + tenBack}, // has no DIN
		{"mcp3002", "1101", "zzzz0" + ten},
		{"mcp3002", "1100", "zzzz0" + ten + tenBack},
		{"mcp3002", "001111", "zzzzzz0" + "0000000000"}, // CH1
		{"mcp3004", "11000", "zzzzzz0" + ten + tenBack},
		{"mcp3201", "00", "zz0" + twelve + twelveBack},
		{"mcp3202", "1101", "zzzz0" + twelve},
		{"mcp3202", "1000", "zzzz0" + twelve + twelveBack},
		{"mcp3202", "1011", "zzzz0" + "000000000000"}, // CH1 minus CH0
		{"mcp3204", "11000", "zzzzzz0" + twelve + twelveBack},
		{"mcp3208", "11000", "zzzzzz0" + twelve + twelveBack},
		{"mcp3301", "00", "zz0" + "0" + twelve + twelveBack + "0"},
		{"mcp3302", "11000", "zzzzzz0" + "0" + twelve + twelveBack + "0"},
		{"mcp3304", "11000", "zzzzzz0" + "0" + twelve + twelveBack + "0"},
		{"mcp3304", "10001", "zzzzzz0" + "1" + "010011000111" + "11000110010" + "1"}, // CH1 minus CH0: -2873
	} {
		chip, err := sim.NewMCP3xxx(tt.model)
		if err != nil {
			t.Fatal(err)
		}
		code := 0b101100111001
		if strings.HasPrefix(tt.model, "mcp30") {
			code = 0b1011001110
		}
		chip.Knob(0).SetCode(code)
		din := tt.din + strings.Repeat("0", 60)
		want := tt.want + strings.Repeat("0", len(din)-len(tt.want))
		for range 2 {
			chip.CS(true)
			if got := talk(chip, din); got != want {
				t.Errorf("%s, %s: got %s, want %s", tt.model, tt.din, got, want)
			}
			chip.CS(false)
		}
	}
}

// Noise never makes a single-ended code negative. The MCP3301 has no single-ended conversion.
func TestNoiseOfSignedChips(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		model mcp3xxx.Model
		want  int32 // lowest code read
	}{{mcp3xxx.MCP3304, 0}, {mcp3xxx.MCP3301, -3}} {
		chip, d := family(t, tt.model)
		chip.SetNoise(3, 1)
		pin, err := d.Single(0)
		if err != nil {
			t.Fatal(err)
		}
		lowest := int32(4096)
		for range 1000 {
			s, err := pin.Read()
			if err != nil {
				t.Fatal(err)
			}
			lowest = min(lowest, s.Raw)
		}
		if lowest != tt.want {
			t.Errorf("%s: got codes down to %d, want %d", tt.model, lowest, tt.want)
		}
	}
}

// Chip and driver have the same limits, from two readings of the datasheets. The driver's default clock suits the chip
// at 2.7 V.
func TestClocksAgreeWithTheDriver(t *testing.T) {
	t.Parallel()
	for _, m := range mcp3xxx.Models() {
		chip, d := family(t, m)
		lowest, at27, at50 := m.ClockRange()
		for vdd, want := range map[physic.ElectricPotential]physic.Frequency{2700 * physic.MilliVolt: at27, 5 * physic.Volt: at50} {
			if err := chip.SetVDD(vdd); err != nil {
				t.Fatal(err)
			}
			if lo, hi := chip.ClockRange(); lo != lowest || hi != want {
				t.Errorf("%s at %s: got %s to %s, want %s to %s", m, vdd, lo, hi, lowest, want)
			}
		}
		if err := chip.SetVDD(2700 * physic.MilliVolt); err != nil {
			t.Fatal(err)
		}
		pin, err := d.Single(0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pin.Read(); err != nil {
			t.Error(err)
		}
	}
}

func TestUnknownModel(t *testing.T) {
	t.Parallel()
	const want = `sim: unknown chip "mcp3009": use mcp3001, 3002, 3004, 3008, 3201, 3202, 3204, 3208, 3301, 3302 or 3304`
	if c, err := sim.NewMCP3xxx("mcp3009"); text(err) != want || c != nil {
		t.Errorf("got %v, %q, want none, %q", c, text(err), want)
	}
}
