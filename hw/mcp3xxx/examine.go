package mcp3xxx

import (
	"errors"
	"fmt"
	"math/bits"

	"periph.io/x/conn/v3/spi"
)

// Answer is what came in during a transfer that goes on after the result: bit by bit, the first one highest.
//
// After its last bit a chip sends the result once more, from the lowest bit but one, and then zeros (figures 5-2 and 6-1;
// one of two channels does so only if MSBF is 0, section 5.1). So an answer shows what a result alone cannot: that each bit
// of it came over well, and how long it is.
type Answer struct {
	bits   uint64 // the latest one lowest
	clocks int    // how many
	after  int    // how many of them follow the null bit
}

// Examine runs one conversion as Read does, with two bytes more.
func (p *Pin) Examine() (Answer, error) { return p.d.long(p.command&^p.d.frame.msbf, false) }

// Grip is Examine, after which the chip stays selected: it drives its output low until the next transfer.
func (p *Pin) Grip() (Answer, error) { return p.d.long(p.command&^p.d.frame.msbf, true) }

// Listen runs a transfer without a start bit. A chip that has an input for one drives nothing then: if there is an Answer,
// that input is not low.
func (d *Dev) Listen() (Answer, error) { return d.long(0, false) }

// extra bytes have room for the repetition of 13 bits after the result of 10.
const extra = 2

func (d *Dev) long(command uint32, grip bool) (Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.c.(spi.Conn)
	if !ok {
		return Answer{}, fmt.Errorf("%s: %w", d.where, errors.New("the connection takes no packets"))
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

// Null reports whether the null bit is low, as a chip drives it.
func (a Answer) Null() bool { return a.bits>>a.after&1 == 0 }

// Code is the result as one of a length in bits; with a sign, in two's complement, the highest of them is that.
func (a Answer) Code(length int) int { return int(a.take(0, length)) }

// Repeats reports whether a result of a length in bits is followed by itself, lowest bit first, and by zeros.
func (a Answer) Repeats(length int) bool {
	rest := a.after - length // from the bit after the lowest
	again := bits.Reverse64(a.take(length, length-1)) >> (64 - (length - 1))
	return a.Null() && again == a.take(0, length-1) && a.take(2*length-1, rest-(length-1)) == 0
}

// take is some of the bits after the null bit.
func (a Answer) take(from, n int) uint64 {
	return a.bits >> (a.after - from - n) & (1<<n - 1)
}

// Ones reports whether every bit was high, and Zeros whether none was.
func (a Answer) Ones() bool  { return a.bits == 1<<a.clocks-1 }
func (a Answer) Zeros() bool { return a.bits == 0 }

// String is the bits, with a bar before the null bit.
func (a Answer) String() string {
	s := fmt.Sprintf("%0*b", a.clocks, a.bits)
	at := a.clocks - a.after - 1
	return s[:at] + "|" + s[at:]
}
