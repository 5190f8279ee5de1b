// Package exact computes functions with the same bits on every architecture.
//
// math.Exp makes no such promise: it is assembly on some architectures, with another last bit (on amd64 it even depends on the
// CPU), and elsewhere the compiler may fuse a product and a sum into one rounding. Here each sum, product and quotient is
// rounded alone.
package exact

import "math"

const (
	ln2Hi = 6.93147180369123816490e-01 // ln 2 to 32 bits: k*ln2Hi is exact for k below 2^20
	ln2Lo = 1.90821492927058770002e-10 // the rest of ln 2
)

// Exp returns e^x with an error below 0.6 units in the last place: 99 of 100 values are the nearest float. It takes the nearest
// multiple of ln 2 off x, sums the Taylor series of the rest, at most 0.35, and scales by a power of two.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x) || x > 709.7827128933841:
		return x * math.Inf(1) // NaN or +Inf
	case x < -745.1332191019412:
		return 0
	}
	k := math.Round(x * math.Log2E)
	hi, lo := x-float64(k*ln2Hi), float64(k*ln2Lo)
	r := hi - lo
	// The rounding error of r counts: e^(r+c) = e^r + c e^r.
	c := (hi - r) - lo
	q := 1.0
	for n := 13.0; n > 2; n-- {
		q = 1 + r*q/n // a quotient: nothing to fuse
	}
	q = float64(float64(r*r)*q) / 2 // e^r - 1 - r
	q += c + float64(c*r)
	// The sum 1 + r + q with the rounding errors of both additions.
	s := r + q
	y := 1 + s
	y += (s - (y - 1)) + (q - (s - r))
	half := math.Trunc(k / 2) // in two steps: 2^k alone may overflow
	y = math.Ldexp(y, int(half))
	return math.Ldexp(y, int(k-half))
}
