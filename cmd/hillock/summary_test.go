package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"hillock/hw/clock"
	"hillock/neuron"
)

// What was changed while it ran is in the summary, and spoils the prediction where it has to.
func TestTheSummaryOfARunThatWasChanged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(w *onWeb) error
		sets   string
		want   string // its first lines
	}{
		{"nothing", func(w *onWeb) error { return w.Set("n1", "v_t", -55) }, "loop.speed=1", `
2 s of model time in 2 s
n1         143 spikes in that time, 71.5 Hz
predicted  143 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the speed", func(w *onWeb) error { return w.Set("", "speed", 0.1) }, "loop.speed=1", `
1.1 s of model time in 2 s, at a speed that was changed, last to 0.1
n1         79 spikes in that time, 71.82 Hz (39.5/s on the wall)
predicted  79 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the speed, to life's", func(w *onWeb) error { return w.Set("", "speed", 1) }, "loop.speed=0.1", `
1.1 s of model time in 2 s, at a speed that was changed, last to 1
n1         79 spikes in that time, 71.82 Hz (39.5/s on the wall)
predicted  79 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA
`},
		{"the neuron", func(w *onWeb) error { return w.Set("n1", "v_t", -60) }, "loop.speed=1", `
2 s of model time in 2 s
n1         214 spikes in that time, 107 Hz
no prediction: the neuron was changed during the run
`},
		{"its noise", func(w *onWeb) error { return w.Set("n1", "sigma", 0) }, "neuron.n1.sigma=0.001 mV", `
2 s of model time in 2 s
n1         143 spikes in that time, 71.5 Hz
no prediction: the neuron was changed during the run
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, w := newWebBench(t, tt.sets)
			b.loop.Observers = append(b.loop.Observers, at{1000: func() {
				if err := tt.change(w); err != nil {
					t.Error(err)
				}
			}})
			b.run(t, 2000)
			s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
			var out bytes.Buffer
			if err := s.text(&out, b.view.running(), nil); err != nil {
				t.Fatal(err)
			}
			got, _, _ := strings.Cut(out.String(), "led ")
			if diff := cmp.Diff(tt.want, got); diff != "" || s.Speed != b.view.running().Loop.Speed {
				t.Errorf("got a speed of %g and (-want +got):\n%s", s.Speed, diff)
			}
		})
	}
}

// What the screen says of pulses that run together is of the speed that runs.
func TestNotesAreOfTheSpeedThatRuns(t *testing.T) {
	t.Parallel()
	b, w := newWebBench(t, "output.led.width=20 ms")
	b.run(t, 500)
	if shown := b.shown(); !strings.Contains(shown, "led stays lit") {
		t.Errorf("got\n%s\nwant a word on the pulses that run together", shown)
	}
	if err := w.Set("", "speed", 0.01); err != nil {
		t.Fatal(err)
	}
	if shown := b.shown(); strings.Contains(shown, "led stays lit") {
		t.Errorf("got\n%s\nwant no word of it a hundred times slower", shown)
	}
}

// A tick that was skipped is as long as the model's time would have been when it was due.
func TestWhatWasSkippedHadTheSpeedOfItsTime(t *testing.T) {
	t.Parallel()
	loop := &neuron.Loop{Tick: ms, Speed: 1}
	m := newMonitor(loop)
	m.Tick(neuron.Tick{Due: 101, Skipped: 100}) // before the first one
	loop.Speed = 0.1                            // from this tick on
	m.Tick(neuron.Tick{Due: 152, Skipped: 150, Adjusted: 1})
	m.Tick(neuron.Tick{Due: 453, Skipped: 450, Adjusted: 1})
	var now snapshot
	m.read(&now)
	if want := (skipped{450, 180 * ms}); now.skipped != want || now.speed != 0.1 || !now.changed {
		t.Errorf("got %v at speed %g, changed %t; want %v at 0.1, changed", now.skipped, now.speed, now.changed, want)
	}
}

// The log tells another speed, and from then on the rate on the wall.
func TestTheLogTellsAnotherSpeed(t *testing.T) {
	t.Parallel()
	_, stop := reportRequests() // what listens to signals lives longer than the bubble
	stop()
	synctest.Test(t, func(t *testing.T) {
		b := newBenchOn(t, clock.New())
		w := newOnWeb(b.leg())
		b.loop.Observers = append(b.loop.Observers, at{1500: func() {
			if err := w.Set("", "speed", 0.1); err != nil {
				t.Error(err)
			}
		}})
		b.loop.Ticks = 3500
		var out bytes.Buffer
		cmd := new(cobra.Command)
		cmd.SetErr(&out)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if err := b.view.log(ctx, cmd); err != nil {
				t.Error(err)
			}
		}()
		if _, err := b.loop.Run(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		<-ended
		log := out.String()
		before, after, told := strings.Cut(log, "level=INFO msg=\"the model's speed was changed\" speed=0.1\n")
		if !told || strings.Contains(after, "speed was changed") || strings.Contains(before, "wall_hz") || strings.Count(after, "wall_hz") != 2 {
			t.Errorf("got\n%s\nwant the speed told once, and then the rate on the wall twice", log)
		}
	})
}
