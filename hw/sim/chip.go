package sim

import (
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Chip is what can be plugged into a Port: a part with the four wires of SPI. The port calls it with its bus locked,
// so that a chip in one port needs no lock of its own for what happens on the wire.
type Chip interface {
	// String names the chip in messages, "mcp3008".
	String() string
	// CS is called when the chip is selected and when it is let go, which sets its conversation back.
	CS(selected bool)
	// SCLK is called at every edge of the clock, with the level after it and the level on the chip's data input as
	// it stood before. An edge while the chip is not selected is none of its business.
	SCLK(level, din gpio.Level)
	// DOUT is the level of the chip's data output; not driven is high impedance, and leaves the level to the pull on
	// the wire.
	DOUT() (level gpio.Level, driven bool)
	// ClockRange is the lowest and the highest clock that the chip takes; zero is no limit.
	ClockRange() (lowest, highest physic.Frequency)
}
