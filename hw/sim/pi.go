package sim

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/spi/spireg"
)

// Pi is a virtual Raspberry Pi: pins GPIO0 to GPIO27, SPI0 with two chip selects, SPI1 with three, and I2C1. It begins
// with nothing plugged in. Its methods may be called from several goroutines.
type Pi struct {
	clock Clock
	desk  *desk
	pins  []*Pin
	ports []*Port
	i2c   *I2C

	mu         sync.Mutex
	registered bool
	names      []string // in gpioreg, in order of registration
	portNames  []string // in spireg
	busNames   []string // in i2creg
}

// New returns a Pi on the clock c. A nil clock is real time; in a testing/synctest bubble it is the bubble's time.
func New(c Clock) *Pi {
	if c == nil {
		c = realTime{time.Now()}
	}
	return newPi(newDesk(c))
}

// newPi returns a Pi on a desk.
func newPi(d *desk) *Pi {
	p := &Pi{clock: d.clock, desk: d, pins: newPins()}
	d.lock()
	d.add("Pi", p.pins...)
	d.unlock()
	p.ports = newPorts(p)
	p.i2c = newI2C(p)
	return p
}

// Kit returns the workshop's kit: a Pi with an MCP3008 on SPI0.0. The knob on CH0 is at position 0.4.
func Kit(c Clock) (*Pi, *MCP3xxx) {
	p, chip := New(c), NewMCP3008()
	chip.Knob(0).Set(0.4)
	p.SPI(0, 0).Plug(chip)
	return p, chip
}

// Pin returns the pin with a name that gpioreg knows: "GPIO17", "17", "P1_11" or "SPI0_MOSI". It panics if there is no
// such pin. Use OpenPin for a name from outside the program.
func (p *Pi) Pin(name string) *Pin {
	pin := p.find(name)
	if pin == nil {
		panic(fmt.Sprintf("sim: %v", noPin(name)))
	}
	return pin
}

// find returns the pin with a name, or nil.
func (p *Pi) find(name string) *Pin {
	for _, pin := range p.pins {
		if pin.name == name || slices.Contains(pin.aliases, name) {
			return pin
		}
	}
	return nil
}

func noPin(name string) error {
	return fmt.Errorf("no pin %q: the virtual Pi has GPIO0 to GPIO27: use a name like GPIO17, 17, P1_11 or SPI0_MOSI", name)
}

// SPI returns the port of a bus and a chip select: SPI(0, 1) is SPI0.1. It panics if there is no such port.
func (p *Pi) SPI(bus, cs int) *Port {
	port, err := p.Port(fmt.Sprintf("SPI%d.%d", bus, cs))
	if err != nil {
		panic(err.Error())
	}
	return port
}

// Port returns the port with a name, such as SPI0.1, or an error.
func (p *Pi) Port(name string) (*Port, error) {
	for _, port := range p.ports {
		if port.name == name {
			return port, nil
		}
	}
	return nil, fmt.Errorf("sim: no port %q: the virtual Pi has SPI0.0, SPI0.1 and SPI1.0 to SPI1.2", name)
}

// I2C returns the bus with a number. It panics if there is no such bus: the header has bus 1 only.
func (p *Pi) I2C(number int) *I2C {
	if number != p.i2c.number {
		panic(fmt.Sprintf("sim: %v", p.noBus(fmt.Sprintf("I2C%d", number))))
	}
	return p.i2c
}

func (p *Pi) noBus(name string) error {
	return fmt.Errorf("no bus %q: the virtual Pi has %s", name, p.i2c)
}

// Register puts the pins into gpioreg, the ports into spireg and the bus into i2creg: all of them, or none. The process
// has one set of registries, and they hold one Pi at a time, real or virtual.
func (p *Pi) Register() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.registered {
		return errors.New("sim: this virtual Pi is already registered: close it before registering it again")
	}
	if err := p.register(); err != nil {
		return errors.Join(fmt.Errorf("%w: periph's registries hold another Pi: remove host.Init, or close the other virtual Pi first", err),
			p.unregister())
	}
	p.registered = true
	return nil
}

// Close takes everything out of the registries. It may be called again, and Register after it. The pins keep their
// record. Pins and ports that a program holds keep working.
func (p *Pi) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.registered = false
	return p.unregister()
}

func (p *Pi) register() error {
	for _, pin := range p.pins {
		if err := gpioreg.Register(pin); err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		p.names = append(p.names, pin.name)
		for _, alias := range pin.aliases {
			// RegisterAlias overrides an existing alias.
			if old := gpioreg.ByName(alias); old != nil {
				return fmt.Errorf("sim: pin name %s belongs to %s", alias, old)
			}
			if err := gpioreg.RegisterAlias(alias, pin.name); err != nil {
				return fmt.Errorf("sim: %w", err)
			}
			p.names = append(p.names, alias)
		}
	}
	for _, port := range p.ports {
		// Names and number as in periph's sysfs driver.
		name, number := fmt.Sprintf("/dev/spidev%d.%d", port.number, port.cs), port.number
		if port.cs != 0 {
			number = -1
		}
		if err := spireg.Register(name, []string{port.name}, number, port.Open); err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		p.portNames = append(p.portNames, name)
	}
	name := fmt.Sprintf("/dev/i2c-%d", p.i2c.number)
	if err := i2creg.Register(name, []string{p.i2c.String()}, p.i2c.number, p.i2c.Open); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	p.busNames = append(p.busNames, name)
	return nil
}

// unregister removes the Pi's entries, last first. It leaves the entries of others: on a real Pi, host.Init replaces
// pins.
func (p *Pi) unregister() error {
	var errs []error
	for _, name := range p.busNames {
		errs = append(errs, i2creg.Unregister(name))
	}
	for _, name := range slices.Backward(p.portNames) {
		errs = append(errs, spireg.Unregister(name))
	}
	for _, name := range slices.Backward(p.names) {
		if p.owns(gpioreg.ByName(name)) {
			errs = append(errs, gpioreg.Unregister(name))
		}
	}
	p.names, p.portNames, p.busNames = nil, nil, nil
	return errors.Join(errs...)
}

// owns reports whether a registered pin, or the pin behind a registered alias, is one of p's.
func (p *Pi) owns(registered gpio.PinIO) bool {
	if alias, ok := registered.(gpio.RealPin); ok {
		registered = alias.Real()
	}
	pin, ok := registered.(*Pin)
	return ok && slices.Contains(p.pins, pin)
}
