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
		"ads1115.toml":     "1 neuron, 1 input, 1 output",
		"no-adc.toml":      "1 neuron, 1 input, 1 output",
		"noise.toml":       "2 neurons, 2 inputs, 2 outputs",
		"recorded.toml":    "1 neuron, 1 input, 2 outputs",
		"shows.toml":       "1 neuron, 1 input, 4 outputs",
		"clicks.toml":      "1 neuron, 1 input, 2 outputs",
		"two-neurons.toml": "2 neurons, 2 inputs, 2 outputs",
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
			synctest.Test(t, func(t *testing.T) {
				cfg, err := config.Load(file, []string{"loop.speed=1", "loop.realtime=off"}, part.Kinds())
				if err != nil {
					t.Fatal(err)
				}
				v, err := board.NewVirtual(cfg, nil)
				if err != nil {
					t.Fatal(err)
				}
				run, err := session.Open(t.Context(), cfg, session.Hardware{Pi: v, Virtual: v}, session.Options{Clock: clock.New()})
				if err != nil {
					t.Fatal(err)
				}
				defer run.Close()
				run.Loop().Ticks = 4000
				if _, err := run.Loop().Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				s := run.Summary()
				for i, n := range s.Spiked {
					want, tolerance := cfg.Neurons[i].Params.(neuron.LIF).SpikeCount(5*0.4, s.Tick.Steps), 0.1 // all knobs rest at 0.4 of 5 nA
					switch filepath.Base(file) {
					case "recorded.toml":
						want, tolerance = replayed(t, cfg, 4000), 0
					case "noise.toml":
						tolerance = 0.3
					}
					if math.Abs(float64(n.Spikes-want)) > tolerance*float64(want) || want < 100 {
						t.Errorf("%s: got %d spikes at %g nA, want some %d", n.Name, n.Spikes, n.Current, want)
					}
				}
				for _, out := range s.Pulsed {
					if out.Pulses == 0 || out.Failed > 0 {
						t.Errorf("%s: got %+v, want pulses", out.Name, out)
					}
				}
			})
		})
	}
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
