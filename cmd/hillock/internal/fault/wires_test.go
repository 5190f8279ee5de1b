package fault

import (
	"context"
	"errors"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ms = time.Millisecond

// newWires returns the wires of the built-in configuration, with a doctor.
func newWires(t *testing.T, d Doctor) (*Wires, *config.Config) {
	t.Helper()
	cfg := config.Default(part.Kinds())
	v, err := board.NewVirtual(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return NewWires(v, d), cfg
}

// named returns the fault of a name.
func named(t *testing.T, name string) Fault {
	t.Helper()
	f, ok := Named(name)
	if !ok {
		t.Fatalf("no fault is called %q", name)
	}
	return f
}

// One doctor runs at a time, for the latest fault, and none after the end of the run.
func TestOneDoctorRunsAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var faults []string
		here := 0
		w, cfg := newWires(t, func(ctx context.Context, f Fault, _ *config.Config, each func(doctor.Finding)) error {
			faults = append(faults, f.Name)
			if here++; here > 1 {
				t.Errorf("got %d doctors at a time, want 1", here)
			}
			<-ctx.Done()
			each(doctor.Finding{Check: "late", Result: doctor.Failed}) // about a wire now back in its place
			here--
			return ctx.Err()
		})
		for i, f := range All() {
			w.Inject(f, cfg)
			if i%3 != 0 { // else the next fault comes before the doctor
				synctest.Wait()
			}
			if got, want := w.Findings(), "checking the wires"; i > 0 && (len(got) != 1 || got[0].Seen != want) {
				t.Errorf("%s: got %v, want %s", f.Name, got, want)
			}
		}
		w.Close()
		if here != 0 || faults[len(faults)-1] != "VOUT loose" {
			t.Errorf("got %d doctors at the end and the faults %q, want none and the last one", here, faults)
		}
	})
}

func TestFindingsAndNotesOfACheck(t *testing.T) {
	t.Parallel()
	good := doctor.Finding{Check: "SPI0.0", Result: doctor.Passed, Seen: "an MCP3008 answers"}
	bad := doctor.Finding{Check: "knob", Result: doctor.Failed, Seen: "it floats", Means: "a wire", Do: "push it in"}
	says := func(text string) doctor.Finding {
		return doctor.Finding{Check: "VREF loose", Result: note, Seen: text}
	}
	for _, tt := range []struct {
		name  string
		finds []doctor.Finding
		err   error
		panic any
		want  []doctor.Finding
	}{
		{"something", []doctor.Finding{good, bad}, nil, nil, []doctor.Finding{bad}},
		{"nothing", []doctor.Finding{good}, nil, nil, []doctor.Finding{says("the doctor finds no fault in the wires")}},
		{"stopped", []doctor.Finding{good}, errors.New("context canceled"), nil, []doctor.Finding{says("the doctor stopped before the end: context canceled")}},
		{"stopped later", []doctor.Finding{good, bad}, errors.New("one\ntwo"), nil, []doctor.Finding{bad, says("the doctor stopped before the end: one; two")}},
		{"panic", nil, nil, "oh", []doctor.Finding{says("the doctor stopped before the end: panic: oh")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, cfg := newWires(t, func(_ context.Context, _ Fault, _ *config.Config, each func(doctor.Finding)) error {
				for _, f := range tt.finds {
					each(f)
				}
				if tt.panic != nil {
					panic(tt.panic)
				}
				return tt.err
			})
			w.Inject(named(t, "VREF loose"), cfg)
			<-w.check.ended
			got := w.Findings()
			if tt.panic != nil { // without the stack
				got[0].Seen, _, _ = strings.Cut(got[0].Seen, "; ")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The doctor stops with its context: at once, or after a hanging transfer of 1 s.
func TestConsultStopsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, name := range append(Of(config.Default(part.Kinds()))[1:], "jumper loose") {
		fault := named(t, name)
		synctest.Test(t, func(t *testing.T) {
			whole, cfg := time.Now(), config.Default(part.Kinds())
			if fault.jumper != "" {
				cfg = parsed(t, wired)
			}
			if err := Consult(t.Context(), fault, cfg, func(doctor.Finding) {}); err != nil {
				t.Errorf("%s: got %v", fault.Name, err)
			}
			all := time.Since(whole)
			for after := time.Duration(0); after < all; after += all/5 + 1 {
				ctx, stop := context.WithTimeout(t.Context(), after)
				stopped := time.Now().Add(after)
				err := Consult(ctx, fault, cfg, func(f doctor.Finding) {
					if ctx.Err() != nil {
						t.Errorf("%s: got %v after the end", fault.Name, f)
					}
				})
				late := max(150*ms, fault.faults.Delay)
				if took := time.Since(stopped); took > late || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s, stopped after %v: got %v, %v late; want it to end within %v", fault.Name, after, err, took, late)
				}
				stop()
			}
		})
	}
}

// After a reload the part of a fault may be gone. This is an error, and not an undetected fault.
func TestConsultNeedsThePart(t *testing.T) {
	t.Parallel()
	played, err := config.Parse("", []byte("[input.tone]\ndriver = \"wave\"\nshape = \"sine\"\namplitude = \"1 nA\"\nfrequency = \"10 Hz\"\n[neuron.n1]\ninput = \"tone\"\n"), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	err = Consult(t.Context(), named(t, "VREF loose"), played, func(f doctor.Finding) { t.Errorf("got %v", f) })
	if want := `fault: "VREF loose" needs an MCP3xxx, and the configuration has none`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
