package sim

import (
	"fmt"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/spi"
)

// OpenPin returns a pin by name, as Pin does, or an error. It needs no registry.
func (p *Pi) OpenPin(name string) (gpio.PinIO, error) {
	if pin := p.find(name); pin != nil {
		return pin, nil
	}
	return nil, fmt.Errorf("sim: %w", noPin(name))
}

// DirectPin returns a pin by name, or false. On a real Pi it reads any pin past the kernel.
func (p *Pi) DirectPin(name string) (gpio.PinIO, bool) {
	if pin := p.find(name); pin != nil {
		return pin, true
	}
	return nil, false
}

// OpenSPI opens a port by name: "SPI0.1". It needs no registry.
func (p *Pi) OpenSPI(name string) (spi.PortCloser, error) {
	port, err := p.Port(name)
	if err != nil {
		return nil, err
	}
	return port.Open()
}

// OpenI2C opens the bus by name: "I2C1". It needs no registry.
func (p *Pi) OpenI2C(name string) (i2c.BusCloser, error) {
	if name == p.i2c.String() {
		return p.i2c.Open()
	}
	return nil, fmt.Errorf("sim: %w", p.noBus(name))
}
