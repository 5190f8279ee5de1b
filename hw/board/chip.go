package board

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"hillock/config"
	"hillock/hw/mcp3xxx"
)

// reopenEvery is how often a lost part is reopened.
const reopenEvery = 500 * time.Millisecond

// chip is an ADC on its port, and the knobs on its channels. What it holds belongs to whoever has taken it.
type chip struct {
	in       config.Input // one of its inputs; driver, port, clock and v_ref are the same for all
	pi       Pi
	taken    chan struct{} // holds one while it is
	gone     atomic.Bool   // the board is closed
	port     spi.PortCloser
	dev      *mcp3xxx.Dev // nil while closed: periph's port panics on a transfer after Close
	knobs    []*Knob
	openings int           // how often it was opened again
	next     time.Duration // when it may be opened again
	closed   error         // why it could not be, while it is closed
}

func (c *chip) name() string { return c.in.Driver + " on " + c.in.Port }

func (c *chip) open() (err error) {
	c.dev, c.port, err = OpenChip(c.in, c.pi)
	return err
}

// OpenChip opens the ADC that an input is on, on a Pi. The port is to be closed, once, after the last use of the chip.
func OpenChip(in config.Input, pi Pi) (*mcp3xxx.Dev, spi.PortCloser, error) {
	name := in.Driver + " on " + in.Port
	port, err := pi.OpenSPI(in.Port)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	model, ok := mcp3xxx.ByName(in.Driver)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("%s: no such chip", name), port.Close())
	}
	opts := mcp3xxx.Opts{
		Model: model,
		VRef:  physic.ElectricPotential(in.VRef * float64(physic.Volt)),
		Clock: physic.Frequency(in.Clock) * physic.Hertz,
	}
	dev, err := mcp3xxx.NewSPI(port, &opts)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", name, err), port.Close())
	}
	return dev, port, nil
}

// take takes the chip for a read, unless somebody has it or the board is closed.
func (c *chip) take() bool {
	select {
	case c.taken <- struct{}{}:
	default:
		return false
	}
	if c.gone.Load() {
		<-c.taken
		return false
	}
	return true
}

func (c *chip) release() {
	if c.gone.Load() {
		_ = c.close() // nobody waited for it
	}
	<-c.taken
}

// end closes the chip for good. It does not wait for long: a transfer that hangs closes it when it returns.
func (c *chip) end() error {
	c.gone.Store(true)
	select {
	case c.taken <- struct{}{}:
		defer func() { <-c.taken }()
		return c.close()
	case <-time.After(100 * time.Millisecond):
		return nil
	}
}

func (c *chip) close() error {
	if c.dev == nil {
		return nil
	}
	err := errors.Join(c.dev.Halt(), c.port.Close())
	c.port, c.dev = nil, nil
	return err
}

// reopen closes the chip and opens it again, no more often than reopenEvery, and tells whether there is something to
// read from: not before its time, and not while the port cannot be opened.
func (c *chip) reopen(now time.Duration) bool {
	if now < c.next {
		return false
	}
	c.next = now + reopenEvery
	_ = c.close() // whatever is wrong with it, it is given up
	if c.closed = c.open(); c.closed != nil {
		for _, k := range c.knobs {
			k.bad(c.closed)
		}
		return false
	}
	c.openings++
	for _, k := range c.knobs {
		if err := k.connect(); err != nil {
			k.bad(err)
		}
	}
	return true
}

func (c *chip) channel(in config.Input) (analog.PinADC, error) {
	var p *mcp3xxx.Pin
	var err error
	if in.Minus < 0 {
		p, err = c.dev.Single(in.Channel)
	} else {
		p, err = c.dev.Differential(in.Channel, in.Minus)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name(), err)
	}
	return p, nil
}

func (c *chip) read(adc analog.PinADC) (analog.Sample, error) {
	if c.dev == nil {
		return analog.Sample{}, c.closed
	}
	s, err := adc.Read()
	if errors.Is(err, mcp3xxx.ErrNoChip) {
		err = fmt.Errorf("%s: %w: check %s, and 3V3 at VDD", c.name(), mcp3xxx.ErrNoChip, wires(c.in.Port))
	}
	return s, err // it begins with the chip's name and its port
}

// wires names the wires that leave MISO to itself when they are loose, each with its place on the 40-pin header: the
// chip select of a port, and MISO.
func wires(port string) string {
	bus, cs, _ := strings.Cut(strings.TrimPrefix(port, "SPI"), ".")
	place := func(signal string, pins map[string]string, key string) string {
		if pin := pins[key]; pin != "" {
			return signal + ", pin " + pin
		}
		return signal
	}
	return place("CE"+cs, map[string]string{"0.0": "24", "0.1": "26", "1.0": "12", "1.1": "11", "1.2": "36"}, bus+"."+cs) +
		", " + place("MISO", map[string]string{"0": "21", "1": "35"}, bus)
}
