package exact

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigExp returns e^x to 200 bits.
func bigExp(x float64) *big.Float {
	z := func(v float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(v) }
	r := z(x)
	r.SetMantExp(r, -12) // e^x = (e^(x/4096))^4096
	sum, term := z(1), z(1)
	for n := 1; n < 60; n++ {
		term.Mul(term, r)
		term.Quo(term, z(float64(n)))
		sum.Add(sum, term)
	}
	for range 12 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestExpIsWithinOneUnit(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short: the error is that of amd64: TestExpHasTheSameBitsEverywhere")
	}
	r := rand.New(rand.NewPCG(3, 4))
	worst, others := 0.0, 0
	for range 20000 {
		x := (r.Float64() - 0.5) * 2 * math.Pow(10, float64(r.IntN(5))-2.2)
		want := bigExp(x)
		got := Exp(x)
		nearest, _ := want.Float64()
		unit := math.Nextafter(nearest, math.Inf(1)) - nearest
		d, _ := new(big.Float).Sub(want, new(big.Float).SetFloat64(got)).Float64()
		worst = max(worst, math.Abs(d)/unit)
		if got != nearest {
			others++
		}
	}
	t.Logf("largest error: %.3f units in the last place; %d of 20000 values are not the nearest", worst, others)
	if worst >= 0.7 || others > 400 {
		t.Errorf("got an error of %.3f units in the last place and %d values that are not the nearest, want less than 0.7 and at most 400", worst, others)
	}
}

func TestExpAtTheEnds(t *testing.T) {
	for _, tt := range []struct{ x, want float64 }{
		{0, 1}, {math.Inf(-1), 0}, {math.Inf(1), math.Inf(1)}, {710, math.Inf(1)}, {-746, 0},
		{709.7827128933840, math.Exp(709.7827128933840)}, {-745.1332191019411, 5e-324},
	} {
		if got := Exp(tt.x); math.Abs(got-tt.want) > 1e-15*tt.want {
			t.Errorf("Exp(%g): got %g, want %g", tt.x, got, tt.want)
		}
	}
	if !math.IsNaN(Exp(math.NaN())) {
		t.Error("Exp(NaN) is a number")
	}
}

// The hash is that of amd64: other architectures must reach it too.
func TestExpHasTheSameBitsEverywhere(t *testing.T) {
	h := fnv.New64a()
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		binary.Write(h, binary.LittleEndian, Exp((r.Float64()-0.5)*200))
	}
	if got, want := h.Sum64(), uint64(0xba20c23425867345); got != want {
		t.Errorf("got %#x, want %#x", got, want)
	}
}
