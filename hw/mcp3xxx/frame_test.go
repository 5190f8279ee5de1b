package mcp3xxx

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/conntest"
	"periph.io/x/conn/v3/physic"
)

func single(ch int) func(*Dev) (*Pin, error) {
	return func(d *Dev) (*Pin, error) { return d.Single(ch) }
}

func differential(plus, minus int) func(*Dev) (*Pin, error) {
	return func(d *Dev) (*Pin, error) { return d.Differential(plus, minus) }
}

// The bytes of figure 6-1 (MCP33xx: 6-4), written out. The results are 1011001110 (718) in 10 bits and 101100111001
// (2873) in 12 bits. Undriven bits are ones. The sign is a separate bit.
func TestFramesAreThoseOfTheFigures(t *testing.T) {
	for _, tt := range []struct {
		model Model
		open  func(*Dev) (*Pin, error)
		w, r  []byte
		name  string
		want  int32
	}{
		// Two clocks, the null bit, the result, and B1 to B3 repeated.
		{MCP3001, single(0), []byte{0, 0}, []byte{0b110_10110, 0b01110_111}, "CH0", 718},
		{MCP3001, differential(0, 1), []byte{0, 0}, []byte{0b110_10110, 0b01110_111}, "CH0-CH1", 718},
		// A zero, start, SGL/DIFF, ODD/SIGN, MSBF.
		{MCP3002, single(0), []byte{0b01101000, 0}, []byte{0b11111_0_10, 0b11001110}, "CH0", 718},
		{MCP3002, single(1), []byte{0b01111000, 0}, []byte{0b11111_0_10, 0b11001110}, "CH1", 718},
		{MCP3002, differential(0, 1), []byte{0b01001000, 0}, []byte{0b11111_0_10, 0b11001110}, "CH0-CH1", 718},
		{MCP3002, differential(1, 0), []byte{0b01011000, 0}, []byte{0b11111_0_10, 0b11001110}, "CH1-CH0", 718},
		{MCP3201, single(0), []byte{0, 0}, []byte{0b110_10110, 0b0111001_0}, "CH0", 2873},
		{MCP3202, single(0), []byte{1, 0b10100000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH0", 2873},
		{MCP3202, single(1), []byte{1, 0b11100000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH1", 2873},
		{MCP3202, differential(0, 1), []byte{1, 0b00100000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH0-CH1", 2873},
		{MCP3202, differential(1, 0), []byte{1, 0b01100000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH1-CH0", 2873},
		// Five zeros, start, SGL/DIFF, D2; then D1 and D0 in the next byte.
		{MCP3204, single(3), []byte{0b00000110, 0b11000000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH3", 2873},
		{MCP3208, single(0), []byte{0b00000110, 0, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH0", 2873},
		{MCP3208, single(5), []byte{0b00000111, 0b01000000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH5", 2873},
		{MCP3208, differential(7, 6), []byte{0b00000101, 0b11000000, 0}, []byte{0xff, 0b1110_1011, 0b00111001}, "CH7-CH6", 2873},
		{MCP3301, single(0), []byte{0, 0}, []byte{0b110_0_1011, 0b00111001}, "CH0", 2873},
		{MCP3301, differential(0, 1), []byte{0, 0}, []byte{0b110_1_1111, 0b11111111}, "CH0-CH1", -1},
		{MCP3301, differential(0, 1), []byte{0, 0}, []byte{0b110_1_0000, 0b00000000}, "CH0-CH1", -4096},
		// Four zeros, start, SGL/DIFF, D2, D1; then D0 in the next byte.
		{MCP3302, single(1), []byte{0b00001100, 0b10000000, 0}, []byte{0xff, 0b110_0_1011, 0b00111001}, "CH1", 2873},
		{MCP3304, single(6), []byte{0b00001111, 0, 0}, []byte{0xff, 0b110_0_1111, 0b11111111}, "CH6", 4095},
		{MCP3304, differential(7, 6), []byte{0b00001011, 0b10000000, 0}, []byte{0xff, 0b110_1_0000, 0b00000001}, "CH7-CH6", -4095},
		{MCP3304, differential(4, 5), []byte{0b00001010, 0, 0}, []byte{0xff, 0b110_1_1111, 0b11111110}, "CH4-CH5", -2},
	} {
		d := play(t, &Opts{Model: tt.model}, conntest.IO{W: tt.w, R: tt.r})
		p, err := tt.open(d)
		if err != nil {
			t.Fatal(err)
		}
		steps := physic.ElectricPotential(1024)
		if tt.model.Bits() > 10 {
			steps = 4096
		}
		read(t, p, analog.Sample{Raw: tt.want, V: physic.ElectricPotential(tt.want) * 3300 * physic.MilliVolt / steps})
		if got := p.Name(); got != tt.name {
			t.Errorf("%s: got pin %q, want %q", tt.model, got, tt.name)
		}
	}
}

// MISO is not driven and has a pull-up. Every model and input reports that.
func TestMissingChipIsReported(t *testing.T) {
	ones := []byte{0xff, 0xff, 0xff}
	for _, m := range Models() {
		for _, open := range []func(*Dev) (*Pin, error){single(0), differential(0, 1)} {
			f := newFrame(m.facts())
			d := play(t, &Opts{Model: m})
			p, err := open(d)
			if err != nil {
				t.Fatal(err)
			}
			w := make([]byte, f.size)
			put(w, p.command)
			d = play(t, &Opts{Model: m}, conntest.IO{W: w, R: ones[:f.size]})
			if p, err = open(d); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Read(); !errors.Is(err, ErrNoChip) {
				t.Errorf("%s: got %v, want %v", p, err, ErrNoChip)
			}
		}
	}
}

// The facts of the datasheets, one line for each model.
func TestModelsMatchTheDatasheets(t *testing.T) {
	const want = `MCP3001 1 channels, 10 bits, 14kHz to 1.050MHz at 2.7 V, 2.800MHz at 5 V, 0 to 1023, 0 to 1023
MCP3002 2 channels, 10 bits, 14kHz to 1.200MHz at 2.7 V, 3.200MHz at 5 V, 0 to 1023, 0 to 1023
MCP3004 4 channels, 10 bits, 10kHz to 1.350MHz at 2.7 V, 3.600MHz at 5 V, 0 to 1023, 0 to 1023
MCP3008 8 channels, 10 bits, 10kHz to 1.350MHz at 2.7 V, 3.600MHz at 5 V, 0 to 1023, 0 to 1023
MCP3201 1 channels, 12 bits, 10kHz to 800kHz at 2.7 V, 1.600MHz at 5 V, 0 to 4095, 0 to 4095
MCP3202 2 channels, 12 bits, 10kHz to 900kHz at 2.7 V, 1.800MHz at 5 V, 0 to 4095, 0 to 4095
MCP3204 4 channels, 12 bits, 10kHz to 1MHz at 2.7 V, 2MHz at 5 V, 0 to 4095, 0 to 4095
MCP3208 8 channels, 12 bits, 10kHz to 1MHz at 2.7 V, 2MHz at 5 V, 0 to 4095, 0 to 4095
MCP3301 1 channels, 13 bits, 85kHz to 850kHz at 2.7 V, 1.700MHz at 5 V, 0 to 4095, -4096 to 4095
MCP3302 4 channels, 13 bits, 105kHz to 1.050MHz at 2.7 V, 2.100MHz at 5 V, 0 to 4095, -4096 to 4095
MCP3304 8 channels, 13 bits, 105kHz to 1.050MHz at 2.7 V, 2.100MHz at 5 V, 0 to 4095, -4096 to 4095
`
	var got string
	for _, m := range Models() {
		lowest, at27, at50 := m.ClockRange()
		got += fmt.Sprintf("%s %d channels, %d bits, %s to %s at 2.7 V, %s at 5 V", m, m.Channels(), m.Bits(), lowest, at27, at50)
		d := play(t, &Opts{Model: m})
		for _, open := range []func(*Dev) (*Pin, error){single(0), differential(0, 1)} {
			p, err := open(d)
			if err != nil {
				t.Fatal(err)
			}
			lo, hi := p.Range()
			got += fmt.Sprintf(", %d to %d", lo.Raw, hi.Raw)
		}
		got += "\n"
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]Model{"mcp3008": MCP3008, "MCP3301": MCP3301} {
		if got, ok := ByName(name); got != want || !ok {
			t.Errorf("%s: got %s, %t", name, got, ok)
		}
	}
	for _, name := range []string{"", "mcp3003", "3008"} {
		if got, ok := ByName(name); ok {
			t.Errorf("%q: got %s, want none", name, got)
		}
	}
}

func FuzzRaw(f *testing.F) {
	for i := range Models() {
		f.Add(uint8(i), uint32(0))
		f.Add(uint8(i), uint32(0xffffff))
		f.Add(uint8(i), uint32(0xa5fb5a))
	}
	f.Fuzz(func(t *testing.T, model uint8, in uint32) {
		m := Models()[int(model)%len(Models())]
		x := newFrame(m.facts())
		code, ok := x.raw(in)
		if code < 0 || code >= 1<<m.Bits() {
			t.Fatalf("%s, %#x: got code %d, want %d bits", m, in, code, m.Bits())
		}
		if null := in>>(x.shift+m.Bits())&1 == 0; ok != null {
			t.Fatalf("%s, %#x: got ok %t, want %t", m, in, ok, null)
		}
		// Only the null bit and the result count, and they come back unchanged.
		if again, ok := x.raw(uint32(code) << x.shift); again != code || !ok {
			t.Fatalf("%s, %#x: got code %d, and %d, %t without the bits around it", m, in, code, again, ok)
		}
		b := make([]byte, x.size)
		put(b, in)
		if got, want := take(b), in&(1<<(8*x.size)-1); got != want {
			t.Fatalf("%s: put and took %#x, got %#x", m, want, got)
		}
	})
}
