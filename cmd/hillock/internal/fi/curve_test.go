package fi

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/config"
	"hillock/neuron"
)

// measured returns the measured curve of a neuron.
func measured(t *testing.T, p neuron.LIF, from, to float64, points int, duration time.Duration) *Curve {
	t.Helper()
	dt := time.Duration(math.Round(p.DT * 1e6))
	c := &Curve{Neuron: config.Neuron{Name: "n1", Params: p}, DT: dt, Steps: int64(duration / dt), Currents: Decimals(from, to, points)}
	if err := c.Measure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// neurons returns neurons with different parameters.
func neurons() map[string]neuron.LIF {
	with := func(change func(*neuron.LIF)) neuron.LIF {
		p := neuron.Default()
		change(&p)
		return p
	}
	return map[string]neuron.LIF{
		"default":    neuron.Default(),
		"refractory": with(func(p *neuron.LIF) { p.TRef = 5 }),
		"pacemaker":  with(func(p *neuron.LIF) { p.EL = -50 }),
		"deep reset": with(func(p *neuron.LIF) { p.VReset = -90 }),
		"high reset": with(func(p *neuron.LIF) { p.VReset = -57 }),
		"coarse":     with(func(p *neuron.LIF) { p.DT = 4 }),
	}
}

func TestFICSVReadsBackToTheSameBits(t *testing.T) {
	c := measured(t, neuron.Default(), 1.0/3, 10.0/3, 7, time.Second/3)
	var b strings.Builder
	if err := c.CSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got, want [][4]float64
	for i, current := range c.Currents {
		want = append(want, [4]float64{current, c.rate(i), neuron.Default().DiscreteRate(current), neuron.Default().ExactRate(current)})
		var row [4]float64
		for k := range row {
			if row[k], err = strconv.ParseFloat(rows[i+1][k], 64); err != nil {
				t.Fatal(err)
			}
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestFICountsEqualTheClosedForm(t *testing.T) {
	for name, p := range neurons() {
		// Odd ends keep the grid off ties. The number of steps is no multiple of a tick's.
		c := measured(t, p, -0.713, 7.291, 61, 2_345_600*time.Microsecond)
		fired := false
		for i, current := range c.Currents {
			if want := p.SpikeCount(current, c.Steps); c.spikes[i] != want {
				t.Errorf("%s at %g nA: got %d spikes, want %d", name, current, c.spikes[i], want)
			}
			fired = fired || c.spikes[i] > 0
		}
		if !fired {
			t.Errorf("%s: got no spikes at all", name)
		}
	}
}

func TestFIRunsEveryStep(t *testing.T) {
	// The largest current causes a spike in every step: the spikes count the steps.
	for _, steps := range []int64{1, 2, modeltime.StepsPerTick - 1, modeltime.StepsPerTick, modeltime.StepsPerTick + 1, 3*modeltime.StepsPerTick + 17} {
		c := measured(t, neuron.Default(), 0, neuron.MaxCurrent, 2, time.Duration(steps)*100*time.Microsecond)
		if diff := cmp.Diff([]int64{0, steps}, c.spikes); diff != "" {
			t.Errorf("%d steps (-want +got):\n%s", steps, diff)
		}
	}
}

func TestFIWithinOneSpikeOfTheDiscreteRate(t *testing.T) {
	for name, p := range neurons() {
		if p.VReset > p.Rest() {
			continue // its first spike takes longer than the rest
		}
		c := measured(t, p, 0.017, 9.031, 61, 2*time.Second)
		for i, current := range c.Currents {
			if d := math.Abs(c.rate(i)-p.DiscreteRate(current)) * c.seconds(); !(d < 1) {
				t.Errorf("%s at %g nA: got %g Hz, %g spikes off %g Hz, want less than one", name, current, c.rate(i), d, p.DiscreteRate(current))
			}
		}
	}
}

func TestFISummaryNamesTheLargestDeviation(t *testing.T) {
	c := measured(t, neurons()["high reset"], 0, 5, 6, time.Second)
	c.spikes[0]++ // as a tie might
	want := "rheobase 1.5 nA; spike counts as predicted at 5 of 6 currents; " +
		"largest deviation from the discrete rate 5.67 Hz, at 5 nA: 5.67 spikes in 1 s, because the first spike starts from rest and takes longer"
	if got := c.Summary(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c.Neuron.Name, c.Named = "left", true
	if got := c.Summary(); got != "left: "+want {
		t.Errorf("got  %s\nwant left: %s", got, want)
	}
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		from, to float64
		n        int
		want     []float64
	}{
		{0, 1, 11, []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}},
		{1.4, 2, 4, []float64{1.4, 1.6, 1.8, 2}},
		{-0.3, 0.1, 5, []float64{-0.3, -0.2, -0.1, 0, 0.1}},
		{0, 1, 4, []float64{0, 1.0 / 3, 2.0 / 3, 1}},
		{-1e6, 1e6, 3, []float64{-1e6, 0, 1e6}},
		{1, math.Nextafter(1, 2), 2, []float64{1, math.Nextafter(1, 2)}},
		{-5e-324, 5e-324, 3, []float64{-5e-324, 0, 5e-324}},
	} {
		if diff := cmp.Diff(c.want, Decimals(c.from, c.to, c.n)); diff != "" {
			t.Errorf("%d from %g to %g (-want +got):\n%s", c.n, c.from, c.to, diff)
		}
	}
}

// A neuron without a theory has measured points only.
func TestSweepWithoutATheory(t *testing.T) {
	c := &Curve{Neuron: config.Neuron{Name: "n1", Params: unpredicted{neuron.Default()}}, DT: 100 * time.Microsecond, Steps: 10_000, Currents: []float64{0, 2, 5}}
	if err := c.Measure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var rows, picture bytes.Buffer
	if err := c.CSV(&rows); err != nil || rows.String() != "current_na,rate_hz\n0,0\n2,72\n5,277\n" {
		t.Errorf("got %v and\n%s", err, rows.String())
	}
	if err := c.Chart().Picture(&picture, ".svg"); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"plot": picture.String(), "chart": c.Chart().Text(80, 24)} {
		if !strings.Contains(text, "simulated") || strings.Contains(text, "rheobase") || strings.Contains(text, "equation") {
			t.Errorf("%s: got\n%s\nwant what was simulated, and no theory", name, text)
		}
	}
	if got, want := c.Summary(), "no prediction: there is no closed form"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// unpredicted is a neuron without closed forms.
type unpredicted struct{ neuron.LIF }

func (unpredicted) Theory() (neuron.Theory, string) { return nil, "there is no closed form" }

// Model has no parameters: the embedded neuron keeps its own.
func (unpredicted) Model() neuron.Model { return neuron.Model{Name: "unpredicted"} }
