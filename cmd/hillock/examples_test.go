package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/config/played"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/neuron"
	"hillock/neuron/wave"
)

// The package installs these examples.
func TestExamplesHaveNoWarnings(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(files) < 2 {
		t.Fatalf("got %v and %v, want two examples or more", files, err)
	}
	said := map[string]string{
		"adex.toml": "1 neuron, 1 input, 1 output", "izhikevich.toml": "1 neuron, 1 input, 1 output",
		"relay.toml": "2 neurons, 2 synapses, 1 input, 2 outputs", "latch.toml": "2 neurons, 5 synapses, 2 inputs, 2 outputs", "running-light.toml": "8 neurons, 9 synapses, 1 input, 8 outputs",
		"coincidence.toml": "3 neurons, 4 synapses, 2 inputs, 3 outputs", "jeffress.toml": "7 neurons, 12 synapses, 2 inputs, 7 outputs", "xor.toml": "4 neurons, 7 synapses, 2 inputs, 4 outputs",
		"winner-takes-all.toml": "3 neurons, 6 synapses, 3 inputs, 3 outputs", "lateral-inhibition.toml": "8 neurons, 14 synapses, 2 inputs, 8 outputs",
		"retina.toml": "8 neurons, 14 synapses, 8 inputs, 8 outputs", "half-centre.toml": "2 neurons, 2 synapses, 1 input, 2 outputs", "ring-attractor.toml": "8 neurons, 64 synapses, 3 inputs, 8 outputs",
		"oscilloscope.toml": "1 neuron, 1 input, 2 outputs", "reflex-arc.toml": "4 neurons, 4 synapses, 2 inputs, 4 outputs", "pavlov.toml": "3 neurons, 4 synapses, 2 inputs, 3 outputs", "cuba.toml": "4000 neurons, 319314 synapses, 1 input, 8 outputs",
		"room.toml":        "1 neuron, 1 synapse, 1 input, 1 output\nnet: class 9b, board its host name, broker a hub found on this network, batches of 50 ms\nboard mara: 1 synapse from n1, delay 250 ms",
		"tap.toml":         "2 neurons, 2 synapses, 1 input, 2 outputs\ninput.button: a spike acts one tick after its edge: 1 ms\nnet: class 9b, board its host name, broker a hub found on this network, batches of 50 ms\nboard mara: 1 synapse from touch, delay 250 ms",
		"ads1115.toml":     "1 neuron, 1 input, 1 output",
		"no-adc.toml":      "1 neuron, 1 input, 1 output",
		"noise.toml":       "2 neurons, 2 inputs, 2 outputs",
		"recorded.toml":    "1 neuron, 1 input, 2 outputs",
		"shows.toml":       "1 neuron, 1 input, 4 outputs",
		"clicks.toml":      "1 neuron, 1 input, 2 outputs",
		"needle.toml":      "1 neuron, 1 input, 2 outputs",
		"oracle.toml":      "1 neuron, 1 input, 2 outputs",
		"two-neurons.toml": "2 neurons, 2 inputs, 2 outputs",
		"button.toml":      "2 neurons, 2 synapses, 1 input, 2 outputs\ninput.touch: a spike acts one tick after its edge: 1 ms",
		"wire.toml":        "2 neurons, 2 synapses, 2 inputs, 2 outputs\ninput.wire: a spike acts one tick after its edge: 1 ms, 50 us of model time; pulses of output.red stay apart up to 377.3 Hz",
		"left.toml":        "1 neuron, 1 synapse, 2 inputs, 1 output\ninput.right: a spike acts one tick after its edge: 1 ms",
		"right.toml":       "1 neuron, 1 synapse, 2 inputs, 1 output\ninput.left: a spike acts one tick after its edge: 1 ms",
		"lui.toml":         "2 neurons, 1 synapse, 2 inputs, 2 outputs\ninput.lui: a spike acts one tick after its edge: 1 ms",
		"spikeling.toml":   "2 neurons, 1 synapse, 2 inputs, 2 outputs\ninput.spikeling: a spike acts one tick after its edge: 1 ms",
	}
	for _, file := range files {
		out, warnings, err := hillock(t.Context(), "config", "check", file)
		if err != nil || warnings != "" {
			t.Errorf("%s: got %v and %q, want neither error nor warning", file, err, warnings)
		}
		if want := fmt.Sprintf("%s: ok: %s\n", file, said[filepath.Base(file)]); out != want {
			t.Errorf("got %q, want %q", out, want)
		}
	}
}

func TestExamplesCanBeWired(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(files) < 4 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, file := range files {
		table, _, err := hillock(t.Context(), "wiring", file)
		drawing, _, drawErr := hillock(t.Context(), "wiring", file, "--svg", "-")
		if err != nil || drawErr != nil || !strings.HasPrefix(drawing, "<?xml") {
			t.Errorf("%s: got %v, %v and %.20q, want a drawing of one page", file, err, drawErr, drawing)
		}
		cfg, err := config.Load(file, nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range cfg.Outputs {
			for _, pin := range config.Pins(out.Part) {
				if !strings.Contains(table, " "+pin+" ") {
					t.Errorf("%s: got no %s of %s in\n%s", file, pin, out.Name, table)
				}
			}
		}
	}
}

// Each example runs on a virtual Pi for some seconds of its loop.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../deploy/examples/*.toml")
	if err != nil || len(files) < 4 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cfg, err := config.Load(file, []string{"loop.speed=1", "loop.realtime=off"}, part.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			ticks, expected := int64(4000), predicted
			if _, reason := cfg.Neurons[0].Theory(); len(cfg.Synapses) > 0 || reason != "" && cfg.Neurons[0].Model().Name != "lif" {
				expected = simulatedCounts
			}
			if filepath.Base(file) == "cuba.toml" {
				ticks = 100
			}
			want := expected(t, cfg, ticks)
			synctest.Test(t, func(t *testing.T) {
				s := ran(t, cfg, ticks)
				for _, n := range s.Spiked {
					if w := want[n.Name]; math.Abs(float64(n.Spikes)-w.spikes) > w.tolerance*w.spikes {
						t.Errorf("%s: got %d spikes, want %g", n.Name, n.Spikes, w.spikes)
					}
				}
				for _, out := range s.Pulsed {
					if w, ok := want[out.Neuron]; ok && w.spikes > 0 && out.Pulses == 0 || out.Failed > 0 {
						t.Errorf("%s: got %+v, want pulses", out.Name, out)
					}
				}
			})
		})
	}
}

// A knob that is up starts the light of a room, and starts it again after its end. A light that comes round sooner is the only one. Here the
// neuron is the whole room: its spike comes back to it.
func TestLightOfTheRoomStartsAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ current, round, want string }{
		{"1.2 nA", "750 ms", "step,neuron\n"},
		{"3 nA", "3 s", "step,neuron\n69315,n1\n99315,n1\n129315,n1\n"},
		{"3 nA", "6.9 s", "step,neuron\n69315,n1\n138315,n1\n"},
		{"3 nA", "10 s", "step,neuron\n69315,n1\n138680,n1\n"}, // its own second spike
	} {
		out, _, err := hillock(t.Context(), "sim", exampleFile("room"), "--current", tt.current, "--format", "spikes", "--duration", "14s",
			"--set", "synapse.before.from=n1", "--set", "synapse.before.self=true", "--set", "synapse.before.delay="+tt.round)
		if got := withoutTimes(out); err != nil || got != tt.want {
			t.Errorf("%s, a round of %s: got %v and %q, want %q", tt.current, tt.round, err, got, tt.want)
		}
	}
}

// ran runs a configuration on a virtual Pi.
func ran(t *testing.T, cfg *config.Config, ticks int64) *session.Summary {
	t.Helper()
	v, err := board.NewVirtual(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	run, err := session.Open(t.Context(), cfg, session.Hardware{Pi: v, Virtual: v}, session.Options{Clock: clock.New()})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	run.Loop().Ticks = ticks
	if _, err := run.Loop().Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return run.Summary()
}

// A spikeCount is a number of spikes with a relative tolerance.
type spikeCount struct{ spikes, tolerance float64 }

// predicted returns the numbers of spikes of neurons without synapses, by the theory.
func predicted(t *testing.T, cfg *config.Config, ticks int64) map[string]spikeCount {
	want := map[string]spikeCount{}
	for _, n := range cfg.Neurons {
		w := spikeCount{float64(n.Params.(neuron.LIF).SpikeCount(5*0.4, 10*ticks)), 0.1} // all knobs rest at 0.4 of 5 nA
		switch filepath.Base(cfg.File) {
		case "recorded.toml":
			w = spikeCount{float64(replayed(t, cfg, int(ticks))), 0}
		case "noise.toml":
			w.tolerance = 0.3
		}
		if w.spikes < 100 {
			t.Errorf("%s: got a theory of %g spikes, want 100 or more", n.Name, w.spikes)
		}
		want[n.Name] = w
	}
	return want
}

// simulatedCounts returns the numbers of spikes that sim gives: by table of neurons, and by member. Without a knob run has the same; a
// knob of the virtual Pi rests at code 409 of 1023, below 0.4.
func simulatedCounts(t *testing.T, cfg *config.Config, ticks int64) map[string]spikeCount {
	tolerance := 0.0
	if len(cfg.Ports()) > 0 {
		tolerance = 0.05
	}
	want := map[string]spikeCount{}
	steps := parsed(t, simulated(t, cfg.File, int(ticks), "loop.speed=1"))
	if filepath.Base(cfg.File) == "wire.toml" { // sim has no wire: each spike of n1 makes n2 spike once
		steps["n2"] = steps["n1"]
	}
	for name, steps := range steps {
		n := float64(len(steps))
		want[name] = spikeCount{n, tolerance}
		if table := config.TableOf(name); table != name {
			want[table] = spikeCount{want[table].spikes + n, tolerance}
		}
	}
	return want
}

// replayed returns the number of spikes under a recorded current in a number of 1 ms ticks.
func replayed(t *testing.T, cfg *config.Config, ticks int) (spikes int64) {
	t.Helper()
	r, err := wave.Load(filepath.Join(filepath.Dir(cfg.File), cfg.Inputs[0].Part.(played.Recorded).File))
	if err == nil {
		r, err = r.Repeated()
	}
	if err != nil {
		t.Fatal(err)
	}
	n, err := neuron.New(cfg.Neurons[0].Params)
	if err != nil {
		t.Fatal(err)
	}
	for tick := range ticks {
		drive := n.Drive(r.Current(time.Duration(tick) * ms))
		for range 10 {
			if n.Step(drive) {
				spikes++
			}
		}
	}
	return spikes
}
