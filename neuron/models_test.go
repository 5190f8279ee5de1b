package neuron

import "testing"

func spikesOf(g Group, current func(step int) float64, steps int) (at []int) {
	in := []float64{0}
	for s := 1; s <= steps; s++ {
		in[0] = current(s)
		g.Integrate(in)
		if len(g.Fire(nil)) > 0 {
			at = append(at, s)
		}
	}
	return at
}

func TestModels(t *testing.T) {
	for _, tt := range []struct {
		name string
		p    AdEx
		i    float64
	}{
		{"tonic 60: 145 238 332", AdEx{C: 200, GL: 10, EL: -70, VT: -50, DeltaT: 2, A: 2, TauW: 30, B: 0, VReset: -58, DT: 0.1}, 0.5},
		{"adaptation 12: 152 268 415", AdEx{C: 200, GL: 12, EL: -70, VT: -50, DeltaT: 2, A: 2, TauW: 300, B: 0.06, VReset: -58, DT: 0.1}, 0.5},
		{"regular bursting 11: 165 198 254 1573", AdEx{C: 200, GL: 10, EL: -58, VT: -50, DeltaT: 2, A: 2, TauW: 120, B: 0.1, VReset: -46, DT: 0.1}, 0.21},
	} {
		at := spikesOf(tt.p.group(1), func(int) float64 { return tt.i }, 6000)
		t.Log(tt.name, len(at), at[:4])
	}
	for _, tt := range []struct {
		name  string
		p     Izhikevich
		v     float64
		onset int
		i     float64
		n     int
	}{
		{"A 5", Izhikevich{A: .02, B: .2, C: -65, D: 6, RM: 1, DT: .25}, -70, 40, 14, 401},
		{"B 1", Izhikevich{A: .02, B: .25, C: -65, D: 6, RM: 1, DT: .25}, -64, 80, .5, 801},
		{"C 28", Izhikevich{A: .02, B: .2, C: -50, D: 2, RM: 1, DT: .25}, -70, 88, 15, 881},
		{"D 6", Izhikevich{A: .02, B: .25, C: -55, D: .05, RM: 1, DT: .2}, -64, 100, .6, 1001},
	} {
		g := tt.p.group(1).(*izhikevichGroup)
		g.Start(0, tt.v)
		at := spikesOf(g, func(s int) float64 {
			if s > tt.onset+1 {
				return tt.i
			}
			return 0
		}, tt.n)
		t.Log(tt.name, len(at), at[:min(4, len(at))])
	}
}
