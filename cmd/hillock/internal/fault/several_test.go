package fault

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
)

func TestNamesOfWiresInOtherHoles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, id, want string }{
		{"CS in GPIO25", "cs-in-gpio25", "CS in GPIO25"},
		{"MISO in 3V3", "miso-in-3v3", "MISO in 3V3"},
		{"LED red loose", "led-red-loose", "LED red loose"},
		{"LED red in GPIO27", "led-red-in-gpio27", "LED red in GPIO27"},
		{"CS loose + LED red loose", "cs-loose+led-red-loose", "CS loose + LED red loose"},
		{"none + CS loose", "cs-loose", "CS loose"},
		{"none + none", "none", "none"},
		{"CS in GPIO28", "cs-in-gpio28", ""},
		{"CS in 5V", "cs-in-5v", ""},
		{"CS loose + SC loose", "cs-loose+sc-loose", ""},
	} {
		for _, name := range []string{tt.name, tt.id} {
			if got, ok := Named(name); ok != (tt.want != "") || ok && (got.Name != tt.want || got.ID != tt.id) {
				t.Errorf("%s: got %q, %q, %v; want %q, %q", name, got.Name, got.ID, ok, tt.want, tt.id)
			}
		}
	}
}

// findings returns the failed findings of the doctor on a fault.
func findings(t *testing.T, cfg *config.Config, name string) string {
	t.Helper()
	f, ok := Named(name)
	if !ok {
		t.Fatalf("no fault is called %q", name)
	}
	var all []string
	if err := Consult(context.Background(), f, cfg, func(f doctor.Finding) {
		if f.Result == doctor.Failed {
			all = append(all, f.Means+": "+f.Do)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// Two faults at once have the findings of both.
func TestDoctorFindsSeveralFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Default(part.Kinds())
		both := findings(t, cfg, "middle leg loose + LED led loose")
		for _, one := range []string{findings(t, cfg, "middle leg loose"), findings(t, cfg, "LED led loose")} {
			if one == "" || !strings.Contains(both, one) {
				t.Errorf("got\n%s\nwant in it\n%s", both, one)
			}
		}
	})
}

// Each hole of the header for each wire of the chip has a finding.
func TestDoctorFindsWiresInOtherHoles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Default(part.Kinds())
		for _, name := range []string{"CS in GPIO25", "CS in GPIO7", "CS in 3V3", "SCLK in GPIO22", "MOSI in GPIO24", "MISO in GPIO27", "LED led in GPIO27"} {
			if findings(t, cfg, name) == "" {
				t.Errorf("%s: got no finding", name)
			}
		}
	})
}

func TestFaultsAreApplied(t *testing.T) {
	t.Parallel()
	cfg := config.Default(part.Kinds())
	v, err := board.NewVirtual(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := Named("CS in GPIO25 + MISO open + middle leg loose + LED led loose")
	f.Apply(v)
	want := sim.Faults{CS: "GPIO25", MISO: sim.Open}
	if got := v.Ports["SPI0.0"].Faults(); got != want || v.Knobs["knob"].Fault() != sim.WiperOff || !f.Dark("led") || f.Dark("other") {
		t.Errorf("got %+v, %v", got, v.Knobs["knob"].Fault())
	}
	none, _ := Named(None)
	none.Apply(v)
	if got := v.Ports["SPI0.0"].Faults(); got != (sim.Faults{}) || v.Knobs["knob"].Fault() != sim.KnobGood {
		t.Errorf("after none: got %+v, %v", got, v.Knobs["knob"].Fault())
	}
}

// The hole of another input is refused.
func TestHoleOfAnInputIsRefused(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("", []string{"input.plain.driver=rc", "input.plain.pin=GPIO4"}, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	f, _ := Named("CS in GPIO4")
	if got, want := f.Check(cfg), `fault: "CS in GPIO4" needs a pin that no input uses: input plain uses GPIO4`; got == nil || got.Error() != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// A hidden fault is found wire by wire. The doctor says nothing meanwhile.
func TestHiddenFaultIsFound(t *testing.T) {
	t.Parallel()
	w, cfg := newWires(t, func(ctx context.Context, _ Fault, _ *config.Config, each func(doctor.Finding)) error {
		each(doctor.Finding{Check: "SPI0.0", Result: doctor.Failed})
		return nil
	})
	defer w.Close()
	seen := map[string]bool{}
	for seed := range uint64(200) {
		f := Hidden(cfg, 1+int(seed%3), rand.New(rand.NewPCG(seed, 0)))
		if n := len(f.each()); n != 1+int(seed%3) {
			t.Fatalf("seed %d: got %s", seed, f.Name)
		}
		legs := 0
		for _, one := range f.each() {
			seen[one.Name] = true
			if one.knob != sim.KnobGood {
				legs++
			}
			if one.Check(cfg) != nil || legs > 1 {
				t.Errorf("seed %d: got %s", seed, f.Name)
			}
		}
	}
	if len(seen) != 10 {
		t.Errorf("got %d faults, want each of 10", len(seen))
	}
	fast := withConverters(t, fastDAC...)
	for seed := range uint64(200) {
		seen[Hidden(fast, 1, rand.New(rand.NewPCG(seed, 0))).Name] = true
	}
	if len(seen) != 11 || !seen["LDAC loose"] {
		t.Errorf("with a DAC: got %d faults, want LDAC loose too", len(seen))
	}
	f, _ := Named("CS in GPIO25 + middle leg loose")
	w.Hide(f, cfg)
	<-w.check.ended
	if w.Game() != (Game{Hidden: 2}) || len(w.Findings()) != 0 {
		t.Errorf("got %+v, %v", w.Game(), w.Findings())
	}
	if w.Try("MOSI loose", cfg) || !w.Try("CS loose", cfg) || w.Fault().Name != "middle leg loose" {
		t.Errorf("got %s", w.Fault().Name)
	}
	if got := w.Game(); got != (Game{Hidden: 1, Found: 1, Tries: 2}) || len(w.Findings()) != 0 {
		t.Errorf("got %+v, %v", got, w.Findings())
	}
	w.Reveal()
	<-w.check.ended
	if got := w.Game(); got != (Game{Found: 1, Tries: 2, Over: true}) || len(w.Findings()) == 0 {
		t.Errorf("got %+v, %v", got, w.Findings())
	}
	w.Inject(Fault{ID: None, Name: None}, cfg)
	if w.Game() != (Game{}) || w.Try("CS loose", cfg) {
		t.Errorf("got %+v", w.Game())
	}
	if !slices.Contains(Names(), "CS loose") {
		t.Error("CS loose is gone")
	}
}
