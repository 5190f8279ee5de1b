package session

import (
	"fmt"
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
	adapts, exact := p, p
	adapts.B, exact.Exact = 0.2, true
	of := func(p neuron.Params) config.Neuron {
		return config.Neuron{Name: "n1", Params: p, Count: 1, Inputs: []string{"a"}}
	}
	many := steady
	many.Count = 80
	beginExact, err := neuron.New(exact)
	if err != nil {
		t.Fatal(err)
	}
	onto := func(names ...string) []config.Synapse {
		return []config.Synapse{{Name: "a", From: []string{"n1"}, To: names}}
	}
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
		name     string
		n        config.Neuron
		inputs   []config.Input
		synapses []config.Synapse
		past     Past
		now      Prediction
		whole    Prediction
		text     string // of the first
	}{
		{"steady", steady, nil, nil, run, Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes}, "predicted 72.5 Hz"},
		{"membrane noise", noisy, wave, nil, changed, Prediction{Reason: "the membrane has noise"}, Prediction{Reason: "the membrane has noise"},
			"no prediction: the membrane has noise"},
		{"noise of its input", steady, wave, nil, varied, Prediction{Reason: "the current has noise"}, Prediction{Reason: "the current has noise"},
			"no prediction: the current has noise"},
		{"noise without amplitude, and of another's input", steady, quiet, nil, run, Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes}, "predicted 72.5 Hz"},
		{"another current", steady, nil, nil, varied, Prediction{Hz: rate}, Prediction{Reason: "the current changed during the run, last to 2 nA"}, "predicted 72.5 Hz"},
		{"no reading", steady, nil, nil, with(func(p *Past) { p.Unread = true }), Prediction{Hz: rate}, Prediction{Reason: "an input gave no reading"}, "predicted 72.5 Hz"},
		{"spikes before the first reading", steady, nil, nil, with(func(p *Past) { p.Spikes = 3 }), Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes + 3}, "predicted 72.5 Hz"},
		{"other parameters", steady, nil, nil, changed, Prediction{Hz: rate}, Prediction{Reason: "the neuron was changed during the run"}, "predicted 72.5 Hz"},
		{"exact", of(exact), nil, nil, with(func(p *Past) { p.Begin = beginExact }), Prediction{Hz: exact.DiscreteRate(2)},
			Prediction{Hz: exact.DiscreteRate(2), Spikes: exact.SpikeCount(2, 20_000)}, fmt.Sprintf("predicted %.1f Hz", exact.DiscreteRate(2))},
		{"adaptation", of(adapts), nil, nil, run, Prediction{Reason: "the neuron adapts"}, Prediction{Reason: "the neuron adapts"}, "no prediction: the neuron adapts"},
		{"adex", of(neuron.Models()[1].Default), nil, nil, run, Prediction{Reason: "the adex model has no closed form"}, Prediction{Reason: "the adex model has no closed form"},
			"no prediction: the adex model has no closed form"},
		{"synapses", steady, nil, onto("n0", "n1"), run, Prediction{Reason: "synapses act on it"}, Prediction{Reason: "synapses act on it"},
			"no prediction: synapses act on it"},
		{"synapses, and noise of the membrane", noisy, nil, onto("n1"), run, Prediction{Reason: "synapses act on it"},
			Prediction{Reason: "synapses act on it"}, "no prediction: synapses act on it"},
		{"synapses onto others", steady, nil, onto("n0", "n11", "n12.1"), run, Prediction{Hz: rate}, Prediction{Hz: rate, Spikes: spikes}, "predicted 72.5 Hz"},
		{"population, and a synapse onto a member", many, nil, onto("n1.3"), run, Prediction{Reason: "a population of 80 neurons"},
			Prediction{Reason: "a population of 80 neurons"}, "no prediction: a population of 80 neurons"},
	} {
		cfg := &config.Config{Inputs: tt.inputs, Synapses: tt.synapses}
		now := Now(tt.n, cfg, tt.past.Current)
		if diff := cmp.Diff(tt.now, now); diff != "" || now.String() != tt.text {
			t.Errorf("%s, now: got %q, want %q (-want +got):\n%s", tt.name, now, tt.text, diff)
		}
		if diff := cmp.Diff(tt.whole, Whole(tt.n, cfg, tt.past)); diff != "" {
			t.Errorf("%s, whole run (-want +got):\n%s", tt.name, diff)
		}
	}
}
