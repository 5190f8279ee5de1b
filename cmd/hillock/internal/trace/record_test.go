package trace

import (
	"math"
	"testing"

	"hillock/neuron"
)

// A record holds the steps read in time, counts the others, and measures rates anew after ForgetRates.
func TestRecordOfTwoCells(t *testing.T) {
	tap := neuron.NewTap(2, 1<<12)
	r := NewRecord(tap, []Window{NewWindow(0.1, neuron.Default()), NewWindow(0.1, neuron.Default())})
	p := neuron.Default()
	p.TRef = 2
	made := func(p neuron.LIF, from neuron.Neuron) neuron.Neuron {
		t.Helper()
		n, err := neuron.New(p)
		if err != nil {
			t.Fatal(err)
		}
		n.Continue(from)
		return n
	}
	n, other := made(neuron.Default(), nil), made(p, nil)
	step, spikes := int64(0), [2]int64{}
	run := func(steps int, all bool) {
		for range steps {
			step++
			for i, c := range []neuron.Neuron{n, other} {
				s := neuron.Sample{Step: step, Current: 2}
				s.Spiked = c.Step(c.Drive(2))
				if s.V = c.V(); s.Spiked {
					spikes[i]++
				}
				tap.Step(s)
			}
			if all && step%1000 == 0 {
				r.Look(func(int64, int64, []Cell) {})
			}
		}
	}
	rates := func(want [2]float64, missed int64) {
		t.Helper()
		r.Look(func(next, m int64, cells []Cell) {
			if next != step+1 || m != missed {
				t.Errorf("got the step to come %d and %d missed, want %d and %d", next, m, step+1, missed)
			}
			for i := range cells {
				p := cells[i].Rates.Points()
				if len(p) != 1 || math.Abs(p[0].Rate-want[i]) > 1e-9 {
					t.Errorf("cell %d: got the rates %v, want %g Hz", i, p, want[i])
				}
				if missed == 0 {
					if got := len(cells[i].Train.Between(1, step+1)); int64(got) != spikes[i] {
						t.Errorf("cell %d: got %d spikes, want %d", i, got, spikes[i])
					}
				}
			}
		})
	}
	run(20_000, true)
	rates([2]float64{neuron.Default().DiscreteRate(2), p.DiscreteRate(2)}, 0)
	slow := neuron.Default()
	slow.TauM, p.TauM = 20, 20
	n, other = made(slow, n), made(p, other)
	r.Measure([]neuron.Params{slow, p})
	run(20_000, true)
	rates([2]float64{slow.DiscreteRate(2), p.DiscreteRate(2)}, 0)
	run(10_000, false)
	rates([2]float64{slow.DiscreteRate(2), p.DiscreteRate(2)}, 10_000-(1<<12-1))
}
