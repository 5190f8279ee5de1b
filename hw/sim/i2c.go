package sim

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// I2CChip is a part on an I2C bus, for I2C.Plug. It answers byte by byte. The bus runs one transaction at a time: a
// chip needs no lock for its wires.
type I2CChip interface {
	// String returns the name of the chip for messages: "ads1115".
	String() string
	// Start reports a start condition with the chip's address: at the beginning of a transaction, and again at the
	// change from writing to reading. now is the time by the Pi's clock for all bytes that follow: the duration of the
	// bits is not modelled.
	Start(now time.Duration, read bool)
	// Write takes a byte. If it does not acknowledge the byte, the transaction ends.
	Write(b byte) (ack bool)
	// Read returns the next byte.
	Read() byte
}

// ErrNAK means that no chip acknowledged an address or a byte. Its text is that of the kernel's error EREMOTEIO.
var ErrNAK = errors.New("remote I/O error")

// I2C is a bus of two wires with chips at addresses. Programs open it through i2creg. Plug, Unplug and SetFaults are
// for the test and may be called during a transaction.
type I2C struct {
	number   int
	clock    Clock
	sda, scl *Pin

	mu    sync.Mutex // one transaction at a time
	chips map[uint16]I2CChip

	faultsMu sync.Mutex
	faults   I2CFaults
}

// I2CFaults are the faults of a bus. The zero value is a good bus.
type I2CFaults struct {
	// SDALow is a data wire at ground. The controller of a Pi up to the 4 does not detect it, being the only master of
	// its bus: every address acknowledges, every byte reads as 0, and the chips receive nothing. The controller of a Pi
	// 5 reports an error: use Err.
	SDALow bool
	Err    error         // returned, wrapped, by every transaction before it reaches the wire
	Delay  time.Duration // added to every transaction, by the Pi's clock
}

// Plug puts a chip on the bus at a 7-bit address and replaces the one there. A chip may be in one place at a time.
func (b *I2C) Plug(addr uint16, c I2CChip) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c == nil {
		delete(b.chips, addr)
		return
	}
	b.chips[addr] = c
}

// Unplug removes the chip at an address: the address is no longer acknowledged.
func (b *I2C) Unplug(addr uint16) {
	b.Plug(addr, nil)
}

// SetFaults replaces the faults of the bus, from the next transaction on.
func (b *I2C) SetFaults(f I2CFaults) {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	b.faults = f
}

// Faults returns the faults of the bus.
func (b *I2C) Faults() I2CFaults {
	b.faultsMu.Lock()
	defer b.faultsMu.Unlock()
	return b.faults
}

// String returns "I2C1" for bus 1.
func (b *I2C) String() string {
	return fmt.Sprintf("I2C%d", b.number)
}

// transfer writes w and then reads r, with a repeated start between them.
func (b *I2C) transfer(addr uint16, w, r []byte, f I2CFaults) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.SDALow {
		clear(r)
		return nil
	}
	chip := b.chips[addr]
	if chip == nil {
		return fmt.Errorf("no chip answers at %#02x: %w", addr, ErrNAK)
	}
	now := b.clock.Now()
	if len(w) != 0 {
		chip.Start(now, false)
	}
	for i := range w {
		if !chip.Write(w[i]) {
			return fmt.Errorf("%s at %#02x does not acknowledge byte %d, %#02x: %w", chip, addr, i+1, w[i], ErrNAK)
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
