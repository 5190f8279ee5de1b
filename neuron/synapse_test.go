package neuron

import (
	"math"
	"testing"
)

// peak returns the largest change of V after one spike at a synapse with the given weight (nA) and time constant (ms).
func peak(t *testing.T, p LIF, weight, tau float64) (extreme float64) {
	t.Helper()
	before := &Cell{Name: "before", Neuron: mustNew(t, p)}
	after := &Cell{Name: "after", Neuron: mustNew(t, p)}
	net := NewNet(p.DT, []*Cell{before, after}, nil, []Synapse{{Name: "s", Kind: Exp, Weight: weight, Tau: tau, Delay: 1,
		From: []int32{0}, Targets: [][]int32{{1}}}})
	currents := []float64{1.01 * (p.VT - p.EL) * p.TauM / p.DT / p.RM, 0} // one spike, in the first step
	for range int64(10 * max(p.TauM, tau) / p.DT) {
		net.Step(currents)
		currents[0] = 0
		if v := after.V() - p.EL; math.Abs(v) > math.Abs(extreme) {
			extreme = v
		}
	}
	if len(net.Spiked(1)) > 0 {
		t.Fatal("got a spike of the second neuron, want its V alone")
	}
	return extreme
}

// The membrane under w exp(-t/tau_s) peaks at w R_m (tau_s/tau_m)^(tau_m/(tau_m-tau_s)). Forward Euler is of the first order: a
// tenth of the step has a tenth of the error.
func TestSynapticPotentialPeaksAtItsClosedForm(t *testing.T) {
	for _, tt := range []struct{ weight, tau, tauM, most float64 }{ // most: the largest error at 0.1 ms, in percent
		{4, 5, 10, 1}, {-3, 20, 10, 1}, {-1.5, 10, 20, 1}, {0.162, 5, 20, 1}, {0.2, 50, 10, 1}, {0.5, 20, 5, 1},
		{1, 2, 10, 1.1}, // a short time constant has a larger error
	} {
		p := Default()
		p.TauM, p.VT = tt.tauM, 0
		want := tt.weight * p.RM * math.Pow(tt.tau/tt.tauM, tt.tauM/(tt.tauM-tt.tau))
		coarse := peak(t, p, tt.weight, tt.tau)/want - 1
		p.DT = 0.01
		fine := peak(t, p, tt.weight, tt.tau)/want - 1
		t.Logf("%g nA, tau %g ms, tau_m %g ms: peak %.4f mV, error %+.4f %% at 0.1 ms, %+.5f %% at 0.01 ms", tt.weight, tt.tau, tt.tauM, want, 100*coarse, 100*fine)
		if !(100*math.Abs(coarse) < tt.most) {
			t.Errorf("%+v: got an error of %.3g %% at 0.1 ms, want less than %g %%", tt, 100*coarse, tt.most)
		}
		if ratio := fine / coarse; !(ratio > 0.09 && ratio < 0.11) {
			t.Errorf("%+v: got %.3g of the error at a tenth of the step, want a tenth", tt, ratio)
		}
	}
}

// The neuron of NEST's test iaf_i0, 1 nA on 40 MOhm, has a reference: the first spike in step 48, and V to 6 digits before it.
// Forward Euler is a step earlier.
func TestExactIntegratorIsTheReferenceOfNEST(t *testing.T) {
	p := Default()
	p.RM, p.TRef, p.Exact = 40, 2, true
	reference := map[int]float64{1: -69.602, 2: -69.2079, 3: -68.8178, 4: -68.4316, 5: -68.0492,
		43: -56.0204, 44: -55.7615, 45: -55.5051, 46: -55.2513, 47: -55.0001, 48: -70, 49: -70, 50: -70}
	n, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= 60; step++ {
		if got, want := n.Step(n.Drive(1)), step == 48; got != want {
			t.Errorf("step %d: got a spike %v, want %v", step, got, want)
		}
		if want, ok := reference[step]; ok && !(math.Abs(n.V()-want) < 5.1e-5) {
			t.Errorf("step %d: got V %.6f mV, want %g mV", step, n.V(), want)
		}
	}
	for _, tt := range []struct {
		exact          bool
		first, between int64
	}{{true, 48, 68}, {false, 47, 67}} {
		p.Exact = tt.exact
		first, _ := p.StepsToThreshold(p.EL, 1)
		between, _ := p.StepsBetweenSpikes(1)
		if first != tt.first || between != tt.between {
			t.Errorf("exact %v: got the first spike in step %d and %d steps between spikes, want %d and %d", tt.exact, first, between, tt.first, tt.between)
		}
	}
}
