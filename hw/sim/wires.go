package sim

import (
	"math/rand/v2"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/spi"
)

// wires are SCLK, MOSI and MISO during one transfer, as the master has them.
//
// At each edge of SCLK, both sides first sample and then change their outputs. In the mode of the chip, one side
// samples on the edge on which the other side does not change. In another mode, each side samples the old level of a
// line at the very edge of its change: every bit comes late, as on the bench.
type wires struct {
	chip  Chip // or nil
	mode  spi.Mode
	fault MISO
	rng   *rand.Rand
	pull  gpio.Level
	mosi  gpio.Level // idles low

	// Misplaced wires of the chip. din is the level in the hole of its data input.
	clkOff, dinOff, doutOff bool
	din                     gpio.Level
}

// clock sends w, or zeros if w is empty, and fills r unless it is empty. Both may be the same slice.
func (x *wires) clock(w, r []byte) {
	for i := range max(len(w), len(r)) {
		var out byte
		if len(w) != 0 {
			out = w[i]
		}
		in := x.byte(out)
		if len(r) != 0 {
			r[i] = in
		}
	}
}

func (x *wires) byte(out byte) (in byte) {
	for i := range 8 {
		if x.mode&spi.LSBFirst == 0 {
			i = 7 - i
		}
		if x.bit(out>>i&1 != 0) {
			in |= 1 << i
		}
	}
	return in
}

// bit runs one clock period: the leading edge, away from the idle level of CPOL, and the trailing edge.
func (x *wires) bit(out gpio.Level) (in gpio.Level) {
	idle := x.mode&spi.Mode2 != 0
	if x.mode&spi.Mode1 == 0 {
		// CPHA=0: MOSI changes on the trailing edge of the previous bit. The master reads MISO on the leading edge.
		x.mosi = out
		in = x.miso()
		x.edge(!idle)
		x.edge(idle)
		return in
	}
	// CPHA=1: MOSI changes on the leading edge. The master reads MISO on the trailing edge.
	x.edge(!idle)
	x.mosi = out
	in = x.miso()
	x.edge(idle)
	return in
}

func (x *wires) edge(level bool) {
	if x.chip == nil || x.clkOff {
		return
	}
	din := x.mosi
	if x.dinOff {
		din = x.din
	}
	x.chip.SCLK(gpio.Level(level), din)
}

// miso returns the level at the master.
func (x *wires) miso() gpio.Level {
	switch x.fault {
	case Open:
		return gpio.High
	case Shorted:
		return gpio.Low
	case Flaky:
		if x.rng.IntN(16) == 0 {
			return x.pull
		}
	}
	if x.chip != nil && !x.doutOff {
		if l, driven := x.chip.DOUT(); driven {
			return l
		}
	}
	return x.pull
}
