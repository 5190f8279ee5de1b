package sim

import (
	"fmt"
	"io/fs"
	"sync"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// maxI2CSize is the length of i2c-dev's longest message, in bytes.
const maxI2CSize = 8192

// Open opens the bus, as i2creg.Open does; it needs no Register.
func (b *I2C) Open() (i2c.BusCloser, error) {
	return &openedI2C{bus: b}, nil
}

// openedI2C is one opening of a bus, with the rules of periph's bus for Linux.
type openedI2C struct {
	bus *I2C

	mu     sync.Mutex
	closed bool
}

// Close implements io.Closer.
func (o *openedI2C) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return o.errorf("close", "%w", fs.ErrClosed)
	}
	o.closed = true
	return nil
}

// Tx implements i2c.Bus. It writes w and then reads r; either may be empty. With both empty it sends nothing, not even
// the address.
func (o *openedI2C) Tx(addr uint16, w, r []byte) error {
	switch {
	case addr >= 0x80:
		return o.errorf("tx", "address must be from 0x00 to 0x7f, got %#02x", addr)
	case max(len(w), len(r)) > maxI2CSize:
		return o.errorf("tx", "at most %d bytes, got %d", maxI2CSize, max(len(w), len(r)))
	case len(w) == 0 && len(r) == 0:
		return nil
	}
	if err := o.check("tx"); err != nil {
		return err
	}
	f := o.bus.Faults()
	if f.Delay > 0 {
		// No lock is held during the sleep, so that a test can still change the wires.
		o.bus.clock.Sleep(f.Delay)
		if err := o.check("tx"); err != nil {
			return err
		}
	}
	if f.Err != nil {
		return o.errorf("tx", "%w", f.Err)
	}
	if err := o.bus.transfer(addr, w, r, f); err != nil {
		return o.errorf("tx", "%w", err)
	}
	return nil
}

// SetSpeed implements i2c.Bus. The duration of the bits and the limits of the chips are not modelled.
func (o *openedI2C) SetSpeed(f physic.Frequency) error {
	if f < physic.KiloHertz || f > 100*physic.MegaHertz {
		return o.errorf("set speed", "clock must be from 1kHz to 100MHz, got %s", f)
	}
	return o.check("set speed")
}

func (o *openedI2C) check(op string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return o.errorf(op, "%w", fs.ErrClosed)
	}
	return nil
}

func (o *openedI2C) errorf(op, format string, args ...any) error {
	return fmt.Errorf("sim: %s: %s: "+format, append([]any{o.bus, op}, args...)...)
}

// String implements i2c.Bus.
func (o *openedI2C) String() string {
	return o.bus.String()
}

// SCL implements i2c.Pins.
func (o *openedI2C) SCL() gpio.PinIO {
	return o.bus.scl
}

// SDA implements i2c.Pins.
func (o *openedI2C) SDA() gpio.PinIO {
	return o.bus.sda
}

var (
	_ i2c.BusCloser = &openedI2C{}
	_ i2c.Pins      = &openedI2C{}
)
