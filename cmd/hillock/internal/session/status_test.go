package session_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/hw/board"
	"hillock/hw/sim"
)

// One value describes the whole run.
func TestStatusDescribesTheRun(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	b.Run(t, 1000)
	at, rate := 0.4, 1/0.0139
	got := b.Session.Status()
	want := session.Status{
		Where: "the virtual Pi", Virtual: true, Config: b.Config, File: b.Config, Tick: got.Tick, Speed: 1,
		Neurons: []session.NeuronStatus{{Name: "n1", Count: 1, V: b.Loop.Cells[0].V(), Current: 5 * (409. / 1023), Spikes: 71, Rate: rate, RealTimeRate: got.Neurons[0].RealTimeRate,
			Prediction: session.Prediction{Hz: rate}, Intervals: session.Intervals{N: 70, Latest: 139, Mean: 139}, Low: 0, High: 5, InputRange: [2]float64{0, 5}}},
		Inputs: []session.InputStatus{{Name: "knob", Config: b.Config.Inputs[0], Reading: b.Board.Inputs["knob"].Reading(), Knob: &at, Low: 0, High: 5,
			Fault: session.Fault{Part: "knob", State: "ok"}}},
		Outputs: []session.OutputStatus{{Name: "led", High: got.Outputs[0].High, Lit: got.Outputs[0].High, Fault: session.Fault{Part: "led", State: "refused"}}},
		Fault:   "none", Faults: got.Faults,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9), cmpopts.IgnoreUnexported(session.OutputStatus{}), cmpopts.IgnoreFields(session.Status{}, "Late", "Config", "File")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Config != b.Config || got.File != b.Config || got.Tick.Due != 1000 || got.Tick.Steps != 10_000 || !got.Ready() || len(got.Broken()) > 0 {
		t.Errorf("got %+v, want 1000 ticks of its configuration, ready and whole", got)
	}
}

// A fault is a struct: part, state, cause, consequence and remedy.
func TestStatusHasFaultsAsStructs(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	b.Virtual.Ports["SPI0.0"].SetFaults(sim.Faults{MISO: sim.Open})
	b.Run(t, 1000)
	st := b.Session.Status()
	want := []session.Fault{{Part: "knob", State: board.Lost.String(),
		Cause:  "mcp3008 on SPI0.0: no chip answers (MISO stays high): check CE0, pin 24, MISO, pin 21, and 3V3 at VDD",
		Means:  "the part does not answer: the current is 0 nA until it answers",
		Advice: "to find the wire, end the run and run 'hillock doctor'"}}
	if diff := cmp.Diff(want, st.Broken()); diff != "" || st.Ready() {
		t.Errorf("got it ready: %v (-want +got):\n%s", st.Ready(), diff)
	}
}

// Another current begins the intervals anew at the next spike, or after a long silence.
func TestIntervalsBeginAnewWhereTheCurrentChanges(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	want := func(when string, isi int64, cv float64) {
		t.Helper()
		if is := b.Session.Status().Neurons[0].Intervals; is.Latest != isi || is.CV != cv {
			t.Errorf("%s: got %+v, want the latest interval %d and a CV of %g", when, is, isi, cv)
		}
	}
	turn := func(position float64) {
		t.Helper()
		if _, err := b.Session.Turn("knob", position); err != nil {
			t.Fatal(err)
		}
		b.Run(t, 1000)
	}
	b.Run(t, 1000)
	want("at 2 nA", 139, 0)
	turn(0.41)
	want("one key further", 132, 0)
	turn(0.2)
	want("silent at 1 nA", 0, 0)
	turn(0.6)
	want("at 3 nA", 69, 0)
	if err := b.Session.Set("n1", "tau_m", 20); err != nil {
		t.Fatal(err)
	}
	b.Run(t, 1000)
	want("with tau_m = 20 ms", 139, 0)
	b.Session.Record().ClearIntervals()
	want("cleared", 0, 0)
	b.Run(t, 1000)
	want("afterwards", 139, 0)
}

// Readers of a status and the loop do not wait for each other.
func TestStatusBesideTheLoop(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Run(t, 20_000)
	}()
	steps := int64(0)
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
		}
		st := b.Session.Status()
		if st.Tick.Steps < steps || len(st.Neurons) != 1 {
			t.Fatalf("got step %d after %d", st.Tick.Steps, steps)
		}
		steps = st.Tick.Steps
		if err := b.Session.TurnBy("knob", 0.001); err != nil {
			t.Fatal(err)
		}
	}
	if steps == 0 {
		t.Error("got no step")
	}
}
