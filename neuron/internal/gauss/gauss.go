// Package gauss draws random numbers with the same bits on every architecture.
package gauss

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Source draws standard Gaussians. The same seed gives the same bits on every architecture.
//
// NormFloat64 of math/rand/v2 makes no such promise. Its rare paths use math.Log and math.Exp: assembly on some architectures,
// with another last bit (Exp on amd64 even depends on the CPU). There a product also feeds a sum. Source takes the integers
// of ChaCha8, which has a specification (https://c2sp.org/chacha8rand), and rounds each sum, product and quotient alone.
type Source struct {
	words rand.ChaCha8
}

// New returns a source. Each pair of seed and purpose has its own stream. Only the first 24 bytes of the purpose count.
func New(seed uint64, purpose string) *Source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	copy(key[8:], purpose)
	g := new(Source)
	g.words.Seed(key)
	return g
}

// Next returns v/u for a random point in the region v^2 <= -4 u^2 ln u, 0 < u <= 1 (A. J. Kinderman and J. F. Monahan,
// ACM Trans. Math. Softw. 3, 257, 1977). The edge of the region lies between two ellipses, so that few points need more than
// q (J. L. Leva, ACM Trans. Math. Softw. 18, 449, 1992, with his constants).
func (g *Source) Next() float64 {
	for {
		w := float64(float64(g.words.Uint64()>>11) * 0x1p-53) // 1-u, exactly: from 0 to below 1
		v := float64(float64(int64(g.words.Uint64())>>11) * (1.7156 * 0x1p-53))
		u := 1 - w
		x, y := u-0.449871, math.Abs(v)+0.386595
		q := float64(x*x) + float64(y*(float64(0.196*y)-float64(0.25472*x)))
		if q < 0.27597 || q <= 0.27846 && w >= Decay(v/u*(v/u)/4) {
			return v / u
		}
	}
}

// Decay returns 1 - e^-y for y of 0 or more, within two roundings. It takes whole multiples of ln 2 off y and sums the series
// of the rest.
func Decay(y float64) float64 {
	halvings := math.Round(y * math.Log2E)
	if halvings > 1000 {
		return 1
	}
	r := y - float64(halvings*math.Ln2)
	s := 1.0
	for n := 15.0; n > 1; n-- {
		s = 1 - r*s/n // a quotient: nothing to fuse
	}
	p := math.Ldexp(1, -int(halvings))
	return 1 - p + float64(p*(r*s))
}
