package trace

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// The points lie on the curve of the discrete neuron. Each current is held for 100 ms, ten times tau_m.
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
