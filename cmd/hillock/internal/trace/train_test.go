package trace

import (
	"math"
	"testing"

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

// The points lie on the curve of the discrete neuron, whatever the current did between them. Each current is held for 100 ms,
// ten times tau_m.
func TestRatesLieOnTheDiscreteCurve(t *testing.T) {
	n, err := neuron.New(neuron.Default())
	if err != nil {
		t.Fatal(err)
	}
	r, step := NewRates(NewWindow(0.1, n.Params())), int64(0)
	hold := func(currents ...float32) {
		for _, current := range currents {
			for range 1000 {
				step++
				r.Add(step, neuron.Moment{Current: current, Spiked: n.Step(n.Drive(float64(current)))})
			}
		}
	}
	since := func(from int64, anew bool, want ...Point) {
		t.Helper()
		got, forgotten := r.Since(from)
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
		if diff := cmp.Diff(want, got, near); diff != "" || forgotten != anew {
			t.Errorf("points since step %d (-want +got), anew %t, want %t:\n%s", from, forgotten, anew, diff)
		}
	}
	hold(2, 1, 3.25, 2, 0.5)
	half, one, two, three := Point{5, 0.5, 0}, Point{10, 1, 0}, Point{20, 2, neuron.Default().DiscreteRate(2)}, Point{33, 3.25, neuron.Default().DiscreteRate(3.25)}
	since(0, true, half, one, two, three)
	since(2001, false, half, two, three)
	since(step+1, false)
	r.forget(step + 1)
	since(step+1, true)
	hold(1)
	since(5001, true, one)
	since(5002, false, one)
}
