package mcp3xxx_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
)

// wired returns a chip in SPI0.0 and a driver, possibly for another model.
func wired(t *testing.T, chip string, model mcp3xxx.Model) (*sim.Pi, *sim.MCP3xxx, *mcp3xxx.Dev) {
	t.Helper()
	pi := sim.New(nil)
	c, err := sim.NewMCP3xxx(chip)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetVDD(5 * physic.Volt); err != nil { // fast enough for every model
		t.Fatal(err)
	}
	pi.SPI(0, 0).Plug(c)
	port, err := pi.SPI(0, 0).Open()
	if err != nil {
		t.Fatal(err)
	}
	d, err := mcp3xxx.NewSPI(port, &mcp3xxx.Opts{Model: model})
	if err != nil {
		t.Fatal(err)
	}
	return pi, c, d
}

func examine(t *testing.T, ask func() (mcp3xxx.Answer, error)) mcp3xxx.Answer {
	t.Helper()
	a, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func first(t *testing.T, d *mcp3xxx.Dev) *mcp3xxx.Pin {
	t.Helper()
	p, err := d.Single(0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each model repeats its result in its own length. In another length it matches only for codes such as palindromes.
func TestExamineSeesTheRepetition(t *testing.T) {
	for _, m := range mcp3xxx.Models() {
		_, chip, d := wired(t, strings.ToLower(m.String()), m)
		p := first(t, d)
		steps := 1 << m.Bits()
		if m.Signed() {
			steps /= 2
		}
		other := 0
		for code := range steps {
			chip.Knob(0).SetCode(code)
			a := examine(t, p.Examine)
			if !a.Null() || a.Code(m.Bits()) != code || !a.Repeats(m.Bits()) || a.Ones() || a.Zeros() != (code == 0) {
				t.Fatalf("%s, code %d: got %s: code %d, repeated %t", m, code, a, a.Code(m.Bits()), a.Repeats(m.Bits()))
			}
			for _, n := range []int{10, 12, 13} {
				if n != m.Bits() && a.Repeats(n) {
					other++
				}
			}
		}
		if other > steps/50 {
			t.Errorf("%s: of %d codes, %d match in another length too", m, steps, other)
		}
	}
}

// A lost bit breaks the repetition. A chip of another length shows its own length.
func TestExamineShowsFaults(t *testing.T) {
	_, chip, d := wired(t, "mcp3208", mcp3xxx.MCP3008)
	p := first(t, d)
	chip.Knob(0).SetCode(0b1011001110_01)
	if a := examine(t, p.Examine); a.Repeats(10) || !a.Repeats(12) || a.Code(10) != 0b1011001110 || a.Code(12) != 0b101100111001 {
		t.Errorf("an mcp3208 in place of an mcp3008: got %s", a)
	}

	pi, chip, d := wired(t, "mcp3008", mcp3xxx.MCP3008)
	p = first(t, d)
	chip.Knob(0).SetCode(718)
	port := pi.SPI(0, 0)
	for _, tt := range []struct {
		name        string
		faults      sim.Faults
		ones, zeros bool
	}{
		{"MISO open", sim.Faults{MISO: sim.Open}, true, false},
		{"MISO shorted", sim.Faults{MISO: sim.Shorted}, false, true},
		{"CS loose", sim.Faults{CS: sim.Loose}, false, true},
		{"CLK loose", sim.Faults{CLK: sim.Loose}, false, true},
		{"DIN loose", sim.Faults{DIN: sim.Loose}, false, true},
		{"DOUT loose", sim.Faults{DOUT: sim.Loose}, false, true},
		{"CS at 3V3", sim.Faults{CS: sim.To3V3}, false, true},
	} {
		port.SetFaults(tt.faults)
		if a := examine(t, p.Examine); a.Ones() != tt.ones || a.Zeros() != tt.zeros {
			t.Errorf("%s: got %s", tt.name, a)
		}
	}

	port.SetFaults(sim.Faults{MISO: sim.Flaky})
	wrong := 0
	for range 100 {
		if a := examine(t, p.Examine); !a.Null() || !a.Repeats(10) {
			wrong++
		}
	}
	if wrong < 20 || wrong > 90 { // n ones pass with a probability of (15/16)^n; the answer for 718 has 12
		t.Errorf("a loose contact: got %d of 100 answers without repetition", wrong)
	}
}

// Without a start bit a chip drives nothing, unless DIN is high. A chip without DIN always answers.
func TestListenIsSilentWithDINLow(t *testing.T) {
	pi, chip, d := wired(t, "mcp3008", mcp3xxx.MCP3008)
	chip.Knob(7).SetCode(718)
	port := pi.SPI(0, 0)
	if err := pi.Pin("GPIO9").In(gpio.PullUp, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	if a := examine(t, d.Listen); !a.Ones() {
		t.Errorf("got %s, want the pull-up", a)
	}
	port.SetFaults(sim.Faults{DIN: sim.To3V3}) // the start bit comes with the first clock
	if got, want := examine(t, d.Listen).String(), "1111110101100|111011100110100000000000000"; got != want {
		t.Errorf("DIN at 3V3: got %s, want %s", got, want)
	}
	_, _, d = wired(t, "mcp3001", mcp3xxx.MCP3001)
	if a := examine(t, d.Listen); !a.Null() {
		t.Errorf("an mcp3001: got %s", a)
	}
}

// After Grip the chip keeps its output low, also on a misplaced wire, until the next transfer.
func TestGripHoldsTheOutputLow(t *testing.T) {
	pi, _, d := wired(t, "mcp3008", mcp3xxx.MCP3008)
	p, stray := first(t, d), pi.Pin("GPIO25")
	if err := stray.In(gpio.PullUp, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	pi.SPI(0, 0).SetFaults(sim.Faults{DOUT: "GPIO25"})
	for _, tt := range []struct {
		name string
		ask  func() (mcp3xxx.Answer, error)
		want gpio.Level
	}{{"released", p.Examine, gpio.High}, {"held", p.Grip, gpio.Low}, {"released again", p.Examine, gpio.High}} {
		if examine(t, tt.ask); stray.Read() != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, stray.Read(), tt.want)
		}
	}
}

// A misplaced wire follows the level of its pin.
func TestMisplacedWiresFollowTheirPin(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pi, chip, d := wired(t, "mcp3008", mcp3xxx.MCP3008)
	p, stray, port := first(t, d), pi.Pin("GPIO25"), pi.SPI(0, 0)
	for range 20 {
		code := rng.IntN(1023) + 1
		chip.Knob(0).SetCode(code)
		port.SetFaults(sim.Faults{CS: "GPIO25"})
		for _, pull := range []gpio.Pull{gpio.PullUp, gpio.PullDown, gpio.PullDown, gpio.PullUp, gpio.PullDown} {
			before := stray.Pull()
			if err := stray.In(pull, gpio.NoEdge); err != nil {
				t.Fatal(err)
			}
			// Low for the second time: the transfer continues, and the chip has no more bits to send.
			want := pull == gpio.PullDown && before == gpio.PullUp
			if a := examine(t, p.Examine); !a.Zeros() != want {
				t.Errorf("CS at GPIO25, %s after %s: got %s", pull, before, a)
			}
		}
	}
	port.SetFaults(sim.Faults{DIN: "GPIO25"})
	chip.Knob(7).SetCode(1023)
	for pull, want := range map[gpio.Pull]bool{gpio.PullUp: true, gpio.PullDown: false} {
		if err := stray.In(pull, gpio.NoEdge); err != nil {
			t.Fatal(err)
		}
		if a := examine(t, d.Listen); !a.Zeros() != want {
			t.Errorf("DIN at GPIO25, %s: got %s", pull, a)
		}
	}
}
