package doctor_test

import (
	"slices"
	"strings"
	"testing"

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
