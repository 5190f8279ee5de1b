package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/mcp3xxx"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// examine returns the findings on a virtual Pi with a configuration.
func examine(t *testing.T, text string, prepare func(*board.Virtual, *doctor.Bench)) (found []doctor.Finding) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Parse("", []byte(text), nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := doctor.Bench{Config: cfg, Pi: v}
		prepare(v, &b)
		found = slices.Collect(b.Wires(t.Context()))
	})
	return found
}

// failed returns the findings of failed checks.
func failed(t *testing.T, text string, prepare func(*board.Virtual, *doctor.Bench)) []doctor.Finding {
	t.Helper()
	return slices.DeleteFunc(examine(t, text, prepare), func(f doctor.Finding) bool { return f.Result != doctor.Failed })
}

// TestNoFalseAlarm checks a good kit at 200 positions of the knob with noise of up to 3 codes, with and without a hand, and with
// and without access to MISO's pull.
func TestNoFalseAlarm(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 24))
	alarms, n := 0, 200
	if testing.Short() {
		n = 40
	}
	for i := range n {
		position, noise := rng.Float64(), i%4
		for _, hand := range []bool{false, true} {
			if hand && i%5 > 0 {
				continue
			}
			found := failed(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
				v.Knobs["knob"].Set(position)
				v.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(noise, uint64(i))
				if hand {
					b.Hand = v
				}
				if i%3 == 0 {
					b.Held = map[string]string{"GPIO9": "another program"}
				}
			})
			if len(found) > 0 {
				alarms++
				t.Errorf("position %.4f, noise of %d codes, a hand %t: %+v", position, noise, hand, found)
			}
		}
	}
	t.Logf("%d false alarms at %d positions of the knob, at %d of them with a hand too", alarms, n, n/5)
}

// TestNoFalseAlarmAboutLight checks a good light sensor in 40 lights with noise of up to 3 codes, in half of them with a hand.
func TestNoFalseAlarmAboutLight(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 25))
	for i := range 40 {
		light := rng.Float64()
		found := failed(t, string(config.DefaultTOML())+"\n"+eye, func(v *board.Virtual, b *doctor.Bench) {
			v.Knobs["eye"].Set(light)
			v.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(i%4, uint64(i))
			if i%2 == 0 {
				b.Hand = v
			}
		})
		if len(found) > 0 {
			t.Errorf("light %.4f, noise of %d codes: got %+v", light, i%4, found)
		}
	}
}

// kit returns a configuration with a knob on the first channel of a chip.
func kit(model string) string {
	text := strings.Replace(string(config.DefaultTOML()), `driver = "mcp3008"`, fmt.Sprintf("driver = %q", model), 1)
	if strings.HasSuffix(model, "1") {
		text = regexp.MustCompile(`(?m)^channel = 0.*$`).ReplaceAllString(text, "")
	}
	return text
}

// TestEveryChip checks each chip three times: in order, unplugged, and replaced by a chip with results of another length.
func TestEveryChip(t *testing.T) {
	t.Parallel()
	for _, m := range mcp3xxx.Models() {
		name := strings.ToLower(m.String())
		if found := failed(t, kit(name), func(v *board.Virtual, b *doctor.Bench) { b.Hand = v }); len(found) > 0 {
			t.Errorf("%s: got %+v", name, found)
		}
		found := failed(t, kit(name), func(v *board.Virtual, b *doctor.Bench) { v.SPI(0, 0).Unplug() })
		if len(found) != 1 || found[0].Seen != "MISO is not driven: it follows the pull-up and the pull-down" {
			t.Errorf("%s, unplugged: got %+v", name, found)
		}
		for _, other := range mcp3xxx.Models() {
			if other.Channels() != m.Channels() || other.Bits() == m.Bits() {
				continue
			}
			found := failed(t, kit(name), func(v *board.Virtual, b *doctor.Bench) {
				chip, err := sim.NewMCP3xxx(other.String())
				if err != nil {
					t.Fatal(err)
				}
				chip.Knob(0).Set(0.4)
				v.SPI(0, 0).Plug(chip)
			})
			want := fmt.Sprintf("set driver = %q", strings.ToLower(other.String()))
			if len(found) != 1 || !strings.Contains(found[0].Do, want) {
				t.Errorf("an %s in place of an %s: got %+v, want %q", other, m, found, want)
			}
		}
	}
}

func TestEveryPart(t *testing.T) {
	t.Parallel()
	text := string(config.DefaultTOML()) + "\n" + right + bare + fine + eye + buzzer + arm + display + `
[input.eye2]
driver = "ldr"
chip = "ads1115"
channel = 1


[output.row]
driver = "bar"
neuron = "n1"
pins = ["GPIO5", "GPIO6", "GPIO13"]

[output.strip]
driver = "apa102"
neuron = "n1"
data = "GPIO23"
clock = "GPIO24"
` + analog + double
	var checks []string
	for _, f := range examine(t, text, func(v *board.Virtual, b *doctor.Bench) { b.Hand = v }) {
		if checks = append(checks, f.Check); f.Result != doctor.Passed {
			t.Errorf("got %+v", f)
		}
	}
	want := []string{"SPI0.0", "eye", "knob", "right", "I2C1", "eye2", "fine", "bare", "analog", "arm", "buzzer", "display", "double", "led", "row", "strip"}
	if !slices.Equal(checks, want) {
		t.Errorf("got the checks %v, want %v", checks, want)
	}
}

func TestStripOnAPort(t *testing.T) {
	t.Parallel()
	text := string(config.DefaultTOML()) + "\n[output.strip]\ndriver = \"apa102\"\nneuron = \"n1\"\nport = \"SPI1.0\"\n"
	found := examine(t, text, func(v *board.Virtual, b *doctor.Bench) { b.Hand = v })
	if want := (doctor.Finding{Check: "strip", Result: doctor.Passed, Seen: "the strip at SPI1.0 works"}); !slices.Contains(found, want) {
		t.Errorf("got %+v, want %+v", found, want)
	}
	found = examine(t, text, func(v *board.Virtual, b *doctor.Bench) { b.Hand = v; v.SPI(1, 0).Unplug() })
	want := doctor.Finding{Check: "strip", Result: doctor.Failed, Seen: "the strip at SPI1.0 shows nothing",
		Means: "data and clock are swapped, or the strip has no 5V",
		Do:    "check data (GPIO20, header pin 38), clock (GPIO21, header pin 40), 5V and GND"}
	if !slices.Contains(found, want) {
		t.Errorf("unplugged: got %+v, want %+v", found, want)
	}
}

// TestConverterAnswersWithoutAPerson checks that an MCP4725 is asked, and a chip without a data output is not.
func TestConverterAnswersWithoutAPerson(t *testing.T) {
	t.Parallel()
	found := examine(t, string(config.DefaultTOML())+"\n"+analog+double, func(v *board.Virtual, b *doctor.Bench) {})
	for _, want := range []doctor.Finding{
		{Check: "analog", Result: doctor.Skipped, Seen: "the chip answers; not checked: only a person can see the oscilloscope on the DAC at I2C1, 0x60", Do: "run 'hillock doctor' in a terminal, without --json"},
		{Check: "double", Result: doctor.Skipped, Seen: "not checked: only a person can see the oscilloscope on the DAC at SPI0.1", Do: "run 'hillock doctor' in a terminal, without --json"},
	} {
		if !slices.Contains(found, want) {
			t.Errorf("got %+v, want in it %+v", found, want)
		}
	}
}

// TestSecondWireReplacesTheEye checks LEDs through a second wire, also an inverted LED.
func TestSecondWireReplacesTheEye(t *testing.T) {
	t.Parallel()
	inverted := "\n[output.low]\ndriver = \"pulse\"\npin = \"GPIO22\"\nneuron = \"n1\"\ninvert = true\n"
	found := examine(t, string(config.DefaultTOML())+inverted, func(v *board.Virtual, b *doctor.Bench) {
		if err := errors.Join(v.Connect("GPIO17", "GPIO27"), v.Connect("GPIO22", "GPIO23")); err != nil {
			t.Fatal(err)
		}
		b.Back = map[string]string{"led": "GPIO27", "low": "GPIO23"}
	})
	for _, want := range []doctor.Finding{
		{Check: "led", Result: doctor.Passed, Seen: "GPIO27 (header pin 13) follows GPIO17 (header pin 11)"},
		{Check: "low", Result: doctor.Passed, Seen: "GPIO23 (header pin 16) follows GPIO22 (header pin 15)"},
	} {
		if !slices.Contains(found, want) {
			t.Errorf("got %+v, want %+v", found, want)
		}
	}
}

// fails is a hand with another Turn.
type fails struct {
	*board.Virtual
	turn func(ctx context.Context) error
}

func (f fails) Turn(ctx context.Context, _ config.Input, _ string) error { return f.turn(ctx) }

// TestFailingHandsSkipTheCheck checks that a panic of a hand skips the check, and that a failed read waits for a turning hand.
func TestFailingHandsSkipTheCheck(t *testing.T) {
	t.Parallel()
	found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
		b.Hand = fails{v, func(context.Context) error { panic("oh") }}
	})
	want := doctor.Finding{Check: "knob", Result: doctor.Skipped, Seen: "CH0 (chip pin 1) reads 409, steady within 0; not turned: panic: oh", Do: "run 'hillock doctor' again"}
	if !slices.Contains(found, want) {
		t.Errorf("got %+v, want in it %+v", found, want)
	}
	ended := false
	examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
		b.Hand = fails{v, func(ctx context.Context) error {
			v.SPI(0, 0).SetFaults(sim.Faults{Err: syscall.EIO})
			<-ctx.Done()
			ended = true
			return ctx.Err()
		}}
	})
	if !ended {
		t.Error("got a hand that turns after the check")
	}
}
