package trace

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

func TestIntervalsKnowWhatWasMissed(t *testing.T) {
	var train Train
	for _, step := range []int64{100, 240, 379} {
		train.Add(step)
	}
	train.Miss()
	train.Add(5000)
	train.Add(5139)
	if diff := cmp.Diff([]int64{139, 139, 140}, train.Intervals(10)); diff != "" {
		t.Errorf("intervals (-want +got):\n%s", diff)
	}
	if step, ok := train.Last(1); step != 5000 || !ok {
		t.Errorf("got the last but one at %d, %v, want 5000", step, ok)
	}
	if _, ok := train.Last(5); ok {
		t.Error("got a sixth spike of five")
	}
	if mean, cv := Spread([]int64{1, 3}); mean != 2 || cv != 0.5 {
		t.Errorf("got mean %g and CV %g of 1 and 3, want 2 and 0.5", mean, cv)
	}
	for step := int64(6000); step < 6000+3*trainLength; step++ {
		train.Add(step)
	}
	if got := train.Intervals(2 * trainLength); len(got) != trainLength-1 || got[0] != 1 {
		t.Errorf("got %d intervals of a full ring, want %d", len(got), trainLength-1)
	}
}

// The points lie on the curve of the discrete neuron, whatever the current did between them.
func TestRatesLieOnTheDiscreteCurve(t *testing.T) {
	const dt = 100 * time.Microsecond
	n, err := neuron.New(neuron.Default())
	if err != nil {
		t.Fatal(err)
	}
	r, step := NewRates(0.1, dt), int64(0)
	for _, current := range []float32{2, 1, 3.25, 2, 0.5} {
		for range 25_000 {
			step++
			r.Add(step, neuron.Moment{Current: current, Spiked: n.Step(n.Drive(float64(current)))})
		}
	}
	want := []Point{{0.5, 0}, {1, 0}, {2, neuron.Default().DiscreteRate(2)}, {3.25, neuron.Default().DiscreteRate(3.25)}}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	if diff := cmp.Diff(want, r.Points(dt), near); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}
