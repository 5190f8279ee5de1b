package board

import (
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/spi"
)

// Pi is where parts find their pins and buses: this machine (Host), or a virtual Pi (sim.Pi). Its errors, and those of its
// pins, say what to do. A pin that is in use elsewhere refuses with syscall.EBUSY.
type Pi interface {
	// OpenPin returns the pin of a name such as GPIO17. It takes nothing: the pin is requested when it is first used. A pin
	// that must be given back has a method Close.
	OpenPin(name string) (gpio.PinIO, error)
	// OpenSPI opens the port of a name such as SPI0.0.
	OpenSPI(port string) (spi.PortCloser, error)
	// OpenI2C opens the bus of a name such as I2C1.
	OpenI2C(bus string) (i2c.BusCloser, error)
}
