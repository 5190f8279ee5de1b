package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"hillock/config"
	"hillock/neuron"
)

// unpredicted is a neuron that nobody has a closed form of.
type unpredicted struct{ neuron.LIF }

func (unpredicted) Theory() (neuron.Theory, string) { return nil, "there is no closed form" }

// Model has no parameters: those of the other are of another struct.
func (unpredicted) Model() neuron.Model { return neuron.Model{Name: "unpredicted"} }

// A sweep of a neuron without a theory has its measured points, and nothing made up beside them.
func TestSweepWithoutATheory(t *testing.T) {
	c := &fiCurve{neuron: config.Neuron{Name: "n1", Params: unpredicted{neuron.Default()}}, dt: 100 * time.Microsecond, steps: 10_000, currents: []float64{0, 2, 5}}
	if err := c.measure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var rows, picture bytes.Buffer
	if err := c.csv(&rows); err != nil || rows.String() != "current_na,rate_hz\n0,0\n2,72\n5,277\n" {
		t.Errorf("got %v and\n%s", err, rows.String())
	}
	if err := c.plot(&picture, ".svg"); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"plot": picture.String(), "chart": c.chart(80, 24).String()} {
		if !strings.Contains(text, "simulated") || strings.Contains(text, "rheobase") || strings.Contains(text, "equation") {
			t.Errorf("%s: got\n%s\nwant what was simulated, and no theory", name, text)
		}
	}
	if got, want := c.summary(), "no prediction: there is no closed form"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The page draws no curve where there is none.
func TestPageWithoutATheory(t *testing.T) {
	cfg := config.Default()
	cfg.Neurons[0].Params = unpredicted{neuron.Default()}
	b := newBench(t)
	for _, p := range curve(cfg, b.board, cfg.Neurons[0]) {
		if p.Exact != nil || p.Discrete != nil {
			t.Fatalf("got a rate at %g nA, want none", p.I)
		}
	}
	if got := described(cfg.Neurons[0]); got.Rheobase != nil || got.Threshold.V != -55 {
		t.Errorf("got %+v, want no rheobase, and a threshold", got)
	}
}
