package session

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/config/played"
	"hillock/neuron"
)

// Each missing prediction has its reason, the graver of two.
func TestPrediction(t *testing.T) {
	p := neuron.Default()
	begin, err := neuron.New(p)
	if err != nil {
		t.Fatal(err)
	}
	steady := config.Neuron{Name: "n1", Params: p, Inputs: []string{"a"}}
	noisy, noise := steady, p
	noise.Sigma = 5
	noisy.Params = noise
	wave := []config.Input{{Name: "a", Part: played.Wave{Shape: "noise", SD: 0.5}}}
	quiet := []config.Input{{Name: "a", Part: played.Wave{Shape: "noise"}}, {Name: "b", Part: wave[0].Part}}
	rate, spikes := p.DiscreteRate(2), p.SpikeCount(2, 20_000)
	run := Past{Begin: begin, Steps: 20_000, Current: 2}
	with := func(change func(*Past)) Past {
		past := run
		change(&past)
		return past
	}
	varied := with(func(p *Past) { p.Varied = true })
	changed := with(func(p *Past) { p.Varied, p.Changed = true, true })
	for _, tt := range []struct {
		name   string
		n      config.Neuron
		inputs []config.Input
		past   Past
		now    Prediction
		whole  Prediction
		text   string // of the first
	}{
		{"steady", steady, nil, run, Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes}, "predicted 72.5 Hz"},
		{"membrane noise", noisy, wave, changed, Prediction{Reason: "the membrane has noise"}, Prediction{Reason: "the membrane has noise"},
			"no prediction: the membrane has noise"},
		{"noise of its input", steady, wave, varied, Prediction{Reason: "the current has noise"}, Prediction{Reason: "the current has noise"},
			"no prediction: the current has noise"},
		{"noise without amplitude, and of another's input", steady, quiet, run, Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes}, "predicted 72.5 Hz"},
		{"another current", steady, nil, varied, Prediction{Hz: rate}, Prediction{Reason: "the current changed during the run, last to 2 nA"}, "predicted 72.5 Hz"},
		{"no reading", steady, nil, with(func(p *Past) { p.Unread = true }), Prediction{Hz: rate}, Prediction{Reason: "an input gave no reading"}, "predicted 72.5 Hz"},
		{"spikes before the first reading", steady, nil, with(func(p *Past) { p.Spikes = 3 }), Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes + 3}, "predicted 72.5 Hz"},
		{"other parameters", steady, nil, changed, Prediction{Hz: rate}, Prediction{Reason: "the neuron was changed during the run"}, "predicted 72.5 Hz"},
	} {
		now := Now(tt.n, tt.inputs, tt.past.Current)
		if diff := cmp.Diff(tt.now, now); diff != "" || now.String() != tt.text {
			t.Errorf("%s, now: got %q, want %q (-want +got):\n%s", tt.name, now, tt.text, diff)
		}
		if diff := cmp.Diff(tt.whole, Whole(tt.n, tt.inputs, tt.past)); diff != "" {
			t.Errorf("%s, whole run (-want +got):\n%s", tt.name, diff)
		}
	}
}
