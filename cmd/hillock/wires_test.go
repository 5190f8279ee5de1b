package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// waits is a doctor who looks until he is sent away.
func waits(ctx context.Context, _ trial, _ *config.Config, _ func(doctor.Finding)) error {
	<-ctx.Done()
	return ctx.Err()
}

// pull is the number of a trial.
func pull(t *testing.T, name string) int {
	t.Helper()
	i := slices.Index(trialNames(), name)
	if i < 0 {
		t.Fatalf("no trial is called %q", name)
	}
	return i
}

// A wire that is pulled out on the page is looked at by the doctor, beside the run. What the doctor finds is there at once,
// and gone with the wire back in its place; so is the doctor.
func TestTheDoctorLooksAtAPulledWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, w := newWebBench(t)
		found := make(chan string, 10)
		b.view.wires.ask = func(ctx context.Context, fault trial, cfg *config.Config, each func(doctor.Finding)) error {
			return consult(ctx, fault, cfg, func(f doctor.Finding) {
				each(f)
				if f.Result == doctor.Failed {
					found <- f.Check
				}
			})
		}
		if err := w.Fault("VREF loose"); err != nil {
			t.Fatal(err)
		}
		if got := <-found; got != "SPI0.0" {
			t.Errorf("got a finding on %s, want SPI0.0", got)
		}
		want := []web.Finding{{Check: "SPI0.0", Result: "failed", Seen: "every channel reads 1023, its highest code",
			Means: "the reference of the chip, VREF, chip pin 15, is loose", Do: "wire it to 3V3, beside VDD"}}
		if diff := cmp.Diff(want, w.Status().Doctor); diff != "" || w.Status().Fault != "VREF loose" {
			t.Errorf("got the fault %q and findings (-want +got):\n%s", w.Status().Fault, diff)
		}
		if got := b.virtual.Knobs["knob"].Position(); got != board.RestingKnob {
			t.Errorf("got the run's knob at %g, want it where it was: the doctor turns one of its own", got)
		}
		if err := w.Fault("none"); err != nil {
			t.Fatal(err)
		}
		if st := w.Status(); len(st.Doctor) != 0 || st.Fault != "none" {
			t.Errorf("got the fault %q and %v after it was mended, want none", st.Fault, st.Doctor)
		}
		start := time.Now()
		b.view.wires.end()
		synctest.Wait()
		if took := time.Since(start); took > 100*ms {
			t.Errorf("got the doctor gone after %v, want at once", took)
		}
	})
}

// There is one doctor at a time, of the latest fault, and none when the run has ended.
func TestOneDoctorAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, _ := newWebBench(t)
		w := b.view.wires
		var faults []string
		here := 0
		w.ask = func(ctx context.Context, fault trial, _ *config.Config, each func(doctor.Finding)) error {
			faults = append(faults, fault.name)
			if here++; here > 1 {
				t.Errorf("got %d doctors at a time, want 1", here)
			}
			<-ctx.Done()
			each(doctor.Finding{Check: "late", Result: doctor.Failed}) // of a wire that is back in its place
			here--
			return ctx.Err()
		}
		for i := range trials() {
			w.pull(i, b.cfg)
			if i%3 != 0 { // else the next one comes before he does
				synctest.Wait()
			}
			if got, want := w.findings(), "the doctor looks"; i > 0 && (len(got) != 1 || got[0].Seen != want) {
				t.Errorf("%s: got %v, want %s", trials()[i].name, got, want)
			}
		}
		w.end()
		if here != 0 || faults[len(faults)-1] != "leg to GND loose" {
			t.Errorf("got %d doctors at the end and the faults %q, want none and the last one", here, faults)
		}
	})
}

// What comes of a visit is told as it is.
func TestWhatTheDoctorSays(t *testing.T) {
	t.Parallel()
	good := doctor.Finding{Check: "SPI0.0", Result: doctor.Passed, Seen: "an MCP3008 answers"}
	bad := doctor.Finding{Check: "knob", Result: doctor.Failed, Seen: "it floats", Means: "a wire", Do: "push it in"}
	says := func(text string) doctor.Finding {
		return doctor.Finding{Check: "VREF loose", Result: remark, Seen: text}
	}
	for _, tt := range []struct {
		name  string
		finds []doctor.Finding
		err   error
		panic any
		want  []doctor.Finding
	}{
		{"something", []doctor.Finding{good, bad}, nil, nil, []doctor.Finding{bad}},
		{"nothing", []doctor.Finding{good}, nil, nil, []doctor.Finding{says("the doctor finds nothing wrong with the wires")}},
		{"stopped", []doctor.Finding{good}, errors.New("context canceled"), nil, []doctor.Finding{says("the doctor did not get to the end: context canceled")}},
		{"stopped later", []doctor.Finding{good, bad}, errors.New("one\ntwo"), nil, []doctor.Finding{bad, says("the doctor did not get to the end: one; two")}},
		{"panic", nil, nil, "oh", []doctor.Finding{says("the doctor did not get to the end: panic: oh")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newWebBench(t)
			w := b.view.wires
			w.ask = func(_ context.Context, _ trial, _ *config.Config, each func(doctor.Finding)) error {
				for _, f := range tt.finds {
					each(f)
				}
				if tt.panic != nil {
					panic(tt.panic)
				}
				return tt.err
			}
			w.pull(pull(t, "VREF loose"), b.cfg)
			<-w.visit.ended
			got := w.findings()
			if tt.panic != nil { // where it was is its own affair
				got[0].Seen, _, _ = strings.Cut(got[0].Seen, "; ")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever the doctor does, a context that ends sends it away: at once, or after a transfer that hangs for 1 s.
func TestConsultStops(t *testing.T) {
	t.Parallel()
	for _, fault := range trials()[1:] {
		synctest.Test(t, func(t *testing.T) {
			whole := time.Now()
			if err := consult(t.Context(), fault, config.Default(part.Kinds()), func(doctor.Finding) {}); err != nil {
				t.Errorf("%s: got %v", fault.name, err)
			}
			all := time.Since(whole)
			for after := time.Duration(0); after < all; after += all/5 + 1 {
				ctx, stop := context.WithTimeout(t.Context(), after)
				stopped := time.Now().Add(after)
				err := consult(ctx, fault, config.Default(part.Kinds()), func(f doctor.Finding) {
					if ctx.Err() != nil {
						t.Errorf("%s: got %v after the end", fault.name, f)
					}
				})
				late := max(150*ms, fault.faults.Delay)
				if took := time.Since(stopped); took > late || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s, stopped after %v: got %v, %v late; want it to end within %v", fault.name, after, err, took, late)
				}
				stop()
			}
		})
	}
}

// A fault of a part that is not there any more, after a reload, is told from one that the doctor does not find.
func TestConsultRefuses(t *testing.T) {
	t.Parallel()
	played, err := config.Parse("", []byte("[input.tone]\ndriver = \"wave\"\nshape = \"sine\"\namplitude = \"1 nA\"\nfrequency = \"10 Hz\"\n[neuron.n1]\ninput = \"tone\"\n"), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	err = consult(t.Context(), trials()[pull(t, "VREF loose")], played, func(f doctor.Finding) { t.Errorf("got %v", f) })
	if want := `fault: "VREF loose" is of an MCP3xxx, and the configuration has none`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A wire that is out is out for the page and for the terminal, whoever pulled it, and both have the doctor's word.
func TestThePageAndTheTerminalPullTheSameWires(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t)
	w := newOnWeb(b.leg())
	b.view.wires.ask = func(_ context.Context, fault trial, _ *config.Config, each func(doctor.Finding)) error {
		each(doctor.Finding{Check: "SPI0.0", Result: doctor.Failed, Seen: "it has " + fault.name, Means: "a wire is out", Do: "push it in"})
		return nil
	}
	look := func(fault string) {
		t.Helper()
		<-b.view.wires.visit.ended
		text := frameOf(s, 80, 24)
		if want := "SPI0.0: it has " + fault + ": a wire is out do: push it in ? help"; !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("got\n%s\nwant in it %s", text, want)
		}
		if strings.Contains(text, "no chip answers") {
			t.Errorf("got\n%s\nwant the doctor's word in the place of the run's", text)
		}
		if st := w.Status(); st.Fault != fault || len(st.Doctor) != 1 || st.Doctor[0].Seen != "it has "+fault {
			t.Errorf("got the fault %q and %v on the page, want %s", st.Fault, st.Doctor, fault)
		}
	}
	s.typed("x")
	b.run(t, 1000)
	look("MISO open")
	if err := w.Fault("leg to 3V3 loose"); err != nil {
		t.Fatal(err)
	}
	look("leg to 3V3 loose")
	s.typed("x")
	look("leg to GND loose")
	s.typed("x x")
	if st, text := w.Status(), frameOf(s, 80, 24); st.Fault != "none" || len(st.Doctor) > 0 || strings.Contains(text, "it has") {
		t.Errorf("got the fault %q, %v and\n%s\nwant all wires in their places", st.Fault, st.Doctor, text)
	}
}

// A part that a reload adds has the fault that the others have.
func TestAReloadKeepsTheFault(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t)
	if err := w.Fault("leg to GND loose"); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load("", []string{"input.second.driver=mcp3008", "input.second.channel=3", "neuron.n2.input=second"}, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	old := w.leg
	old.wall = clock.New()
	next, err := old.change(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.run(t, 10)
	if err := w.follow(next, func() error { return next.follow(old, nil) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { next.board.Close() })
	if got := b.virtual.Knobs["second"].Fault(); got != sim.GroundOff || w.Status().Fault != "leg to GND loose" {
		t.Errorf("got %v at the new knob and the fault %q, want GroundOff and the one before", got, w.Status().Fault)
	}
}

// What is of a part that the configuration has not is not among the faults: of an ADS1115 there are those of its knob.
func TestFaultsOfThePartsThatAreThere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cfg, err := config.Load("../../deploy/examples/ads1115.toml", nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b.view.cfg = cfg
	w := newOnWeb(b.leg())
	want := []string{"none", "middle leg loose", "leg to 3V3 loose", "leg to GND loose", "LED loose"}
	if got := w.Hello().Faults; !slices.Equal(got, want) {
		t.Errorf("got the faults %q on the page, want %q", got, want)
	}
	trial := 0
	for _, fault := range append(want[1:], want[0]) {
		if trial = nextOf(cfg, trial); trials()[trial].name != fault {
			t.Errorf("got %q after x, want %q", trials()[trial].name, fault)
		}
	}
	if err := w.Fault("VREF loose"); err == nil || err.Error() != `fault: "VREF loose" is of an MCP3xxx, and the configuration has none` {
		t.Errorf("got %v for a wire that is not there", err)
	}
}

// An LED whose wire is out is dark on the page and on the terminal, though its pin is high.
func TestALooseLEDIsDark(t *testing.T) {
	t.Parallel()
	b, s := scopeBench(t, "output.led.width=20 ms")
	w := newOnWeb(b.leg())
	b.run(t, 1000)
	if on := w.On(new([32]int64)); on != 1 || !strings.Contains(frameOf(s, 80, 24), "● led") {
		t.Errorf("got outputs %b on, want the LED, which never goes off at this rate", on)
	}
	if err := w.Fault("LED loose"); err != nil {
		t.Fatal(err)
	}
	if on := w.On(new([32]int64)); on != 0 || !strings.Contains(frameOf(s, 80, 24), "○ led") || !b.board.Outputs["led"].(board.Pulsing).High() {
		t.Errorf("got outputs %b on, want the LED dark and its pin high", on)
	}
}
