package neuron

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// mustNew returns a neuron with good parameters.
func mustNew(t testing.TB, p LIF) *lifNeuron {
	t.Helper()
	n, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return n.(*lifNeuron)
}

func TestGoldenTraces(t *testing.T) {
	f, err := os.Open("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	traces := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		traces++
		var p LIF
		var current, lastV float64
		var steps, spikes, first, last int64
		var sum string
		if _, err := fmt.Sscan(line, &p.TauM, &p.EL, &p.VT, &p.VReset, &p.RM, &p.TRef, &p.DT, &current,
			&steps, &spikes, &first, &last, &lastV, &sum); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		n := mustNew(t, p)
		n.v = p.EL // also of the pacemaker: the golden program has no Rest
		var got struct{ spikes, first, last int64 }
		hash, buf := sha256.New(), make([]byte, 8)
		drive := n.Drive(current)
		for k := int64(1); k <= steps; k++ {
			if n.Step(drive) {
				got.spikes++
				if got.first == 0 {
					got.first = k
				}
				got.last = k
			}
			binary.LittleEndian.PutUint64(buf, math.Float64bits(n.v))
			hash.Write(buf)
		}
		if got.spikes != spikes || got.first != first || got.last != last || n.v != lastV {
			t.Errorf("%+v at %g nA: got %+v and V %x, want %d spikes, first %d, last %d, V %x", p, current, got, n.v, spikes, first, last, lastV)
		}
		if s := fmt.Sprintf("%x", hash.Sum(nil)); s != sum {
			t.Errorf("%+v at %g nA: got trace %s, want %s", p, current, s, sum)
		}
	}
	if traces < 19 {
		t.Errorf("got %d golden traces, want 19", traces)
	}
}

// random draws a neuron and a current from the ranges of a configuration, some of them log-uniform.
func random(r *rand.Rand) (p LIF, current float64) {
	uniform := func(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
	logUniform := func(lo, hi float64) float64 { return math.Exp(uniform(math.Log(lo), math.Log(hi))) }
	p.TauM = logUniform(1, 200)
	p.DT = p.TauM * logUniform(1e-4, 1.5)
	p.EL = uniform(-90, -40)
	p.VT = uniform(-60, -30)
	p.VReset = p.VT - logUniform(0.1, 50)
	p.RM = logUniform(0.1, 1000)
	if r.IntN(2) == 0 {
		p.TRef = uniform(0, 30) * p.DT
	}
	return p, uniform(-1, 6) * math.Abs(p.VT-p.EL) / p.RM
}

// offTie reports whether the equation, and not rounding, decides about a spike after n steps from v.
func offTie(p LIF, v, current float64, n int64) bool {
	vInf, a := p.EL+p.RM*current, 1-p.DT/p.TauM
	at := func(k int64) float64 { return vInf + (v-vInf)*math.Pow(a, float64(k)) }
	const clear = 1e-7 // mV
	return math.Abs(vInf-p.VT) > clear && math.Abs(at(n)-p.VT) > clear && (n < 2 || math.Abs(at(n-1)-p.VT) > clear)
}

func TestStepsBetweenSpikesEqualTheClosedForm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tested, silent := 0, 0
	for tested < 3000 {
		p, current := random(r)
		n := mustNew(t, p)
		first, fires := p.StepsToThreshold(p.Rest(), current)
		again, ok := p.StepsBetweenSpikes(current)
		if !fires || !ok {
			if vInf := p.EL + p.RM*current; math.Abs(vInf-p.VT) < 1e-7 {
				continue
			}
			silent++
			steps := 20_000
			if p.DT > p.TauM {
				steps = 50
			}
			if fires { // with dt above tau_m the first overshoot may fire from E_L and not from V_reset
				continue
			}
			if taken, spiked := n.Advance(n.Drive(current), steps); spiked {
				t.Fatalf("%+v at %g nA: a spike in step %d, want none", p, current, taken)
			}
			continue
		}
		if first > 1e6 || !offTie(p, p.Rest(), current, first) || !offTie(p, p.VReset, current, again-p.RefSteps()) {
			continue
		}
		tested++
		for i, want := range []int64{first, again, again, again} {
			taken, total := 0, int64(0)
			for spiked := false; !spiked && total <= want; total += int64(taken) {
				taken, spiked = n.Advance(n.Drive(current), int(want)+1)
			}
			if total != want {
				t.Fatalf("%+v at %g nA, spike %d: got %d steps, want %d", p, current, i+1, total, want)
			}
		}
	}
	if silent < 300 {
		t.Errorf("got %d silent neurons among the random ones, want at least 300", silent)
	}
}

func TestAdvanceIsStepInALoop(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		p, current := random(r)
		a, b := mustNew(t, p), mustNew(t, p)
		drive := a.Drive(current)
		for range 50 {
			steps := r.IntN(40)
			for steps > 0 {
				taken, spiked := a.Advance(drive, steps)
				for i := range taken {
					if got := b.Step(drive); got != (spiked && i == taken-1) {
						t.Fatalf("%+v: Step returned %v in step %d of %d, Advance %v", p, got, i+1, taken, spiked)
					}
				}
				if math.Float64bits(a.v) != math.Float64bits(b.v) {
					t.Fatalf("%+v: Advance has V %x, Step %x", p, a.v, b.v)
				}
				steps -= taken
			}
		}
	}
}

func TestRefractoryTimeLengthensIntervals(t *testing.T) {
	p := Default()
	p.TRef = 2
	n := mustNew(t, p)
	var spikes []int
	for k := 1; k <= 20_000; k++ {
		if n.Step(n.Drive(2)) {
			spikes = append(spikes, k)
		}
	}
	if spikes[0] != 138 {
		t.Errorf("got the first spike in step %d, want 138", spikes[0])
	}
	for i := 1; i < len(spikes); i++ {
		if d := spikes[i] - spikes[i-1]; d != 158 {
			t.Errorf("spike %d: got %d steps since the last, want 158", i+1, d)
		}
	}
	if want := p.SpikeCount(2, 20_000); int64(len(spikes)) != want {
		t.Errorf("got %d spikes, want %d", len(spikes), want)
	}
}

func TestRefractoryTimeHoldsBeyond32Bits(t *testing.T) { // 2^32: 0 in an int of 32 bits
	p := Default()
	p.DT, p.TRef = 0x1p-13, 0x1p19
	n := mustNew(t, p)
	drive := n.Drive(MaxCurrent) // reaches threshold in one step
	if taken, spiked := n.Advance(drive, 1); taken != 1 || !spiked {
		t.Fatalf("got %d steps and a spike %v, want one in the first", taken, spiked)
	}
	if taken, spiked := n.Advance(drive, 1000); taken != 1000 || spiked {
		t.Errorf("got a spike %v in step %d after it, want none for 2^32 steps", spiked, taken)
	}
	if n.Step(drive) {
		t.Error("got a spike in the next step, want none")
	}
}

func TestTheoryOfTheWorksheet(t *testing.T) {
	p := Default()
	if got := p.Rheobase(); got != 1.5 {
		t.Errorf("rheobase: got %g nA, want 1.5 nA", got)
	}
	for _, tt := range []struct {
		current         float64
		count           int64   // in 2 s
		discrete, exact float64 // Hz
	}{
		{0, 0, 0, 0},
		{1.49, 0, 0, 0},
		{1.6, 72, 1000 / 27.6, 1000 / (10 * math.Log(16))},
		{2, 144, 1000 / 13.8, 1000 / (10 * math.Log(4))},
		{3, 289, 1000 / 6.9, 1000 / (10 * math.Log(2))},
		{math.NaN(), 0, 0, 0},
		{math.Inf(-1), 0, 0, 0},
	} {
		if got := p.SpikeCount(tt.current, 20_000); got != tt.count {
			t.Errorf("%g nA: got %d spikes in 2 s, want %d", tt.current, got, tt.count)
		}
		if got := p.DiscreteRate(tt.current); math.Abs(got-tt.discrete) > 1e-9 {
			t.Errorf("%g nA: got a discrete rate of %g Hz, want %g", tt.current, got, tt.discrete)
		}
		if got := p.ExactRate(tt.current); math.Abs(got-tt.exact) > 1e-9 {
			t.Errorf("%g nA: got an exact rate of %g Hz, want %g", tt.current, got, tt.exact)
		}
	}
}

func TestTiesAreDecidedByTheSteps(t *testing.T) {
	for _, tt := range []struct {
		dt, current float64
	}{
		{0.1, 150}, {0.1, 75.37688442211055}, {0.5, 30}, {0.1, 1.5}, {5, 1.5}, {0.1, 1.5000000000000002}, {10, 1.5}, {15, 1},
		{0.1, math.Nextafter(1.5, 2)}, {0.1, math.Nextafter(150, 0)},
	} {
		p := Default()
		p.DT = tt.dt
		n := mustNew(t, p)
		want := int64(0)
		for range 20_000 {
			if n.Step(n.Drive(tt.current)) {
				want++
			}
		}
		if got := p.SpikeCount(tt.current, 20_000); got != want {
			t.Errorf("dt %g ms, %v nA: got %d spikes predicted, want %d", tt.dt, tt.current, got, want)
		}
	}
}

func TestPacemakerFiresWithoutInput(t *testing.T) {
	p := Default()
	p.EL = -50
	n := mustNew(t, p)
	first, _ := p.StepsToThreshold(p.VReset, 0)
	if taken, spiked := n.Advance(n.Drive(0), 1000); !spiked || int64(taken) != first {
		t.Errorf("got spiked %v after %d steps, want a spike after %d", spiked, taken, first)
	}
	if got := p.Rheobase(); got != -0.5 {
		t.Errorf("rheobase: got %g nA, want -0.5 nA", got)
	}
}

func TestValidateNamesEachBrokenRule(t *testing.T) {
	with := func(change func(*LIF)) LIF {
		p := Default()
		change(&p)
		return p
	}
	for _, tt := range []struct {
		p    Params
		want string
	}{
		{Default(), ""},
		{with(func(p *LIF) { p.EL = -40 }), ""},
		{with(func(p *LIF) { p.TauM = 0 }), "tau_m: must be more than 0 ms, got 0 ms"},
		{with(func(p *LIF) { p.TauM = -10 }), "tau_m: must be more than 0 ms, got -10 ms"},
		{with(func(p *LIF) { p.TauM = math.NaN() }), "tau_m: must be more than 0 ms, got NaN ms"},
		{with(func(p *LIF) { p.TauM = math.Inf(1) }), "tau_m: must be at most 1000000 ms, got +Inf ms"},
		{with(func(p *LIF) { p.EL = math.NaN() }), "e_l: must be between -10000 mV and 10000 mV, got NaN mV"},
		{with(func(p *LIF) { p.VT = 1e5 }), "v_t: must be between -10000 mV and 10000 mV, got 100000 mV"},
		{with(func(p *LIF) { p.VT = math.Inf(-1) }), "v_t: must be between -10000 mV and 10000 mV, got -Inf mV"},
		{with(func(p *LIF) { p.VReset = -55 }), "v_reset: must be below v_t (-55 mV), got -55 mV"},
		{with(func(p *LIF) { p.VReset = math.NaN() }), "v_reset: must be between -10000 mV and 10000 mV, got NaN mV"},
		{with(func(p *LIF) { p.RM = 0 }), "r_m: must be more than 0 MOhm, got 0 MOhm"},
		{with(func(p *LIF) { p.RM = 1e7 }), "r_m: must be at most 1000000 MOhm, got 10000000 MOhm"},
		{with(func(p *LIF) { p.TRef = -1 }), "t_ref: must be at least 0 ms, got -1 ms"},
		{with(func(p *LIF) { p.TRef = 2e6 }), "t_ref: must be at most 1000000 ms, got 2000000 ms"},
		{with(func(p *LIF) { p.DT = 0 }), "dt: must be more than 0 ms, got 0 ms"},
		{with(func(p *LIF) { p.DT = 20 }), "dt: must be below 2 tau_m (20 ms), or the integration diverges, got 20 ms"},
		{with(func(p *LIF) { p.Sigma = 5 }), ""},
		{with(func(p *LIF) { p.Sigma = -1 }), "sigma: must be at least 0 mV, got -1 mV"},
		{with(func(p *LIF) { p.Sigma = math.NaN() }), "sigma: must be at least 0 mV, got NaN mV"},
		{with(func(p *LIF) { p.Sigma = math.Inf(1) }), "sigma: must be at most 10000 mV, got +Inf mV"},
		{LIF{}, "tau_m: must be more than 0 ms, got 0 ms\nv_reset: must be below v_t (0 mV), got 0 mV\n" +
			"r_m: must be more than 0 MOhm, got 0 MOhm\ndt: must be more than 0 ms, got 0 ms"},
	} {
		got := ""
		if _, err := New(tt.p); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.p, got, tt.want)
		}
	}
}

func TestSpikesAheadFromAnyState(t *testing.T) {
	for _, v := range []float64{-80, -70, -56, -55.0001, -55, -54, -40, -20} {
		for _, current := range []float64{-3, 0, 1.4, 1.6, 2, 5} {
			p := Default()
			p.TRef = 1
			for _, ref := range []int64{0, 3, 10} {
				for _, steps := range []int64{0, 1, 5, 100, 2000} {
					n := mustNew(t, p)
					n.v, n.ref = v, ref
					predicted, got := n.SpikesAhead(n, current, steps), int64(0)
					for range steps {
						if n.Step(n.Drive(current)) {
							got++
						}
					}
					if predicted != got {
						t.Errorf("V %g mV, %g nA, %d refractory steps left: predicted %d spikes in %d steps, got %d", v, current, ref, predicted, steps, got)
					}
				}
			}
		}
	}
}
