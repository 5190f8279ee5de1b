package trace

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

func TestIntervalsSkipMissedSteps(t *testing.T) {
	var train Train
	for _, step := range []int64{100, 240, 379} {
		train.Add(step)
	}
	train.Miss()
	train.Add(5000)
	train.Add(5139)
	for _, tt := range []struct {
		since int64
		want  []int64
	}{{0, []int64{139, 139, 140}}, {240, []int64{139, 139}}, {241, []int64{139}}, {5000, []int64{139}}, {5001, nil}} {
		if diff := cmp.Diff(tt.want, intervals(&train, tt.since).Steps); diff != "" {
			t.Errorf("since step %d (-want +got):\n%s", tt.since, diff)
		}
	}
	if step, ok := train.Last(1); step != 5000 || !ok {
		t.Errorf("got the last but one at %d, %v, want 5000", step, ok)
	}
	if _, ok := train.Last(5); ok {
		t.Error("got a sixth spike of five")
	}
	if mean, cv := spread([]int64{1, 3}); mean != 2 || cv != 0.5 {
		t.Errorf("got mean %g and CV %g of 1 and 3, want 2 and 0.5", mean, cv)
	}
	for step := int64(6000); step < 6000+3*trainLength; step++ {
		train.Add(step)
	}
	if is := intervals(&train, 0); len(is.Steps) != maxIntervals || is.Mean != 1 || is.CV != 0 {
		t.Errorf("got %d intervals of a full ring, mean %g, CV %g; want %d, 1 and 0", len(is.Steps), is.Mean, is.CV, maxIntervals)
	}
}

// Each second of model time has another current, read every 10 steps.
func TestSteadyTellsNoiseFromAChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, tt := range []struct {
		name     string
		currents []float64 // nA
		noise    float64   // nA, standard deviation
		varying  bool
		want     []float64 // begin of the intervals, in seconds
	}{
		{"one current", []float64{2, 2, 2}, 0, false, []float64{0, 0, 0}},
		{"one code of 1023 to and fro", []float64{2, 2.005, 2}, 0, false, []float64{0, 0, 0}},
		{"one key", []float64{2, 2.05, 2.05}, 0, false, []float64{0, 1, 1}},
		{"turned to silence", []float64{2, 1, 1}, 0, false, []float64{0, 1, 1}},
		{"from silence", []float64{1, 1, 2}, 0, false, []float64{0, 0, 2}},
		{"noise of 20 codes", []float64{2, 2, 2}, 0.1, false, []float64{0, 0, 0}},
		{"a turn in noise", []float64{2, 2.5, 2.5}, 0.1, false, []float64{0, 1, 1}},
		{"a wave", []float64{2, 3, 1}, 0.5, true, []float64{0, 0, 0}},
	} {
		n, err := neuron.New(neuron.Default())
		if err != nil {
			t.Fatal(err)
		}
		w := NewWindow(0.1, n.Params())
		w.Varying = tt.varying
		var s steady
		step := int64(0)
		for second, mean := range tt.currents {
			current := mean
			for k := range 10_000 {
				if k%10 == 0 {
					current = mean + tt.noise*rng.NormFloat64()
				}
				step++
				s.add(step, current, n.Step(n.Drive(current)), w)
			}
			if begins := float64(s.since) / 10_000; begins < tt.want[second] || begins > tt.want[second]+0.1 {
				t.Errorf("%s, second %d: got the intervals from %g s on, want %g", tt.name, second, begins, tt.want[second])
			}
		}
	}
}
