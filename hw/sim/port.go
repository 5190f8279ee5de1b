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

// Port is the socket for one chip: an SPI bus and a chip select. Programs open it through spireg. Plug, Unplug and
// SetFaults are for the test and may be called during a transfer.
type Port struct {
	name       string // "SPI0.0"
	number, cs int
	clock      Clock
	bus        *bus

	clk, mosi, miso, csPin *Pin
	pi                     *Pi

	// Guarded by bus.mu:
	chip     Chip
	selected bool // chip select is low
	faults   Faults
	tap      *tap // on the pin that CS is misplaced to, or nil
}

// bus is the part that all ports of one bus share.
type bus struct {
	mu   sync.Mutex // one transfer at a time
	held *Port      // its chip is still selected after a packet with KeepCS
	rng  *rand.Rand // for a loose contact
}

// Faults are the faults of a port. The zero value is a good port.
type Faults struct {
	MISO MISO // wire from the chip, at the Pi

	CS, CLK, DIN, DOUT Hole // ends of the chip's wires on the header

	Err   error         // returned, wrapped, by every transfer before it reaches the wire
	Delay time.Duration // added to every transfer, by the Pi's clock
}

// MISO is the state of the wire from the chip to the Pi.
type MISO uint8

// The states of MISO.
const (
	Connected MISO = iota
	Open           // loose, with a pull-up: the master reads all ones
	Shorted        // at ground, or loose with the pull-down of a Pi up to the 4: the master reads all zeros
	Flaky          // a bad contact: one bit of 16, at random, is that of the pull
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

// Plug puts a chip into the port and replaces the one there. A chip may be in one port at a time.
func (p *Port) Plug(c Chip) {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	p.letGo()
	p.sel(false)
	p.chip = c
}

// Unplug empties the port. The master then reads the pull of its MISO pin: zeros, because GPIO9 and GPIO19 have
// pull-downs after power-up. In(gpio.PullUp, gpio.NoEdge) on that pin adds a pull-up: the master reads ones.
func (p *Port) Unplug() {
	p.Plug(nil)
}

// SetFaults replaces the faults of the port, from the next transfer on.
func (p *Port) SetFaults(f Faults) {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	p.rewire(f)
	p.faults = f
}

// Faults returns the faults of the port.
func (p *Port) Faults() Faults {
	p.bus.mu.Lock()
	defer p.bus.mu.Unlock()
	return p.faults
}

// String returns "SPI0.0" for chip select 0 of bus 0.
func (p *Port) String() string {
	return p.name
}

// Open opens the port, as spireg.Open does; it needs no Register. As with spidev, several openings may exist, each with
// its own mode and clock.
func (p *Port) Open() (spi.PortCloser, error) {
	return &opened{port: p}, nil
}

// transfer clocks packets through the wires. Its duration on a real Pi is not modelled.
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

// checkClock refuses a clock outside the chip's specification. On the bench such a clock may still work, or nearly.
func (p *Port) checkClock(f physic.Frequency) error {
	if p.chip == nil {
		return nil
	}
	lowest, highest := p.chip.ClockRange()
	switch {
	case f < lowest:
		return fmt.Errorf("%s needs a clock of at least %s, got %s: raise it in Connect or LimitSpeed", p.chip, lowest, f)
	case highest != 0 && f > highest:
		return fmt.Errorf("%s needs a clock of at most %s, got %s: lower it in Connect or LimitSpeed", p.chip, highest, f)
	}
	return nil
}

// take selects the port's chip, unless it is still selected. Callers of take and letGo hold bus.mu.
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

// sel sets the chip's CS.
func (p *Port) sel(selected bool) {
	if p.selected == selected || p.chip == nil {
		return
	}
	p.selected = selected
	p.chip.CS(selected)
	p.stray()
}
