package sim

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// Port is the socket of one chip: an SPI bus and a chip select. A program opens it through spireg; Plug, Unplug and
// SetFaults are the side of the breadboard, and may be used while a program runs.
type Port struct {
	name       string // "SPI0.0"
	number, cs int
	clock      Clock
	bus        *bus

	clk, mosi, miso, csPin *Pin
	pi                     *Pi

	// Under bus.mu:
	chip     Chip
	selected bool // the chip
	faults   Faults
	tap      *tap // on the pin that CS is wired to by mistake, or nil
}

// bus is what the ports of one bus share.
type bus struct {
	mu   sync.Mutex // one transfer at a time
	held *Port      // whose chip a packet with KeepCS left selected
	rng  *rand.Rand // of a loose contact
}

// Faults is what is wrong with a port. The zero value is a good port.
type Faults struct {
	MISO MISO // the wire from the chip, at the Pi

	CS, CLK, DIN, DOUT Hole // where the chip's own wires go

	Err   error         // every transfer fails with it, wrapped, before it reaches the wire
	Delay time.Duration // every transfer takes so much longer, by the Pi's clock
}

// MISO is the state of the wire that the chip answers on.
type MISO uint8

// The states of MISO.
const (
	Connected MISO = iota
	Open           // off, with a pull-up: the master reads all ones
	Shorted        // to ground, or off with the pull-down of a Pi up to the 4: the master reads all zeros
	Flaky          // a loose contact: of 16 bits one, at random, is the pull's
)

// String returns "connected", "open", "shorted" or "flaky".
func (m MISO) String() string {
	switch m {
	case Connected:
		return "connected"
	case Open:
		return "open"
	case Shorted:
		return "shorted"
	case Flaky:
		return "flaky"
	}
	return fmt.Sprintf("MISO(%d)", uint8(m))
}

// Plug puts a chip into the port, in place of any that was there. A chip may be in one port at a time.
func (p *Port) Plug(c Chip) {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	p.letGo()
	p.sel(false)
	p.chip = c
}

// Unplug leaves the port empty. The master then reads the pull of its MISO pin: zeros, as GPIO9 and GPIO19 are pulled
// down after power-up. In(gpio.PullUp, gpio.NoEdge) on that pin stands for a pull-up, and makes it ones.
func (p *Port) Unplug() {
	p.Plug(nil)
}

// SetFaults replaces what is wrong with the port, from the next transfer on.
func (p *Port) SetFaults(f Faults) {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	p.rewire(f)
	p.faults = f
}

// Faults returns what is wrong with the port.
func (p *Port) Faults() Faults {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	return p.faults
}

// String returns "SPI0.0" for chip select 0 of bus 0.
func (p *Port) String() string {
	return p.name
}

// Open returns a new connection to the port, as spireg.Open does, with or without Register. As with spidev there can
// be several at once, each with its own mode and clock.
func (p *Port) Open() (spi.PortCloser, error) {
	return &opened{port: p}, nil
}

// transfer clocks packets through the wires. The time that this takes on a Pi is not modelled.
func (p *Port) transfer(packets []spi.Packet, s settings) error {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	f := &p.faults
	w := wires{chip: p.chip, mode: s.mode, fault: f.MISO, rng: p.bus.rng, pull: p.miso.Pull() == gpio.PullUp,
		clkOff: f.CLK != "", dinOff: f.DIN != "", din: p.level(f.DIN), doutOff: f.DOUT != ""}
	selects := s.mode&spi.NoCS == 0
	if selects {
		if err := p.checkClock(s.clock); err != nil {
			return err
		}
		if held := p.bus.held; held != nil && held != p {
			held.letGo()
		}
	}
	for i := range packets {
		if selects {
			p.take()
		}
		w.clock(packets[i].W, packets[i].R)
		p.stray()
		if selects && !packets[i].KeepCS {
			p.letGo()
		}
	}
	return nil
}

// checkClock refuses a clock that the chip is not specified for. On the bench it may work, or nearly.
func (p *Port) checkClock(f physic.Frequency) error {
	if p.chip == nil {
		return nil
	}
	lowest, highest := p.chip.ClockRange()
	switch {
	case f < lowest:
		return fmt.Errorf("%s takes a clock of %s or more, asked for %s: raise it in Connect or LimitSpeed", p.chip, lowest, f)
	case highest != 0 && f > highest:
		return fmt.Errorf("%s takes a clock of up to %s, asked for %s: lower it in Connect or LimitSpeed", p.chip, highest, f)
	}
	return nil
}

// take selects the port's chip unless it is still selected, letGo ends that. Both are called with bus.mu held.
func (p *Port) take() {
	if p.faults.CS != "" {
		p.selectFrom(p.faults.CS)
		return
	}
	p.bus.held = p
	p.sel(true)
}

func (p *Port) letGo() {
	if p.bus.held == p {
		p.bus.held = nil
		p.sel(false)
	}
}

// sel is the level on the chip's CS.
func (p *Port) sel(selected bool) {
	if p.selected == selected || p.chip == nil {
		return
	}
	p.selected = selected
	p.chip.CS(selected)
	p.stray()
}
