package neuron

import (
	"bytes"
	"fmt"
	"os"
	"testing"
)

// ring, all to one and so on: From and Targets by name of neurons from 1.
func to(from int32, targets ...int32) Synapse {
	return Synapse{From: []int32{from - 1}, Targets: [][]int32{targetsOf(targets)}, Delay: 10}
}

func targetsOf(all []int32) (out []int32) {
	for _, t := range all {
		out = append(out, t-1)
	}
	return out
}

type netTest struct {
	p        LIF
	n        int
	v        []float64
	currents []float64
	steps    int64
	kicks    map[int32]kick // by neuron from 1
	synapses []Synapse
}

type kick struct {
	mV    float64
	steps []int64
}

func (tt netTest) run(t *testing.T) (string, *Net) {
	var cells []*Cell
	var sources []Source
	synapses := tt.synapses
	for i := range synapses {
		synapses[i].Name = fmt.Sprintf("s%02d", i)
	}
	for i := range tt.n {
		g := newLIFGroup(tt.p, 1)
		if tt.v != nil {
			g.v[0] = tt.v[i]
		}
		cells = append(cells, &Cell{Name: fmt.Sprint("n", i+1), Neuron: &single{Group: g}})
	}
	for k, kk := range tt.kicks {
		var steps []int64
		for _, s := range kk.steps {
			steps = append(steps, s-1)
		}
		synapses = append(synapses, Synapse{Name: "kick" + fmt.Sprint(k), Kind: Delta, Weight: kk.mV, Delay: 1,
			From: []int32{int32(tt.n + len(sources))}, Targets: [][]int32{{k - 1}}})
		sources = append(sources, Source{fmt.Sprint("kick", k), Steps(steps)})
	}
	net := NewNet(0.1, cells, sources, synapses)
	currents := make([]float64, tt.n)
	copy(currents, tt.currents)
	var b bytes.Buffer
	b.WriteString("step,neuron\n")
	for s := range tt.steps {
		net.Step(currents)
		for i := range tt.n {
			if len(net.Spiked(i)) > 0 {
				fmt.Fprintf(&b, "%d,n%d\n", s+1, i+1)
			}
		}
	}
	return b.String(), net
}

func exp(s Synapse, weight, tau float64) Synapse {
	s.Kind, s.Weight, s.Tau = Exp, weight, tau
	return s
}

func every(first, period int64, n int) (steps []int64) {
	for i := range n {
		steps = append(steps, first+int64(i)*period)
	}
	return steps
}

func TestNetsAreTheReference(t *testing.T) {
	base := Default()
	base.TRef = 2
	ref5 := base
	ref5.TRef = 5
	xor := func(kicks map[int32]kick) netTest {
		a, b, c, d, e := exp(to(1, 4), 7, 5), exp(to(2, 4), 7, 5), exp(to(1, 3), 4, 5), exp(to(2, 3), 4, 5), exp(to(3, 4), -20, 5)
		a.Delay, b.Delay = 80, 80
		return netTest{p: ref5, n: 4, steps: 20500, kicks: kicks, synapses: []Synapse{a, b, c, d, e}}
	}
	in := kick{30, every(200, 1000, 20)}
	var ring []Synapse
	for i := range int32(8) {
		ring = append(ring, exp(to(i+1, (i+1)%8+1), 16, 2))
	}
	var wta []Synapse
	for i := range int32(3) {
		for j := range int32(3) {
			if i != j {
				wta = append(wta, exp(to(i+1, j+1), -1.5, 10))
			}
		}
	}
	half := base
	half.B, half.TauW = 0.2, 300
	plastic := exp(to(1, 3), 2, 5)
	plastic.Plastic = &STDP{APlus: 0.5, AMinus: 0.6, TauPlus: 20, TauMinus: 20, Max: 10}
	delta := func(at int64) netTest {
		d := to(1, 3)
		d.Kind, d.Weight = Delta, 8
		e := d
		e.From = []int32{1}
		return netTest{p: base, n: 3, steps: 1000, kicks: map[int32]kick{1: {20, []int64{100}}, 2: {20, []int64{at}}}, synapses: []Synapse{d, e}}
	}
	var after []int64
	for _, s := range every(1000, 5000, 20) {
		after = append(after, s+200)
	}
	for name, tt := range map[string]netTest{
		"relay":                  {p: base, n: 2, steps: 1000, kicks: map[int32]kick{1: {20, []int64{10}}}, synapses: []Synapse{exp(to(1, 2), 8, 5)}},
		"ring8":                  {p: ref5, n: 8, steps: 5000, kicks: map[int32]kick{1: {20, []int64{10}}}, synapses: ring},
		"xor_00":                 xor(nil),
		"xor_10":                 xor(map[int32]kick{1: in}),
		"xor_01":                 xor(map[int32]kick{2: in}),
		"xor_11":                 xor(map[int32]kick{1: in, 2: in}),
		"wta":                    {p: base, n: 3, steps: 10000, currents: []float64{2, 2.2, 2.4}, synapses: wta},
		"halfcentre":             {p: half, n: 2, v: []float64{-70, -60}, steps: 30000, currents: []float64{2.5, 2.5}, synapses: []Synapse{exp(to(1, 2), -3, 20), exp(to(2, 1), -3, 20)}},
		"coincidence_delta8_1.3": delta(113),
		"coincidence_delta8_1.4": delta(114),
		"pavlov_20": {p: base, n: 3, steps: 103000, kicks: map[int32]kick{1: {30, every(1000, 5000, 20)}, 2: {30, after}},
			synapses: []Synapse{plastic, exp(to(2, 3), 8, 5)}},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile("testdata/networks/" + name + ".csv")
			if err != nil {
				t.Fatal(err)
			}
			got, net := tt.run(t)
			if got != string(want) {
				t.Errorf("got\n%.200s\nwant\n%.200s", got, want)
			}
			if name == "pavlov_20" {
				for _, s := range net.synapses {
					if s.plastic != nil && s.plastic.weights[0][0] != 5.332258967581564 {
						t.Errorf("got a weight of %v, want 5.332258967581564", s.plastic.weights[0][0])
					}
				}
			}
		})
	}
}
