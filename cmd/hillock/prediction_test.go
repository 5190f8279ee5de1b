package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"hillock/hw/clock"
	"hillock/hw/sim"
)

// What has no closed form has no prediction, and no display makes one up.
func TestEveryDisplayGivesTheSamePrediction(t *testing.T) {
	t.Parallel()
	_, stop := reportRequests() // what listens to signals lives longer than the bubble
	stop()
	for _, tt := range []struct {
		name    string
		sets    []string
		log     string
		text    string // of the status and the screen
		summary string // a line of it
	}{
		{"a steady current", nil, " predicted_hz=71.942 ", "predicted 71.9 Hz", "predicted  107 spikes, one every 13.9 ms (71.94 Hz) at 1.999 nA\n"},
		{"a noisy membrane", []string{"neuron.n1.sigma=5 mV"}, ` no_prediction="the membrane has noise" `,
			"no prediction: the membrane has noise", "no prediction: the membrane has noise\n"},
		{"a noisy current", []string{"input.made.driver=wave", "input.made.shape=noise", "neuron.n1.input=made"}, ` no_prediction="the current has noise" `,
			"no prediction: the current has noise", "no prediction: the current has noise\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBenchOn(t, clock.New(), tt.sets...)
				b.loop.Ticks = 1500
				var out bytes.Buffer
				cmd := new(cobra.Command)
				cmd.SetErr(&out)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- b.view.log(ctx, cmd) }()
				if _, err := b.loop.Run(ctx); err != nil {
					t.Error(err)
				}
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if !strings.Contains(out.String(), tt.log) || strings.Count(out.String(), "predict") != 1 {
					t.Errorf("log: got\n%s\nwant%sand no other prediction", out.String(), tt.log)
				}
				if got := b.view.status(&b.view.now); !strings.Contains(got, "("+tt.text+")") {
					t.Errorf("status: got %s, want (%s)", got, tt.text)
				}
				if got := b.shown(); !strings.Contains(got, "  "+tt.text) || strings.Count(got, "predict") != 1 {
					t.Errorf("screen: got\n%s\nwant %s", got, tt.text)
				}
				st := newOnWeb(&leg{view: b.view, loop: b.loop}).Status().Neurons[0]
				if (st.Predicted != nil) != (st.NoPrediction == "") || st.NoPrediction != "" && "no prediction: "+st.NoPrediction != tt.text {
					t.Errorf("page: got %v, %q, want %s", st.Predicted, st.NoPrediction, tt.text)
				}
				s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
				var text bytes.Buffer
				if err := s.text(&text, b.cfg, nil); err != nil || !strings.Contains(text.String(), tt.summary) || strings.Count(text.String(), "predict") != 1 {
					t.Errorf("summary: got %v and\n%s\nwant %s", err, text.String(), tt.summary)
				}
			})
		})
	}
}

// What precedes the first reading of an input is no change of its current, and its steps count as they were.
func TestAPredictionBeginsWithTheFirstReading(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		sets   []string
		after  time.Duration // when the part is there
		reason string
	}{
		{"at once", nil, 0, ""},
		{"after 40 ms", nil, 40 * ms, ""},
		{"after the input was lost", nil, 700 * ms, ""},
		{"a pacemaker", []string{"neuron.n1.e_l=-50 mV"}, 40 * ms, ""},
		{"never", nil, time.Hour, "an input gave no reading"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBenchOn(t, clock.New(), append([]string{"input.slow.driver=ads1115", "neuron.n1.input=slow"}, tt.sets...)...)
				defer b.board.Close()
				if tt.after > 0 {
					b.virtual.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.EIO})
					time.AfterFunc(tt.after, func() { b.virtual.I2C(1).SetFaults(sim.I2CFaults{}) })
				}
				b.loop.Ticks = 2000
				if _, err := b.loop.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				s := summarize(b.cfg, b.loop.Cells, b.board, b.view.monitor)
				if s.NoPrediction != tt.reason {
					t.Fatalf("got %q, want %q", s.NoPrediction, tt.reason)
				}
				if tt.reason == "" && (*s.PredictedSpikes != s.Spikes || s.Spikes < 50) {
					t.Errorf("got %d spikes predicted, %d counted, want the same, at least 50", *s.PredictedSpikes, s.Spikes)
				}
			})
		})
	}
}

// What runs in the model's time alone has no prediction either.
func TestNoPredictionOfNoiseInModelTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"sim", "--current", "2 nA", "--set", "neuron.n1.sigma=5 mV"}, "\nno prediction: the membrane has noise\n"},
		{[]string{"sim", "--set", "neuron.n1.sigma=5 mV"}, "\nno prediction: the membrane has noise\n"},
		{[]string{"fi", "--points", "3", "--set", "neuron.n1.sigma=5 mV", "--csv", filepath.Join(t.TempDir(), "fi.csv")}, "\nrheobase 1.5 nA; no prediction: the membrane has noise\n"},
	} {
		if out, errOut, err := hillock(t.Context(), tt.args...); err != nil || !strings.Contains(out+errOut, tt.want) || strings.Count(out+errOut, "predict") != 1 {
			t.Errorf("%q: got %v, %s and\n%s\nwant %s", tt.args, err, errOut, out, tt.want)
		}
	}
}
