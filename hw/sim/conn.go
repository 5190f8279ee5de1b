package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// maxTxSize is the size of spidev's buffer, in bytes: the kernel's default.
const maxTxSize = 4096

// opened is one opening of a port: a spi.PortCloser. After Connect, its link is a spi.Conn. A transfer or a Close after
// Close panics in periph's port for Linux; here it returns an error.
type opened struct {
	port *Port

	mu        sync.Mutex
	closed    bool
	connected bool
	limit     physic.Frequency // by LimitSpeed, or 0
	settings  settings         // by Connect
}

// settings are the clock and the mode of a transfer.
type settings struct {
	clock physic.Frequency
	mode  spi.Mode
}

// Close implements io.Closer.
func (o *opened) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.check("close"); err != nil {
		return err
	}
	o.closed = true
	return nil
}

// LimitSpeed implements spi.PortCloser.
func (o *opened) LimitSpeed(f physic.Frequency) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.check("limit speed"); err != nil {
		return err
	}
	if err := checkSpeed(f); err != nil {
		return o.errorf("limit speed", "%w", err)
	}
	o.limit = f
	return nil
}

// Connect implements spi.Port.
func (o *opened) Connect(f physic.Frequency, mode spi.Mode, bits int) (spi.Conn, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.check("connect"); err != nil {
		return nil, err
	}
	if o.connected {
		return nil, o.errorf("connect", "already connected: open the port again for a second connection")
	}
	if err := checkSpeed(f); err != nil {
		return nil, o.errorf("connect", "%w", err)
	}
	switch {
	case mode&^(spi.Mode3|spi.HalfDuplex|spi.NoCS|spi.LSBFirst) != 0:
		return nil, o.errorf("connect", "unknown mode %s", mode)
	case mode&spi.HalfDuplex != 0:
		return nil, o.errorf("connect", "half duplex (3-wire) is not modelled")
	case bits != 8:
		return nil, o.errorf("connect", "words of %d bits are not modelled: use 8", bits)
	}
	o.connected, o.settings = true, settings{f, mode}
	// The kernel releases the chip when it sets a mode.
	o.port.bus.mu.Lock()
	defer o.port.bus.mu.Unlock()
	o.port.letGo()
	return &link{o}, nil
}

// checkSpeed checks the bounds of periph's port for Linux. It takes no 0 either.
func checkSpeed(f physic.Frequency) error {
	if f < 100*physic.Hertz || f > physic.GigaHertz {
		return fmt.Errorf("clock must be from 100Hz to 1GHz, got %s", f)
	}
	return nil
}

// check returns an error after Close. Callers hold o.mu.
func (o *opened) check(op string) error {
	if o.closed {
		return o.errorf(op, "%w", fs.ErrClosed)
	}
	return nil
}

func (o *opened) errorf(op, format string, args ...any) error {
	return fmt.Errorf("sim: %s: %s: "+format, append([]any{o.port, op}, args...)...)
}

// String implements spi.Port.
func (o *opened) String() string {
	return o.port.name
}

// MaxTxSize implements conn.Limits.
func (o *opened) MaxTxSize() int {
	return maxTxSize
}

// CLK implements spi.Pins.
func (o *opened) CLK() gpio.PinOut {
	return o.port.clk
}

// MOSI implements spi.Pins.
func (o *opened) MOSI() gpio.PinOut {
	return o.port.mosi
}

// MISO implements spi.Pins.
func (o *opened) MISO() gpio.PinIn {
	return o.port.miso
}

// CS implements spi.Pins.
func (o *opened) CS() gpio.PinOut {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.settings.mode&spi.NoCS != 0 {
		return gpio.INVALID
	}
	return o.port.csPin
}

// link is an opened port after Connect.
type link struct {
	*opened
}

// Tx implements conn.Conn. Either w or r may be empty; both may be the same slice.
func (l *link) Tx(w, r []byte) error {
	if len(w) == 0 && len(r) == 0 {
		return l.errorf("tx", "nothing to send and nothing to read")
	}
	p := [1]spi.Packet{{W: w, R: r}}
	return l.transfer("tx", p[:])
}

// TxPackets implements spi.Conn.
func (l *link) TxPackets(p []spi.Packet) error {
	return l.transfer("tx packets", p)
}

// Duplex implements conn.Conn.
func (l *link) Duplex() conn.Duplex {
	return conn.Full
}

func (l *link) transfer(op string, packets []spi.Packet) error {
	if err := check(packets); err != nil {
		return l.errorf(op, "%w", err)
	}
	s, err := l.ready(op)
	if err != nil {
		return err
	}
	f := l.port.Faults()
	if f.Delay > 0 {
		// No lock is held during the sleep, so that a test can still change the wires.
		l.port.clock.Sleep(f.Delay)
		if s, err = l.ready(op); err != nil {
			return err
		}
	}
	if f.Err != nil {
		return l.errorf(op, "%w", f.Err)
	}
	if err := l.port.transfer(packets, s); err != nil {
		return l.errorf(op, "%w", err)
	}
	return nil
}

// ready returns the current settings. The clock is the lower one of Connect and LimitSpeed.
func (l *link) ready(op string) (settings, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(op); err != nil {
		return settings{}, err
	}
	s := l.settings
	if l.limit != 0 {
		s.clock = min(s.clock, l.limit)
	}
	return s, nil
}

// check applies the rules of periph's port for Linux.
func check(packets []spi.Packet) error {
	total := 0
	for _, p := range packets {
		if len(p.W) != 0 && len(p.R) != 0 && len(p.W) != len(p.R) {
			return fmt.Errorf("w and r must have the same length, got %d and %d bytes", len(p.W), len(p.R))
		}
		if p.BitsPerWord != 0 && p.BitsPerWord != 8 {
			return fmt.Errorf("words of %d bits are not modelled: use 8", p.BitsPerWord)
		}
		total += max(len(p.W), len(p.R))
	}
	switch {
	case total == 0:
		return errors.New("nothing to send and nothing to read")
	case total > maxTxSize:
		return fmt.Errorf("at most %d bytes, got %d", maxTxSize, total)
	}
	return nil
}

var (
	_ spi.PortCloser = &opened{}
	_ spi.Pins       = &opened{}
	_ conn.Limits    = &opened{}
	_ spi.Conn       = &link{}
	_ spi.Pins       = &link{}
	_ conn.Limits    = &link{}
)
