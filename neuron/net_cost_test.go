package neuron

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// parts returns the tables and the synapses of n neurons that fire at 3 to 20 Hz: four of five excite, the others inhibit. Each
// neuron has synapses from inDegree others. The neurons are in tables of the given size.
func parts(n, inDegree, table int) (cells []*Cell, synapses []Synapse) {
	p := LIF{TauM: 20, EL: -49, VT: -50, VReset: -60, RM: 10, TRef: 5, DT: 0.1, TauW: 100}
	r := rand.New(rand.NewPCG(uint64(n), uint64(inDegree)))
	for first := 0; first < n; first += table {
		g := newLIFGroup(p, min(table, n-first))
		for k := range g.v {
			g.v[k] = -60 + 10*r.Float64()
		}
		cells = append(cells, &Cell{Name: fmt.Sprint("n", first), Neuron: &single{Group: g}})
	}
	excites := Synapse{Name: "excites", Kind: Exp, Weight: 0.4, Tau: 5, Delay: 10}
	inhibits := Synapse{Name: "inhibits", Kind: Exp, Weight: -1.8, Tau: 10, Delay: 10}
	targets := make([][]int32, n)
	for to := range n {
		for range min(inDegree, n-1) {
			from := (to + 1 + r.IntN(n-1)) % n // some sources have two synapses onto a target
			targets[from] = append(targets[from], int32(to))
		}
	}
	for from := range n {
		s := &excites
		if from%5 == 4 {
			s = &inhibits
		}
		s.From, s.Targets = append(s.From, int32(from)), append(s.Targets, targets[from])
	}
	return cells, []Synapse{excites, inhibits}
}

// BenchmarkNet shows how the cost of a step grows with the number of neurons, each with 20 synapses.
func BenchmarkNet(b *testing.B) {
	for _, size := range []struct{ n, table int }{
		{1, 1}, {10, 10}, {10, 1}, {100, 100}, {100, 1}, {1000, 1000}, {1000, 1}, {10_000, 10_000},
	} {
		b.Run(fmt.Sprintf("%d-neurons-in-%d-tables", size.n, (size.n+size.table-1)/size.table), func(b *testing.B) {
			cells, synapses := parts(size.n, 20, size.table)
			l := Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Cells: cells, Net: NewNet(0.1, cells, nil, synapses), Ticks: 200}
			if _, err := l.Run(context.Background()); err != nil { // the start is more synchronous
				b.Fatal(err)
			}
			for _, c := range cells {
				c.Spikes = 0
			}
			l.Ticks = int64(b.N)
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := l.Run(context.Background()); err != nil {
				b.Fatal(err)
			}
			spikes, steps := int64(0), float64(b.N*10)
			for _, c := range cells {
				spikes += c.Spikes
			}
			step := float64(b.Elapsed().Nanoseconds()) / steps
			b.ReportMetric(step, "ns/step")
			b.ReportMetric(step/float64(size.n), "ns/step/neuron")
			b.ReportMetric(float64(spikes)/float64(size.n)/(steps*1e-4), "Hz")
		})
	}
}

// A tick allocates nothing: with each kind of synapse, plasticity, noise, adaptation, a spike input and a knob as a gain.
func TestTicksOfANetDoNotAllocate(t *testing.T) {
	cells, synapses := parts(100, 20, 50)
	adapts := &Cell{Name: "adapts", Count: 3, Neuron: &single{Group: newLIFGroup(LIF{TauM: 10, EL: -70, VT: -55, VReset: -70, RM: 10, DT: 0.1, Sigma: 1, B: 0.1, TauW: 100}, 3)}}
	cells = append(cells, adapts)
	all := Synapse{Weight: 2, Delay: 7, From: []int32{0, 1, 103}, Targets: [][]int32{{100, 101}, {102}, {100, 101, 102}}}
	alpha, delta, plastic := all, all, all
	alpha.Name, alpha.Kind, alpha.Tau = "alpha", Alpha, 5
	delta.Name, delta.Kind, delta.Gain = "delta", Delta, Gain{Input: fixed(1), Low: 0, High: 2}
	plastic.Name, plastic.Tau, plastic.Plastic = "plastic", 5, &STDP{APlus: 0.5, AMinus: 0.6, TauPlus: 20, TauMinus: 20, Max: 10}
	for _, c := range cells {
		c.Inputs, c.Outputs = []Input{fixed(0)}, []Output{idle{}}
	}
	l := Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Cells: cells, Ticks: 5000, Observers: []Observer{nothing{}},
		Net: NewNet(0.1, cells, []Source{{Name: "random", Train: Poisson{Rate: 200, DT: 0.1}}}, append(synapses, alpha, delta, plastic))}
	run := func() {
		if _, err := l.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	run() // the lists of spikes grow at first
	l.Ticks = 1
	few := testing.AllocsPerRun(10, run)
	l.Ticks = 1000
	many := testing.AllocsPerRun(10, run)
	for _, c := range cells {
		if c.Spikes == 0 {
			t.Errorf("%s: got no spikes", c.Name)
		}
	}
	if many > few {
		t.Errorf("got %g allocations in 1000 ticks and %g in one, want no more", many, few)
	}
}
