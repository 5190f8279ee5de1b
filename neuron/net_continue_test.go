package neuron

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// busy returns a network of two cells, n1 with three neurons and n2 with one, a train, and synapses of all kinds, one of them
// plastic onto both cells.
func busy(dt float64, order ...int) ([]*Cell, *Net) {
	p := Default()
	p.DT, p.TRef, p.B, p.TauW = dt, 1, 0.05, 50
	q := p
	q.TauM, q.B = 20, 0
	cells := []*Cell{
		{Name: "n1", Neuron: &single{Group: newLIFGroup(p, 3)}, Count: 3},
		{Name: "n2", Neuron: &single{Group: newLIFGroup(q, 1)}, Count: 1},
	}
	Start(cells[0].Neuron, []float64{-70, -62, -58})
	at := func(ms float64) int64 { return int64(math.Round(ms / dt)) }
	all := []Synapse{
		{Name: "a", Kind: Exp, Weight: 1.5, Tau: 5, Delay: at(3), From: []int32{0, 1, 2}, Targets: [][]int32{{1, 3}, {2}, {0, 3}}},
		{Name: "b", Kind: Alpha, Weight: -0.5, Tau: 4, Delay: at(1), From: []int32{3}, Targets: [][]int32{{0, 1, 2}}},
		{Name: "c", Kind: Delta, Weight: 3, Delay: at(2), From: []int32{4}, Targets: [][]int32{{0, 3}}},
		{Name: "d", Kind: Exp, Weight: 1, Tau: 3, Delay: at(4), From: []int32{0, 4}, Targets: [][]int32{{3, 1}, {2, 3}},
			Plastic: &STDP{APlus: 0.1, AMinus: 0.12, TauPlus: 20, TauMinus: 20, Max: 3}},
	}
	var some []Synapse
	for _, i := range order {
		some = append(some, all[i])
	}
	if len(order) == 0 {
		some = all
	}
	return cells, NewNet(dt, cells, []Source{{"cue", Poisson{Seed: 7, Rate: 40, DT: dt}}}, some)
}

// trace runs some steps and returns V of all neurons and their spikes, as text to the bit.
func traceOf(n *Net, steps int) (text []string) {
	for range steps {
		n.Step([]float64{1.9, 1.6})
		line := fmt.Sprintf("%d %v %v", n.now, n.Spiked(0), n.Spiked(1))
		for i := range 3 {
			line += fmt.Sprintf(" %x %x", n.V(0, i), n.Synaptic(0, i))
		}
		text = append(text, line+fmt.Sprintf(" %x %x %x", n.V(1, 0), n.Synaptic(1, 0), n.Weights(len(n.synapses)-1)))
	}
	return text
}

// same returns neurons with the parameters and the state of the cells.
func same(cells []*Cell) (all []Neuron) {
	for _, c := range cells {
		all = append(all, c.Copy())
	}
	return all
}

func listOf(n *Net) (all []Synapse) {
	for _, s := range n.synapses {
		all = append(all, s.Synapse)
	}
	return all
}

func TestContinuedNetStaysTheSame(t *testing.T) {
	_, whole := busy(0.1)
	want := traceOf(whole, 3000)
	for _, at := range []int{1, 17, 1234, 2500} {
		cells, first := busy(0.1)
		got := traceOf(first, at)
		adjusted := first.with(same(cells), listOf(first))
		adjusted.Continue(first)
		half := (3000 - at) / 2
		got = append(got, traceOf(adjusted, half)...)
		again, reloaded := busy(0.1, 3, 1, 0, 2)
		for i, c := range again {
			c.Continue(&single{Group: adjusted.groups[i].Group})
		}
		reloaded.Continue(adjusted)
		got = append(got, traceOf(reloaded, 3000-at-half)...)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("changed after step %d: step %d: got\n%s\nwant\n%s", at, i+1, got[i], want[i])
			}
		}
		if reloaded.Dropped() != 0 {
			t.Errorf("changed after step %d: got %d dropped arrivals, want 0", at, reloaded.Dropped())
		}
	}
}

// sentBy returns the number of arrivals that the spikes of all steps so far should have at the targets of a synapse.
func (n *Net) underWay(name string) (count int64) {
	s := n.synapse(name)
	for step := s.taken + 1; step <= n.now; step++ {
		count += s.arrivals(*n.history.at(step))
	}
	return count
}

func TestChangedDelayLosesNoSpike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cells, n := busy(0.1)
	sent := map[string]int64{}
	count := func(n *Net) {
		for _, s := range n.synapses {
			sent[s.Name] += s.arrivals(*n.history.at(n.now))
		}
	}
	for range 300 {
		for range r.IntN(60) {
			n.Step([]float64{1.9, 1.6})
			count(n)
		}
		list := listOf(n)
		for i := range list {
			list[i].Delay = 1 + r.Int64N(80)
		}
		next := n.with(same(cells), list)
		for i, c := range cells {
			c.Neuron = &single{Group: next.groups[i].Group}
		}
		next.Continue(n)
		n = next
	}
	for i, s := range n.synapses {
		if got, way := n.Arrived(i), n.underWay(s.Name); got+way != sent[s.Name] || way > sent[s.Name]/2 || sent[s.Name] == 0 {
			t.Errorf("%s: got %d arrivals and %d under way, want together the %d sent", s.Name, got, way, sent[s.Name])
		}
	}
	if n.Dropped() != 0 {
		t.Errorf("got %d dropped arrivals, want 0", n.Dropped())
	}
}

func TestRemovedSynapseCountsItsSpikes(t *testing.T) {
	_, n := busy(0.1)
	traceOf(n, 2000)
	for n.underWay("a") == 0 || n.underWay("c") == 0 {
		traceOf(n, 1)
	}
	want := n.underWay("a") + n.underWay("c")
	_, next := busy(0.1, 1, 3)
	next.Continue(n)
	if next.Dropped() != want {
		t.Errorf("got %d dropped arrivals, want %d", next.Dropped(), want)
	}
}

func TestChangedTauKeepsTheCurrent(t *testing.T) {
	cells, n := busy(0.1)
	for n.Synaptic(1, 0) == 0 || n.groups[1].receivers[0].current()[0] == 0 {
		traceOf(n, 1)
	}
	list := listOf(n)
	list[0].Tau = 9
	next := n.with(same(cells), list)
	next.Continue(n)
	if got, want := next.Synaptic(1, 0), n.Synaptic(1, 0); math.Abs(got-want) > 1e-12 {
		t.Errorf("got a synaptic current of %v nA, want %v", got, want)
	}
}

// A reload with a finer step keeps the time that the spikes have been under way.
func TestReloadWithAnotherStepKeepsArrivalTimes(t *testing.T) {
	_, n := busy(0.1)
	traceOf(n, 500)
	for n.underWay("a") == 0 {
		traceOf(n, 1)
	}
	s := n.synapse("a")
	var left int64 // steps of 0.1 ms until the next arrival
	for step := s.taken + 1; left == 0; step++ {
		if s.arrivals(*n.history.at(step)) > 0 {
			left = step + s.Delay - n.now
		}
	}
	_, next := busy(0.02)
	next.Continue(n)
	before := next.Arrived(0)
	var steps int64
	for next.Arrived(0) == before {
		traceOf(next, 1)
		steps++
	}
	if steps != 5*left || next.Dropped() != 0 {
		t.Errorf("got the arrival after %d steps and %d dropped, want %d and 0", steps, next.Dropped(), 5*left)
	}
}

func TestSkippedStepsDropArrivals(t *testing.T) {
	for _, steps := range []int64{1, 7, 25, 400, 100000} {
		_, n := busy(0.1)
		traceOf(n, 1000)
		for n.underWay("a") == 0 {
			traceOf(n, 1)
		}
		before := map[string]int64{}
		var all int64
		for i, s := range n.synapses {
			before[s.Name] = n.Arrived(i) + n.underWay(s.Name)
			all += before[s.Name]
		}
		n.Skip(steps)
		cue := n.sources[0].Train.Count(n.now-steps+1, n.now) * int64(len(n.synapse("c").Targets[0])+len(n.synapse("d").Targets[1]))
		var later int64
		for i, s := range n.synapses {
			later += n.Arrived(i) + n.underWay(s.Name)
		}
		if got := all + cue - later; got != n.Dropped() {
			t.Errorf("%d steps: got %d dropped arrivals, want %d", steps, n.Dropped(), got)
		}
		at := n.Arrived(0)
		quiet := n.synapse("a").Delay // no neuron spiked in the skipped steps: nothing old may arrive twice
		way := n.underWay("a")
		traceOf(n, int(quiet))
		if got := n.Arrived(0) - at; got != way {
			t.Errorf("%d steps: got %d arrivals in the delay after, want %d", steps, got, way)
		}
	}
}

// With an exact integrator the step has no effect on V between spikes, whatever tau is beside tau_m.
func TestExactSynapsesDoNotDependOnTheStep(t *testing.T) {
	for _, kind := range []SynapseKind{Exp, Alpha} {
		for _, tau := range []float64{0.5, 5, 10, 10.0001, 40} {
			at := func(dt float64) (v []float64) {
				p := Default()
				p.Exact, p.DT = true, dt
				cells := []*Cell{{Name: "n1", Neuron: &single{Group: newLIFGroup(p, 1)}}}
				scale := int64(math.Round(0.1 / dt))
				n := NewNet(dt, cells, []Source{{"cue", Steps{10 * scale, 100 * scale}}},
					[]Synapse{{Name: "a", Kind: kind, Weight: 0.4, Tau: tau, Delay: 10 * scale, From: []int32{1}, Targets: [][]int32{{0}}}})
				for step := range 600 * scale {
					if n.Step([]float64{0.3}); (step+1)%scale == 0 {
						v = append(v, n.V(0, 0))
					}
				}
				return v
			}
			coarse, fine := at(0.1), at(0.01)
			worst := 0.0
			for i := range coarse {
				worst = max(worst, math.Abs(coarse[i]-fine[i]))
			}
			if worst > 1e-10 || slices.Max(coarse) < -68 {
				t.Errorf("%s, tau %g ms: got V different by %g mV and at most %g mV, want it equal and above -68", kind, tau, worst, slices.Max(coarse))
			}
		}
	}
}

func TestGainScalesTheWeight(t *testing.T) {
	g := Gain{Low: 1, High: 3}
	for current, want := range map[float64]float64{1: -1, 2: 0, 3: 1, 2.5: 0.5, 9: 1, -9: -1} {
		if got := g.Factor(current); got != want {
			t.Errorf("%g nA: got the factor %g, want %g", current, got, want)
		}
	}
	if got := (Gain{Low: 3, High: 1}).Factor(3); got != -1 {
		t.Errorf("a knob the other way round: got %g, want -1", got)
	}
}

func TestTrainsCountTheirSpikes(t *testing.T) {
	for _, train := range []Train{Steps{3, 9, 10, 4000}, Poisson{Seed: 1, Rate: 250, DT: 0.1}, Poisson{Seed: 2, Rate: 20, DT: 0.1}} {
		var n int64
		for step := int64(5); step <= 100000; step++ {
			if train.Spikes(step) {
				n++
			}
		}
		if got := train.Count(5, 100000); got != n {
			t.Errorf("%v: got %d, want %d", train, got, n)
		}
		if p, ok := train.(Poisson); ok {
			if want := p.Rate * 10; math.Abs(float64(n)-want) > 4*math.Sqrt(want) {
				t.Errorf("%v: got %d spikes in 10 s, want about %g", train, n, want)
			}
		}
	}
	if train := (Poisson{Seed: 3, Rate: 10000, DT: 0.1}); train.Count(1, 1000) != 1000 {
		t.Errorf("a spike in each step: got %d of 1000", train.Count(1, 1000))
	}
}

func TestStepOfANetDoesNotAllocate(t *testing.T) {
	_, n := busy(0.1)
	traceOf(n, 5000)
	currents := []float64{1.9, 1.6}
	if got := testing.AllocsPerRun(5000, func() { n.Step(currents) }); got != 0 {
		t.Errorf("got %g allocations a step, want 0", got)
	}
}
