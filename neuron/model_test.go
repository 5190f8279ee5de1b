package neuron

import (
	"context"
	"testing"
	"time"
)

// Other packages rely on the description of a model alone.
func TestModelsMatchTheirDescriptions(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Models() {
		if m.Name == "" || m.Title == "" || m.Equation == "" || names[m.Name] {
			t.Errorf("%q: got no name of its own, title or equation", m.Name)
		}
		names[m.Name] = true
		if got := m.Default.Model().Name; got != m.Name {
			t.Errorf("%s: its default is of model %s", m.Name, got)
		}
		keys, steps := map[string]bool{}, 0
		for _, d := range m.Params {
			v, s := d.Of(m.Default), d.Slider
			if keys[d.Key] || d.Symbol == "" || d.Help == "" {
				t.Errorf("%s: %q has no key of its own, symbol or help", m.Name, d.Key)
			}
			keys[d.Key] = true
			if d.Role == Step {
				steps++
			}
			if d.Adjustable != (s.Low < s.High) {
				t.Errorf("%s: %s: adjustable is %t, and the slider goes from %g to %g", m.Name, d.Key, d.Adjustable, s.Low, s.High)
			}
			for _, value := range []float64{s.Low, s.High} {
				if s.Low != s.High && d.rule(value) != "" {
					t.Errorf("%s: the slider of %s goes to %g: %s", m.Name, d.Key, value, d.rule(value))
				}
			}
			if _, ok := m.Param(d.Below); d.Below != "" && !ok {
				t.Errorf("%s: %s must be below %q, an unknown parameter", m.Name, d.Key, d.Below)
			}
			changed := d.With(m.Default, v+1)
			for _, other := range m.Params {
				want := other.Of(m.Default)
				if other.Key == d.Key {
					want = v + 1
				}
				if got := other.Of(changed); got != want {
					t.Errorf("%s: got %s %g after %s was set, want %g", m.Name, other.Key, got, d.Key, want)
				}
			}
		}
		if steps != 1 {
			t.Errorf("%s: got %d integration steps, want one", m.Name, steps)
		}
		n, err := New(m.Default)
		if err != nil {
			t.Fatal(err)
		}
		twin := n.Copy()
		for range 1000 {
			n.Step(n.Drive(3))
		}
		v := n.V()
		twin.Step(twin.Drive(0))
		if n.V() != v || n.Params() != m.Default {
			t.Errorf("%s: the copy is not independent, or the parameters changed", m.Name)
		}
		twin.Continue(n)
		if n.Step(n.Drive(3)); twin.Step(twin.Drive(3)) || twin.V() != n.V() {
			t.Errorf("%s: got V %g mV, want that of the other neuron, %g mV", m.Name, twin.V(), n.V())
		}
		levels := m.Default.Levels()
		if !(levels.Lowest() < levels.Threshold.V && levels.Lowest() <= levels.Rest.V && levels.Lowest() <= levels.Reset.V) {
			t.Errorf("%s: got levels %+v", m.Name, levels)
		}
		if theory, reason := m.Default.Theory(); theory == nil && reason == "" {
			t.Errorf("%s: has no theory, and no reason", m.Name)
		}
	}
}

// counter is a neuron of another model. It adds up its drive and spikes at 10.
type counter struct {
	LIF
	sum float64
}

func (c *counter) Params() Params                { return c.LIF }
func (c *counter) V() float64                    { return c.sum }
func (c *counter) Drive(current float64) float64 { return current }
func (c *counter) Copy() Neuron                  { n := *c; return &n }

func (c *counter) Step(drive float64) (spiked bool) {
	if c.sum += drive; c.sum >= 10 {
		c.sum = 0
		return true
	}
	return false
}

func (c *counter) Continue(from Neuron) {
	if was, ok := from.(*counter); ok {
		c.sum = was.sum
	}
}

// A loop runs neurons of different models together, with and without observers. A new model starts at rest.
func TestLoopRunsAnyModel(t *testing.T) {
	for _, watched := range []bool{false, true} {
		for _, beside := range []bool{false, true} {
			other := &Cell{Name: "n1", Neuron: &counter{LIF: Default()}, Inputs: []Input{fixed(2)}}
			l := &Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: 100, Cells: []*Cell{other}}
			leaky := &Cell{Name: "n2", Neuron: mustNew(t, Default()), Inputs: []Input{fixed(2)}}
			if beside {
				l.Cells = append(l.Cells, leaky)
			}
			seen := &history{}
			if watched {
				l.Observers = []Observer{seen}
			}
			if _, err := l.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			if other.Spikes != 200 || other.First != 5 || other.Last != 1000 {
				t.Errorf("got %d spikes from step %d to %d, want 200 from 5 to 1000", other.Spikes, other.First, other.Last)
			}
			if want := Default().SpikeCount(2, 1000); beside && leaky.Spikes != want {
				t.Errorf("got %d spikes of the other neuron, want %d", leaky.Spikes, want)
			}
			if watched && (seen.all[0].V != 2 || !beside && seen.all[1].V != 4) {
				t.Errorf("got V %g and %g, want 2 and 4", seen.all[0].V, seen.all[1].V)
			}
		}
	}
	l := &Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Ticks: 100,
		Cells: []*Cell{{Name: "n1", Neuron: &counter{LIF: Default(), sum: 9}, Inputs: []Input{fixed(2)}}}}
	if err := l.Adjust([]Params{Default()}, nil, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, want := l.Cells[0].Spikes, Default().SpikeCount(2, 1000); got != want {
		t.Errorf("got %d spikes, want %d: a leaky neuron from rest", got, want)
	}
}
