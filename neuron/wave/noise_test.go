package wave

import (
	"math"
	"testing"
	"time"

	"hillock/neuron/internal/gauss"
)

// statistics returns the mean, the variance and the autocorrelation between neighbouring samples of a noise.
func statistics(next func() float64, n int) (mean, variance, correlation float64) {
	var sum, square, product, last float64
	for i := range n {
		x := next()
		sum += x
		square += x * x
		if i > 0 {
			product += x * last
		}
		last = x
	}
	mean = sum / float64(n)
	variance = square/float64(n) - mean*mean
	return mean, variance, (product/float64(n-1) - mean*mean) / variance
}

func TestNoiseHasItsVarianceAndTimeConstant(t *testing.T) {
	for _, tt := range []struct {
		mean, sd float64
		tau      time.Duration
	}{
		{2, 0.5, 5 * ms},
		{-1, 3, 10 * ms},
		{0, 1, ms},
	} {
		n, err := NewNoise(tt.mean, tt.sd, tt.tau, 1)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Duration(0)
		mean, variance, correlation := statistics(func() float64 {
			now += ms
			return n.Current(now)
		}, 1_000_000)
		tau := -1 / math.Log(correlation) // ms
		t.Logf("mean %.4f nA, variance %+.2f %%, tau %+.2f %%", mean, 100*(variance/(tt.sd*tt.sd)-1), 100*(tau/milliseconds(tt.tau)-1))
		if math.Abs(mean-tt.mean) > 0.03*tt.sd || math.Abs(variance/(tt.sd*tt.sd)-1) > 0.03 || math.Abs(tau/milliseconds(tt.tau)-1) > 0.03 {
			t.Errorf("got mean %g nA, variance %g, tau %g ms; want %g, %g, %g", mean, variance, tau, tt.mean, tt.sd*tt.sd, milliseconds(tt.tau))
		}
	}
}

// Steps of 1 ms, 10 us and 7 ms in turn are the same process at other times.
func TestSkippedTicksLengthenTheStep(t *testing.T) {
	n, err := NewNoise(0, 1, 5*ms, 2)
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 300_000
	steps := []time.Duration{ms, 10 * time.Microsecond, 7 * ms}
	product, square := make([]float64, len(steps)), make([]float64, len(steps))
	now := time.Duration(0)
	last := n.Current(0)
	for range rounds {
		for i, step := range steps {
			now += step
			x := n.Current(now)
			product[i] += x * last / rounds
			square[i] += x * x / rounds
			last = x
		}
	}
	for i, step := range steps {
		want := math.Exp(-float64(step) / float64(5*ms))
		if math.Abs(square[i]-1) > 0.02 || math.Abs(product[i]-want) > 0.02 {
			t.Errorf("after %v: got variance %g and covariance %g, want 1 and %g", step, square[i], product[i], want)
		}
	}
}

func TestNoiseIsTheLiteralUpdate(t *testing.T) {
	n, err := NewNoise(2, 0.5, 5*ms, 4)
	if err != nil {
		t.Fatal(err)
	}
	xi := gauss.New(4, "noise")
	want := 2 + 0.5*xi.Next()
	for k, now := range []time.Duration{3 * ms, 4 * ms, 5 * ms, 25 * ms, 26 * ms, time.Hour} {
		if k > 0 {
			a := math.Exp(-float64(now-[]time.Duration{3 * ms, 4 * ms, 5 * ms, 25 * ms, 26 * ms}[k-1]) / float64(5*ms))
			want = 2 + (want-2)*a + 0.5*math.Sqrt(1-a*a)*xi.Next()
		}
		if got := n.Current(now); !(math.Abs(got-want) < 1e-14) {
			t.Errorf("at %v: got %v nA, want %v", now, got, want)
		}
		if got := n.Current(now); !(math.Abs(got-want) < 1e-14) {
			t.Errorf("at %v, again: got %v nA, want it unchanged", now, got)
		}
		if got := n.Current(now - ms); !(math.Abs(got-want) < 1e-14) {
			t.Errorf("before %v, again: got %v nA, want it unchanged", now, got)
		}
	}
}

func TestNoiseWithoutDeviationIsItsMean(t *testing.T) {
	n, err := NewNoise(2, 0, ms, 1)
	if err != nil {
		t.Fatal(err)
	}
	for now := range 100 * ms / (10 * time.Microsecond) {
		if got := n.Current(now * 10 * time.Microsecond); got != 2 {
			t.Fatalf("got %v nA, want 2", got)
		}
	}
}
