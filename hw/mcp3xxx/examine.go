package mcp3xxx

import (
	"errors"
	"fmt"
	"math/bits"

	"periph.io/x/conn/v3/spi"
)

// Answer holds the bits of a transfer that continues after the result.
//
// After its last bit, a chip sends the result once more, from the second lowest bit up, and then zeros (figures 5-2 and
// 6-1; with two channels only if MSBF is 0, section 5.1). An Answer therefore shows whether each bit arrived, and the
// length of the result.
type Answer struct {
	bits   uint64 // latest bit lowest
	clocks int    // number of bits
	after  int    // number of bits after the null bit
}

// Examine runs one conversion like Read, with two more bytes.
func (p *Pin) Examine() (Answer, error) { return p.d.long(p.command&^p.d.frame.msbf, false) }

// Grip is like Examine, but leaves the chip selected: its output is low until the next transfer.
func (p *Pin) Grip() (Answer, error) { return p.d.long(p.command&^p.d.frame.msbf, true) }

// Listen runs a transfer without a start bit. A chip with an input DIN then drives nothing. If it does, DIN is not low.
func (d *Dev) Listen() (Answer, error) { return d.long(0, false) }

// extra is the number of additional bytes: room to repeat 13 bits after a result of 10.
const extra = 2

func (d *Dev) long(command uint32, grip bool) (Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.c.(spi.Conn)
	if !ok {
		return Answer{}, fmt.Errorf("%s: %w", d.where, errors.New("the connection does not support packets"))
	}
	n := d.frame.size + extra
	w, r := make([]byte, n), make([]byte, n)
	put(w[:d.frame.size], command)
	if err := c.TxPackets([]spi.Packet{{W: w, R: r, KeepCS: grip}}); err != nil {
		return Answer{}, fmt.Errorf("%s: %w", d.where, err)
	}
	a := Answer{clocks: 8 * n, after: d.frame.bits + d.frame.shift + 8*extra}
	for _, b := range r {
		a.bits = a.bits<<8 | uint64(b)
	}
	return a, nil
}

// Null reports whether the null bit is low: a chip drives it low.
func (a Answer) Null() bool { return a.bits>>a.after&1 == 0 }

// Driven reports whether a bit before the null bit is low. A chip drives nothing there: with a pull-up all are high.
func (a Answer) Driven() bool {
	before := a.clocks - a.after - 1
	return a.bits>>(a.after+1) != 1<<before-1
}

// Code returns the result of a length in bits. With a sign it is in two's complement, and the highest bit is the sign.
func (a Answer) Code(length int) int { return int(a.take(0, length)) }

// Repeats reports whether a result of a length in bits is followed by its repetition, lowest bit first, and by zeros.
func (a Answer) Repeats(length int) bool {
	rest := a.after - length // bits after the lowest bit
	again := bits.Reverse64(a.take(length, length-1)) >> (64 - (length - 1))
	return a.Null() && again == a.take(0, length-1) && a.take(2*length-1, rest-(length-1)) == 0
}

// take returns n bits after the null bit.
func (a Answer) take(from, n int) uint64 {
	return a.bits >> (a.after - from - n) & (1<<n - 1)
}

// Ones reports whether every bit is high. Zeros reports whether every bit is low.
func (a Answer) Ones() bool  { return a.bits == 1<<a.clocks-1 }
func (a Answer) Zeros() bool { return a.bits == 0 }

// String returns the bits, with a bar before the null bit.
func (a Answer) String() string {
	s := fmt.Sprintf("%0*b", a.clocks, a.bits)
	at := a.clocks - a.after - 1
	return s[:at] + "|" + s[at:]
}
