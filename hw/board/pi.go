package board

import (
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/spi"

	"hillock/hw/edge"
)

// Pi provides pins and buses for parts: this machine (Host), or a virtual Pi (sim.Pi). Its errors, and the errors of its
// pins, end with the remedy. A pin in use elsewhere returns syscall.EBUSY.
type Pi interface {
	// OpenPin returns the pin of a name such as GPIO17. It does not request the pin: the first use does. A pin that has to
	// be released has a method Close.
	OpenPin(name string) (gpio.PinIO, error)
	// OpenSPI opens a port such as SPI0.0.
	OpenSPI(port string) (spi.PortCloser, error)
	// OpenI2C opens a bus such as I2C1.
	OpenI2C(bus string) (i2c.BusCloser, error)
	// OpenEdges requests pins as inputs with the times of their edges, all or none.
	OpenEdges(lines []edge.Line) (edge.Port, error)
}
