// Package gauss draws random numbers with the same bits on every architecture.
package gauss

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Source draws standard Gaussians: from the same seed the same bits on every architecture.
//
// NormFloat64 of math/rand/v2 does not promise that: its rare paths ask math.Log and math.Exp, which are assembly on some
// architectures and differ there in the last bit (Exp on amd64 with the very CPU), and have a product feed a sum. Here
// ChaCha8, whose words are integers by a specification (https://c2sp.org/chacha8rand), feeds sums, products and quotients
// that are rounded one by one.
type Source struct {
	words rand.ChaCha8
}

// New returns a stream of its own for each seed and each purpose, of which 24 bytes count.
func New(seed uint64, purpose string) *Source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	copy(key[8:], purpose)
	g := new(Source)
	g.words.Seed(key)
	return g
}

// Next returns v/u for a point drawn evenly from the region v^2 <= -4 u^2 ln u, 0 < u <= 1 (A. J. Kinderman and J. F. Monahan,
// ACM Trans. Math. Softw. 3, 257, 1977). Two ellipses hold its edge between them, so that few points need more than q
// (J. L. Leva, ACM Trans. Math. Softw. 18, 449, 1992, with his constants).
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

// Decay returns 1 - e^-y for y of 0 or more, to within two roundings: the series for what is left of y without whole ln 2.
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
