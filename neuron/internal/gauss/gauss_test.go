package gauss

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"
)

// The hash comes from a Python program with the same words of ChaCha8. It decides with a logarithm whether a point lies in
// the region.
func TestGaussiansAreTheSameBitsEverywhere(t *testing.T) {
	g, sum := New(1, "test"), sha256.New()
	for range 1_000_000 {
		if err := binary.Write(sum, binary.LittleEndian, g.Next()); err != nil {
			t.Fatal(err)
		}
	}
	if want := "25887167b2fb8f52222cc4cb90fec565d7561c70f3f8a78b28e825b6740285c9"; fmt.Sprintf("%x", sum.Sum(nil)) != want {
		t.Errorf("got a million draws %x, want %s", sum.Sum(nil), want)
	}
}

func TestGaussiansAreStandardNormal(t *testing.T) {
	const n = 1_000_000
	g, x := New(2, "test"), make([]float64, n)
	var mean, square, fourth, lag float64
	last := 0.0
	for i := range x {
		v := g.Next()
		mean, square, fourth, lag = mean+v/n, square+v*v/n, fourth+v*v*v*v/n, lag+v*last/n
		x[i], last = v, v
	}
	for _, tt := range []struct {
		name          string
		got, want, sd float64 // the standard deviation of got, times the root of n
	}{
		{"mean", mean, 0, 1},
		{"variance", square, 1, math.Sqrt(2)},
		{"fourth moment", fourth, 3, math.Sqrt(96)},
		{"product of neighbours", lag, 0, 1},
	} {
		if off := (tt.got - tt.want) / (tt.sd / math.Sqrt(n)); !(math.Abs(off) < 4) {
			t.Errorf("%s: got %g, want %g: %.1f standard deviations off", tt.name, tt.got, tt.want, off)
		}
	}
	slices.Sort(x)
	farthest := 0.0 // the Kolmogorov-Smirnov distance
	for i, v := range x {
		p := math.Erfc(-v/math.Sqrt2) / 2
		farthest = max(farthest, p-float64(i)/n, float64(i+1)/n-p)
	}
	if !(farthest < 1.95/math.Sqrt(n)) { // one sample in a thousand is farther
		t.Errorf("got a distance of %g from the normal distribution, want below %g", farthest, 1.95/math.Sqrt(n))
	}
	for _, beyond := range []float64{3, 4} {
		i, _ := slices.BinarySearch(x, -beyond)
		j, _ := slices.BinarySearch(x, beyond)
		got, want := float64(i+n-j), n*math.Erfc(beyond/math.Sqrt2)
		if !(math.Abs(got-want) < 4*math.Sqrt(want)) {
			t.Errorf("got %g draws beyond %g, want %.0f", got, beyond, want)
		}
	}
}

func TestDecay(t *testing.T) {
	for y := 1e-12; y < 1e3; y *= 1.01 {
		if got, want := Decay(y), -math.Expm1(-y); !(math.Abs(got-want) <= 4e-16*want) {
			t.Errorf("1 - e^-%g: got %v, want %v", y, got, want)
		}
	}
	for y, want := range map[float64]float64{0: 0, 1e300: 1, math.Inf(1): 1} {
		if got := Decay(y); got != want {
			t.Errorf("1 - e^-%g: got %v, want %v", y, got, want)
		}
	}
}
