package neuron

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestCuba(t *testing.T) {
	p := LIF{TauM: 20, EL: -49, VT: -50, VReset: -60, RM: 10, TRef: 5, DT: 0.1}
	r := rand.New(rand.NewPCG(1, 1))
	e, i := newLIFGroup(p, 3200), newLIFGroup(p, 800)
	for _, g := range []*lifGroup{e, i} {
		for k := range g.v {
			g.v[k] = -60 + 10*r.Float64()
		}
	}
	graph := func(first, n int32) (s Synapse) {
		for f := first; f < first+n; f++ {
			var targets []int32
			for to := range int32(4000) {
				if r.Float64() < 0.02 {
					targets = append(targets, to)
				}
			}
			s.From, s.Targets = append(s.From, f), append(s.Targets, targets)
		}
		s.Delay = 1
		return s
	}
	ex, in := exp(graph(0, 3200), 0.162, 5), exp(graph(3200, 800), -0.9, 10)
	ex.Name, in.Name = "e", "i"
	net := NewNet(0.1, []*Cell{{Name: "e", Neuron: &single{Group: e}}, {Name: "i", Neuron: &single{Group: i}}}, nil, []Synapse{ex, in})
	last := make([]float64, 4000)
	n := make([]float64, 4000)
	sum, sq := make([]float64, 4000), make([]float64, 4000)
	begin := time.Now()
	const steps = 100000
	count := 0
	cur := []float64{0, 0}
	for s := 1; s <= steps; s++ {
		net.Step(cur)
		for g := range 2 {
			for _, k := range net.Spiked(g) {
				k += int32(3200 * g)
				count++
				if last[k] > 0 {
					d := float64(s) - last[k]
					n[k]++
					sum[k] += d
					sq[k] += d * d
				}
				last[k] = float64(s)
			}
		}
	}
	cpu := time.Since(begin).Seconds()
	cv, m := 0.0, 0.0
	for k := range n {
		if n[k] > 10 {
			mean := sum[k] / n[k]
			cv += math.Sqrt(sq[k]/n[k]-mean*mean) / mean
			m++
		}
	}
	t.Logf("%.2f Hz, CV %.3f, %.2f model s per s", float64(count)/4000/(steps*1e-4), cv/m, steps*1e-4/cpu)
}
