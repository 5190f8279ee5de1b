package neuron

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// netOf returns a net of n neurons that fire at 3 to 20 Hz: four of five excite, the others inhibit. Each neuron has synapses from
// inDegree others. The neurons are in tables of the given size.
func netOf(t testing.TB, n, inDegree, table int) (*Net, []*Cell) {
	t.Helper()
	p := LIF{TauM: 20, EL: -49, VT: -50, VReset: -60, RM: 10, TRef: 5, DT: 0.1, TauW: 100}
	r := rand.New(rand.NewPCG(uint64(n), uint64(inDegree)))
	var cells []*Cell
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
		others := r.Perm(n - 1)
		for _, from := range others[:min(inDegree, n-1)] {
			if from >= to {
				from++
			}
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
	return NewNet(p.DT, cells, nil, []Synapse{excites, inhibits}), cells
}

// BenchmarkNet shows how the cost of a step grows with the number of neurons, each with 20 synapses.
func BenchmarkNet(b *testing.B) {
	for _, size := range []struct{ n, table int }{
		{1, 1}, {10, 10}, {10, 1}, {100, 100}, {100, 1}, {1000, 1000}, {1000, 1}, {10_000, 10_000},
	} {
		b.Run(fmt.Sprintf("%d-neurons-in-%d-tables", size.n, (size.n+size.table-1)/size.table), func(b *testing.B) {
			net, cells := netOf(b, size.n, 20, size.table)
			l := Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Cells: cells, Net: net, Ticks: 200}
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

func TestTicksOfANetDoNotAllocate(t *testing.T) {
	net, cells := netOf(t, 100, 20, 50)
	l := Loop{Clock: new(VirtualClock), Tick: time.Millisecond, DT: 100 * time.Microsecond, Speed: 1, Cells: cells, Net: net, Ticks: 5000,
		Observers: []Observer{nothing{}}}
	for _, c := range cells {
		c.Inputs, c.Outputs = []Input{fixed(0)}, []Output{idle{}}
	}
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
	if cells[0].Spikes == 0 || cells[1].Spikes == 0 {
		t.Errorf("got %d and %d spikes, want some", cells[0].Spikes, cells[1].Spikes)
	}
	if many > few {
		t.Errorf("got %g allocations in 1000 ticks and %g in one, want no more", many, few)
	}
}
