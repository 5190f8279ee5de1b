package doctor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

// registerless is a virtual Pi without a way to its pins past the kernel.
type registerless struct{ *board.Virtual }

func (registerless) DirectPin(string) (gpio.PinIO, bool) { return nil, false }

// programmed is a virtual Pi with the program pinctrl in place of registers, as a Pi 5. Its unused pins have no function.
type programmed struct {
	*board.Virtual
	inputs map[string]bool // set by the program
}

func (p programmed) DirectPin(name string) (gpio.PinIO, bool) {
	return board.ProgramPin(name, p.pinctrl)
}

func (p programmed) pinctrl(args ...string) (string, error) {
	of := p.Pin("GPIO" + args[1])
	f := gpio.PinIO(of).(pin.PinFunc)
	if args[0] == "get" {
		function := map[string]string{"In": "ip  ", "Out": "op dl"}[strings.Split(string(f.Func()), "/")[0]]
		switch {
		case function == "":
			function = "a0  "
		case function == "ip  " && !p.inputs[args[1]]:
			function = "no  "
		}
		pull := map[gpio.Pull]string{gpio.Float: "pn", gpio.PullDown: "pd", gpio.PullUp: "pu"}[of.Pull()]
		level := map[gpio.Level]string{gpio.Low: "lo", gpio.High: "hi"}[of.Read()]
		return fmt.Sprintf("%2s: %s %s | %s // GPIO%[1]s = %[5]s\n", args[1], function, pull, level, f.Func()), nil
	}
	switch p.inputs[args[1]] = args[2] == "ip"; args[2] {
	case "no":
		return "", nil // it keeps its pull
	case "ip":
		pull := map[string]gpio.Pull{"pn": gpio.Float, "pd": gpio.PullDown, "pu": gpio.PullUp}[strings.Join(args[3:], "")]
		return "", of.In(pull, gpio.NoEdge)
	case "a0":
		all := f.SupportedFuncs()
		return "", f.SetFunc(all[len(all)-1]) // the one of its bus
	}
	return "", errors.New("pinctrl: " + args[2])
}

// examineWith returns the findings for a fault on a Pi with another way to its pins.
func (f fault) examineWith(t *testing.T, way func(*board.Virtual) doctor.Pi) (found []doctor.Finding) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v, b := f.wire(t)
		b.Pi = way(v)
		before := state(v)
		found = slices.Collect(b.Wires(t.Context()))
		if after := state(v); !slices.Equal(before, after) {
			t.Errorf("%s: left the pins as %v, found them as %v", f.name, after, before)
		}
	})
	return found
}

// TestProgramNamesTheSameWires checks that the doctor finds the same with the program pinctrl as with the registers.
func TestProgramNamesTheSameWires(t *testing.T) {
	t.Parallel()
	for _, f := range wireFaults() {
		if f.check != "SPI0.0" || strings.HasPrefix(f.name, "a loose contact") { // whose bits are random
			continue
		}
		want := f.examine(t)
		got := f.examineWith(t, func(v *board.Virtual) doctor.Pi { return programmed{v, map[string]bool{}} })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-registers +program):\n%s", f.name, diff)
		}
	}
}

// TestLineTimesACharge checks a capacitor on a Pi without registers: the program pinctrl is too slow, and the kernel's line is not.
func TestLineTimesACharge(t *testing.T) {
	t.Parallel()
	for _, f := range wireFaults() {
		if f.check != "bare" {
			continue
		}
		want := f.examine(t)
		for name, way := range map[string]func(*board.Virtual) doctor.Pi{
			"lines":   func(v *board.Virtual) doctor.Pi { return registerless{v} },
			"program": func(v *board.Virtual) doctor.Pi { return programmed{v, map[string]bool{}} },
		} {
			if diff := cmp.Diff(want, f.examineWith(t, way)); diff != "" {
				t.Errorf("%s (-registers +%s):\n%s", f.name, name, diff)
			}
		}
	}
}

func TestFaultsWithoutPullsSaySo(t *testing.T) {
	t.Parallel()
	const (
		skip  = "not checked with the pull-up and the pull-down: "
		means = "several faults look the same, and a wire in a wrong hole is found at GPIO22 to GPIO27 only"
		do    = "install the program with 'sudo apt install raspi-utils', or use 'sudo hillock doctor' on a Pi up to 4; then run the doctor again"
	)
	none := doctor.Finding{Check: "SPI0.0", Result: doctor.Skipped, Seen: skip + "neither the registers of the GPIO nor the program pinctrl are within reach", Means: means, Do: do}
	held := doctor.Finding{Check: "SPI0.0", Result: doctor.Skipped, Seen: skip + `"spidev" holds GPIO9`, Means: means}
	without := func(v *board.Virtual) doctor.Pi { return registerless{v} }
	for _, tt := range []struct {
		fault fault
		way   func(*board.Virtual) doctor.Pi
		want  doctor.Finding // the second finding of its check
		says  bool
	}{
		{fault{breaks: spi(sim.Faults{DOUT: sim.Loose}), check: "SPI0.0"}, without, none, true},
		{fault{check: "SPI0.0"}, without, none, false},
	} {
		if got := tt.fault.examineWith(t, tt.way); slices.Contains(got, tt.want) != tt.says {
			t.Errorf("got %+v, want in it %v: %+v", got, tt.says, tt.want)
		}
	}
	got := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
		spi(sim.Faults{DOUT: sim.Loose})(v)
		b.Held = map[string]string{"GPIO9": "spidev"}
	})
	if !slices.Contains(got, held) {
		t.Errorf("got %+v, want in it %+v", got, held)
	}
}
