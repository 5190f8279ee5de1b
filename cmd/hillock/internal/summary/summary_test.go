package summary_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/session/sessiontest"
	"hillock/cmd/hillock/internal/summary"
	"hillock/config"
	"hillock/hw/part"
	"hillock/neuron"
)

// A change during the run is in the summary. Without a valid closed form it has no prediction.
func TestSummaryOfAChangedRun(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(w *session.Session) error
		sets   string
		want   string // without the lines of the outputs and below
	}{
		{"nothing", func(w *session.Session) error { return w.Set("n1", "v_t", -55) }, "loop.speed=1", `
2 s of model time in 2 s
n1         143 spikes, 71.5 Hz
predicted  143 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the speed", func(w *session.Session) error { return w.Set("", "speed", 0.1) }, "loop.speed=1", `
1.1 s of model time in 2 s; the speed was changed, last to 0.1
n1         79 spikes, 71.82 Hz (39.5/s real time)
predicted  79 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the speed, to real time", func(w *session.Session) error { return w.Set("", "speed", 1) }, "loop.speed=0.1", `
1.1 s of model time in 2 s; the speed was changed, last to 1
n1         79 spikes, 71.82 Hz (39.5/s real time)
predicted  79 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the neuron", func(w *session.Session) error { return w.Set("n1", "v_t", -60) }, "loop.speed=1", `
2 s of model time in 2 s
n1         214 spikes, 107 Hz
no prediction: the neuron was changed during the run
`},
		{"its noise", func(w *session.Session) error { return w.Set("n1", "sigma", 0) }, "neuron.n1.sigma=0.001 mV", `
2 s of model time in 2 s
n1         143 spikes, 71.5 Hz
no prediction: the neuron was changed during the run
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := sessiontest.New(t, tt.sets)
			b.Observe(sessiontest.At{1000: func() {
				if err := tt.change(b.Session); err != nil {
					t.Error(err)
				}
			}})
			b.Run(t, 2000)
			s := b.Session.Summary()
			var out bytes.Buffer
			if err := summary.Text(&out, s, false); err != nil {
				t.Fatal(err)
			}
			got, _, _ := strings.Cut(out.String(), "led ")
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), got); diff != "" || s.Speed != b.Session.Status().Config.Loop.Speed {
				t.Errorf("got a speed of %g and (-want +got):\n%s", s.Speed, diff)
			}
		})
	}
}

func TestSummaryIsFiveLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		sets  []string
		ticks int64
		late  bool
		want  string
	}{
		{"one neuron", nil, 2000, false, `
2 s of model time in 2 s
n1         143 spikes, 71.5 Hz
predicted  143 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
led        143 pulses on GPIO17
ticks      on time
`},
		{"slower and late", []string{"loop.speed=0.1", "loop.max_lag=100 ms"}, 2000, true, `
150.1 ms of model time in 2 s
n1         10 spikes, 66.62 Hz (5/s real time)
predicted  10 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
led        10 pulses on GPIO17
ticks      75 % on time, the latest 499 ms late; 49.9 ms of model time skipped
`},
		{"an LED before each spike", []string{"output.oracle.driver=pulse", "output.oracle.pin=GPIO22", "output.oracle.neuron=n1", "output.oracle.width=5 ms", "output.oracle.ahead=5 ms"},
			2000, false, `
2 s of model time in 2 s
n1         143 spikes, 71.5 Hz
predicted  143 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
led        143 pulses on GPIO17
oracle     144 pulses on GPIO22
oracle     5 ms ahead: 144 lights, 0 without a spike, 0 spikes without a light
ticks      on time
`},
		{"two neurons", []string{"neuron.n2.input=knob", "neuron.n2.sigma=5 mV", "neuron.n2.seed=1"}, 2000, false, `
2 s of model time in 2 s
n1         143 spikes, 71.5 Hz; predicted 143
n2         175 spikes, 87.5 Hz; no prediction: the membrane has noise
led        143 pulses on GPIO17
ticks      on time
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := sessiontest.New(t, tt.sets...)
			if tt.late {
				b.Observe(sessiontest.At{500: func() { b.Clock.Sleep(500*time.Millisecond + time.Microsecond) }})
			}
			b.Run(t, tt.ticks)
			s := b.Session.Summary()
			var short, all bytes.Buffer
			if err := errors.Join(summary.Text(&short, s, false), summary.Text(&all, s, true)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), short.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if rest, ok := strings.CutPrefix(all.String(), short.String()); !ok || strings.Count(rest, "\n") != 5 || !strings.Contains(rest, "lateness   p50 ") {
				t.Errorf("got with all figures\n%s\nwant five lines more", all.String())
			}
		})
	}
}

// The JSON names its form, has each neuron once, and no times of pulses without an output.
func TestSummaryAsJSON(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t, "loop.speed=0.1", "neuron.n2.input=knob")
	b.Run(t, 2000)
	var out bytes.Buffer
	if err := summary.JSON(&out, b.Session.Summary()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), `"name": "n1"`); n != 1 {
		t.Errorf("got neuron n1 %d times in\n%s\nwant it once", n, out.String())
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"dropped_arrivals", "late_ticks", "lateness_us", "model_s", "neurons", "outputs", "read_errors", "read_us", "real_time_s", "reloads", "schema",
		"skipped_ms", "speed", "speed_changed", "steps", "tick_us", "ticks", "wakeup_us"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" || got["schema"] != "hillock.summary.1" {
		t.Errorf("schema %v, keys (-want +got):\n%s", got["schema"], diff)
	}
	if n := got["neurons"].([]any)[0].(map[string]any); n["real_time_hz"] != 7. {
		t.Errorf("got %v, want 7 spikes per second of real time", n)
	}
}

func TestSummaryWithoutAnOutput(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("testdata/no-output.toml", nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{})
	b.Run(t, 1000)
	var text, figures bytes.Buffer
	if err := errors.Join(summary.Text(&text, b.Session.Summary(), true), summary.JSON(&figures, b.Session.Summary())); err != nil {
		t.Fatal(err)
	}
	if all := text.String() + figures.String(); strings.Contains(all, "pulse") || !strings.Contains(all, `"outputs": []`) {
		t.Errorf("got\n%s\nwant nothing about pulses", all)
	}
}

// A population has its mean rate, and a plastic synapse its weights at the end.
func TestSummaryOfANetwork(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("net.toml", []byte(`
loop.speed = 1
[input.knob]
driver = "mcp3008"
channel = 0
[input.volume]
driver = "mcp3008"
channel = 1
[input.cue]
driver = "train"
times = ["10 ms", "20 ms", "30 ms"]
[neuron.many]
input = "knob"
count = 50
sigma = "3 mV"
[neuron.n2]
[synapse.cue]
from = "cue"
to = "n2"
kind = "exp"
weight = "8 nA"
tau = "5 ms"
gain = "volume"
plastic = {a_plus = "0.5 nA", a_minus = "0.6 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "10 nA"}
[synapse.many]
from = "cue"
to = "many"
kind = "delta"
weight = "0.5 mV"
plastic = {a_plus = "0.1 mV", a_minus = "0.1 mV", tau_plus = "20 ms", tau_minus = "20 ms", max = "1 mV"}
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n2"
width = "5 ms"
`), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	b := sessiontest.Open(t, cfg, new(neuron.VirtualClock), session.Options{})
	b.Virtual.Knobs["volume"].Set(1)
	b.Run(t, 1000)
	s := b.Session.Summary()
	var out bytes.Buffer
	if err := summary.Text(&out, s, false); err != nil {
		t.Fatal(err)
	}
	want := `1 s of model time in 1 s
many       3815 spikes of 50 neurons, mean 76.3 Hz; no prediction: a population of 50 neurons
n2         6 spikes, 6 Hz; no prediction: synapses act on it
input      cue: 3 spikes
synapse    cue: gain 1 (knob volume at 100 %)
synapse    cue: weight 10 nA
synapse    many: weights from 0.4812 to 1 mV, mean 0.7602
synapses   153 arrivals
led        3 pulses on GPIO17; 3 spikes came during a pulse of 5 ms and made it longer
ticks      on time
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	f := summary.Of(s)
	if n := f.Neurons[0]; n.Neurons != 50 || n.RateHz != 76.3 || n.RealTimeHz != 76.3 || f.Synapses[0].Gain != 1 || f.Synapses[1].Pairs != 50 || f.Synapses[1].Arrivals != 150 || f.SpikeInputs[0].Spikes != 3 || len(s.Inputs) != 2 {
		t.Errorf("got %+v, want the means of the population and 150 arrivals", f)
	}
}

func TestLogOfAReloadHasDroppedArrivals(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	b.Run(t, 100)
	for dropped, want := range map[int64]bool{0: false, 26: true} {
		var out bytes.Buffer
		summary.Log(slog.New(slog.NewTextHandler(&out, nil)), b.Session.Summary(), dropped)
		if got := strings.Contains(out.String(), " arrivals_dropped=26 "); got != want {
			t.Errorf("%d dropped: got %s", dropped, out.String())
		}
	}
}
