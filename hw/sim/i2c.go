package sim

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// I2CChip is what can be plugged into an I2C bus: it answers writes and reads byte by byte. The bus calls it one
// transaction at a time, so that a chip needs no lock of its own for what happens on the wire.
type I2CChip interface {
	// String names the chip in messages, "ads1115".
	String() string
	// Start is called when the chip is addressed, at the start of a transaction and again where it turns from writing to
	// reading. now is the time by the Pi's clock, for all of the bytes that follow: the time that bits take is not
	// modelled.
	Start(now time.Duration, read bool)
	// Write takes a byte and acknowledges it, or does not, which ends the transaction.
	Write(b byte) (ack bool)
	// Read gives the next byte.
	Read() byte
}

// ErrNAK means that nobody acknowledged an address or a byte. Its text is that of the kernel's error, EREMOTEIO.
var ErrNAK = errors.New("remote I/O error")

// I2C is a bus of two wires with chips at addresses. A program opens it through i2creg; Plug, Unplug and SetFaults are
// the side of the breadboard, and may be used while a program runs.
type I2C struct {
	number   int
	clock    Clock
	sda, scl *Pin

	mu    sync.Mutex // one transaction at a time
	chips map[uint16]I2CChip

	faultsMu sync.Mutex
	faults   I2CFaults
}

// I2CFaults is what is wrong with a bus. The zero value is a good bus.
type I2CFaults struct {
	// SDALow is a data wire that is stuck at ground. The controller of a Pi up to the 4 is the only master of its bus and
	// does not look for that: every address acknowledges, every byte reads as 0, and no chip hears anything. (A Pi 5's
	// reports an error: use Err.)
	SDALow bool
	Err    error         // every transaction fails with it, wrapped, before it reaches the wire
	Delay  time.Duration // every transaction takes so much longer, by the Pi's clock
}

// Plug puts a chip on the bus at a 7-bit address, in place of any that was there. A chip may be in one place at a time.
func (b *I2C) Plug(addr uint16, c I2CChip) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c == nil {
		delete(b.chips, addr)
		return
	}
	b.chips[addr] = c
}

// Unplug takes the chip at an address away: nobody acknowledges it any more.
func (b *I2C) Unplug(addr uint16) {
	b.Plug(addr, nil)
}

// SetFaults replaces what is wrong with the bus, from the next transaction on.
func (b *I2C) SetFaults(f I2CFaults) {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	b.faults = f
}

// Faults returns what is wrong with the bus.
func (b *I2C) Faults() I2CFaults {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	return b.faults
}

// String returns "I2C1" for bus 1.
func (b *I2C) String() string {
	return fmt.Sprintf("I2C%d", b.number)
}

// transfer writes w and then reads r, with a repeated start between the two.
func (b *I2C) transfer(addr uint16, w, r []byte, f I2CFaults) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.SDALow {
		clear(r)
		return nil
	}
	chip := b.chips[addr]
	if chip == nil {
		return fmt.Errorf("nobody answers at %#02x: %w", addr, ErrNAK)
	}
	now := b.clock.Now()
	if len(w) != 0 {
		chip.Start(now, false)
	}
	for i := range w {
		if !chip.Write(w[i]) {
			return fmt.Errorf("%s at %#02x refuses byte %d, %#02x: %w", chip, addr, i+1, w[i], ErrNAK)
		}
	}
	if len(r) != 0 {
		chip.Start(now, true)
	}
	for i := range r {
		r[i] = chip.Read()
	}
	return nil
}
