package neuron

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"testing"

	"hillock/neuron/internal/gauss"
)

// floats is a hash of float bits.
type floats struct {
	hash.Hash
	buf [8]byte
}

func newFloats() *floats { return &floats{Hash: sha256.New()} }

func (f *floats) add(v float64) {
	binary.LittleEndian.PutUint64(f.buf[:], math.Float64bits(v))
	f.Write(f.buf[:])
}

func (f *floats) String() string { return fmt.Sprintf("%x", f.Sum(nil)) }

// noisyParams returns the default neuron with noise and a refractory time.
func noisyParams() LIF {
	p := Default()
	p.Sigma, p.Seed, p.TRef = 3, 7, 2
	return p
}

func TestNoisyStepsAreTheLiteralUpdate(t *testing.T) {
	p := noisyParams()
	n, xi := mustNew(t, p), gauss.New(p.Seed, "membrane")
	v, held, spikes := p.EL, 0, 0
	got := newFloats()
	for k := range 100_000 {
		if held > 0 {
			held--
		} else {
			drift := (p.EL - v + 15) * p.DT / p.TauM
			v += drift
			v += float64(p.Sigma * math.Sqrt(2*p.DT/p.TauM) * xi.Next())
		}
		fired := v >= p.VT
		if fired {
			v, held = p.VReset, 20
			spikes++
		}
		if spiked := n.Step(15); spiked != fired || math.Float64bits(n.v) != math.Float64bits(v) {
			t.Fatalf("step %d: got a spike %v and V %v, want %v and %v", k+1, spiked, n.v, fired, v)
		}
		got.add(n.v)
	}
	if want := "3f26e6f5150cb3e5e8142821bf1895e21878219b82d1e8573ebf599ffa094116"; got.String() != want || spikes != 376 {
		t.Errorf("got %d spikes, trace %s; want 376, %s", spikes, got, want)
	}
}

func TestNoisyAdvanceIsStepInALoop(t *testing.T) {
	a, b := mustNew(t, noisyParams()), mustNew(t, noisyParams())
	spikes := 0
	for i := range 2000 {
		taken, spiked := a.Advance(15, i%40)
		for j := range taken {
			if got := b.Step(15); got != (spiked && j == taken-1) {
				t.Fatalf("Step returned %v in step %d of %d, Advance %v", got, j+1, taken, spiked)
			}
		}
		if math.Float64bits(a.v) != math.Float64bits(b.v) {
			t.Fatalf("Advance has V %v, Step %v", a.v, b.v)
		}
		if !spiked && taken != i%40 {
			t.Fatalf("got %d steps without a spike, want %d", taken, i%40)
		}
		if spiked {
			spikes++
		}
	}
	if spikes < 50 {
		t.Errorf("got %d spikes, want at least 50", spikes)
	}
}

// The mean rate of the discrete equation is known exactly. In runs of this length 1 % is more than four standard deviations of
// the measured rate.
func TestNoisyRatesAreTheExactOnes(t *testing.T) {
	for _, tt := range []struct {
		mu, sigma, want float64 // mV above rest, mV, Hz
		steps           int
	}{
		{14, 5, 47.440, 14_000_000},
		{16, 3, 49.240, 8_000_000},
		{20, 3, 76.692, 4_000_000},
	} {
		t.Run(fmt.Sprintf("mu %g sigma %g", tt.mu, tt.sigma), func(t *testing.T) {
			if testing.Short() && tt.steps > 4_000_000 {
				t.Skip("SKIPPED: -short: a test holds the bits of the noise for each processor")
			}
			p := Default()
			p.Sigma, p.Seed = tt.sigma, 1
			n := mustNew(t, p)
			var spikes, squares float64
			last, now := 0, 0
			for now < tt.steps {
				taken, spiked := n.Advance(tt.mu, tt.steps-now)
				if now += taken; spiked {
					spikes++
					squares += float64((now - last) * (now - last))
					last = now
				}
			}
			mean := float64(last) / spikes
			cv := math.Sqrt(squares/spikes/(mean*mean) - 1)
			got := spikes / (float64(tt.steps) * p.DT / 1000)
			t.Logf("%.3f Hz, %+.2f %%; standard deviation %.2f %%", got, 100*(got/tt.want-1), 100*cv/math.Sqrt(spikes))
			if !(math.Abs(got/tt.want-1) < 0.01) {
				t.Errorf("got %.3f Hz, want %.3f within 1 %%", got, tt.want)
			}
		})
	}
}

func TestNoiseHasItsDeviationWithoutThreshold(t *testing.T) {
	for _, dt := range []float64{0.5, 4, 15} {
		p := Default()
		p.DT, p.VT, p.Sigma = dt, MaxVoltage, 2
		n := mustNew(t, p)
		const steps = 1_000_000
		var mean, square float64
		for range steps {
			n.Step(5)
			d := n.v - p.EL - 5
			mean, square = mean+d/steps, square+d*d/steps
		}
		if want := 4 / (1 - dt/20); math.Abs(mean) > 0.05 || math.Abs(square/want-1) > 0.03 {
			t.Errorf("dt %g ms: got mean %g and variance %g, want 0 and %g", dt, mean, square, want)
		}
	}
}

func TestNoiseFollowsSeedAndSigma(t *testing.T) {
	trace := func(sigma float64, seed uint64) string {
		p := Default()
		p.Sigma, p.Seed = sigma, seed
		n, f := mustNew(t, p), newFloats()
		for range 1000 {
			n.Step(20)
			f.add(n.v)
		}
		return f.String()
	}
	one, quiet := trace(2, 1), trace(0, 1)
	for _, tt := range []struct {
		name      string
		got, want string
		same      bool
	}{
		{"the same seed", trace(2, 1), one, true},
		{"the next seed", trace(2, 2), one, false},
		{"a seed that differs above 32 bits", trace(2, 1+1<<32), one, false},
		{"another sigma", trace(3, 1), one, false},
		{"sigma 0 and another seed", trace(0, 2), quiet, true},
		{"a sigma just above 0", trace(1e-9, 1), quiet, false},
	} {
		if (tt.got == tt.want) != tt.same {
			t.Errorf("%s: got the same trace %v, want %v", tt.name, tt.got == tt.want, tt.same)
		}
	}
}

func TestPredictionsIgnoreTheNoise(t *testing.T) {
	p := noisyParams()
	quiet := p
	quiet.Sigma = 0
	for _, current := range []float64{0, 1.5, 1.6, 2, 150} { // 1.5 and 150 nA are ties: the steps are taken
		if got, want := p.SpikeCount(current, 20_000), quiet.SpikeCount(current, 20_000); got != want {
			t.Errorf("%g nA: got %d spikes predicted with noise, want %d, as without", current, got, want)
		}
		if got, want := p.DiscreteRate(current), quiet.DiscreteRate(current); got != want {
			t.Errorf("%g nA: got a rate of %g Hz with noise, want %g, as without", current, got, want)
		}
	}
}

func TestContinueKeepsTheNoise(t *testing.T) {
	p := noisyParams()
	n := mustNew(t, p)
	for range 1000 {
		n.Step(15)
	}
	same, other := mustNew(t, p), mustNew(t, p)
	p.Seed++
	reseeded := mustNew(t, p)
	same.Continue(n)
	reseeded.Continue(n)
	other.v, other.ref = n.v, n.ref // Continue without the noise
	differs := false
	for k := range 1000 {
		n.Step(15)
		same.Step(15)
		reseeded.Step(15)
		other.Step(15)
		if same.v != n.v {
			t.Fatalf("step %d: got V %v, want %v: the noise continues", k+1, same.v, n.v)
		}
		differs = differs || n.v != other.v && n.v != reseeded.v
	}
	if !differs {
		t.Error("got the same V from other noise")
	}
}

// A copy draws the same noise as its original, and leaves the original unchanged.
func TestCopyHasItsOwnNoise(t *testing.T) {
	n, alone := mustNew(t, noisyParams()), mustNew(t, noisyParams())
	for range 100 {
		n.Step(15)
		alone.Step(15)
	}
	c := n.Copy()
	for k := range 100 {
		c.Step(15)
		n.Step(15)
		if alone.Step(15); n.v != alone.v || c.V() != alone.v {
			t.Fatalf("step %d: got V %v and the copy's %v, want %v", k+1, n.v, c.V(), alone.v)
		}
	}
}
