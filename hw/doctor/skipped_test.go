package doctor_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	periphspi "periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// busless is a virtual Pi without buses.
type busless struct{ *board.Virtual }

func (busless) OpenSPI(string) (periphspi.PortCloser, error) { return nil, errBusy }

func (busless) OpenI2C(string) (i2c.BusCloser, error) { return nil, errBusy }

// TestSkippedChecksSayWhy checks that each input and each output has a finding for every fault, and each skipped check a reason.
func TestSkippedChecksSayWhy(t *testing.T) {
	t.Parallel()
	all := string(config.DefaultTOML()) + "\n" + right + bare + fine + display
	found := examine(t, all, func(v *board.Virtual, b *doctor.Bench) { b.Pi = busless{v} })
	explained(t, "no buses", found, []string{"knob", "right", "bare", "fine", "display", "led"})
	for _, f := range append(wireFaults(), fault{name: "no fault"}) {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var names []string
			cfg := f.parse(t)
			for _, in := range cfg.Inputs {
				names = append(names, in.Name)
			}
			for _, out := range cfg.Outputs {
				names = append(names, out.Name)
			}
			found := f.examine(t)
			explained(t, f.name, found, names)
			turned := func(x doctor.Finding) bool { return x.Check == "knob" && x.Result != doctor.Passed }
			if f.hand == nil && !slices.ContainsFunc(found, turned) {
				t.Errorf("got %+v, want a reason why the knob was not turned", found)
			}
		})
	}
}

// explained checks that each part has a finding, and each skipped check a reason.
func explained(t *testing.T, fault string, found []doctor.Finding, parts []string) {
	t.Helper()
	for _, name := range parts {
		if !slices.ContainsFunc(found, func(x doctor.Finding) bool { return x.Check == name }) {
			t.Errorf("%s: got no finding of %s in %+v", fault, name, found)
		}
	}
	for _, x := range found {
		if _, reason, _ := strings.Cut(x.Seen, ": "); x.Result == doctor.Skipped && reason == "" && x.Means == "" {
			t.Errorf("%s: got %+v, want what was skipped, and why", fault, x)
		}
	}
}

// pinless is a virtual Pi without pins.
type pinless struct{ *board.Virtual }

func (pinless) OpenPin(pin string) (gpio.PinIO, error) {
	return nil, board.Absent{Err: errors.New(pin + ": this machine has no GPIO: use --hw sim for the virtual Pi")}
}

// TestMissingPinsHaveOneRemedy checks an LED on a machine without GPIO: another pin does not help there.
func TestMissingPinsHaveOneRemedy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, pin string
		back      map[string]string
	}{{"by eye", "GPIO17", nil}, {"second wire", "GPIO27", map[string]string{"led": "GPIO27"}}} {
		found := examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) { b.Pi, b.Hand, b.Back = pinless{v}, v, tt.back })
		want := doctor.Finding{Check: "led", Result: doctor.Failed, Seen: tt.pin + ": this machine has no GPIO: use --hw sim for the virtual Pi"}
		if !slices.Contains(found, want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, found, want)
		}
	}
}
