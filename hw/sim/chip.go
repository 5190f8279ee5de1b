package sim

import (
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Chip is a part with the four wires of SPI, for Port.Plug. The port calls it with the bus locked: a chip in one port
// needs no lock for its wires.
type Chip interface {
	// String returns the name of the chip for messages: "mcp3008".
	String() string
	// CS reports that the chip is selected or released. Release resets the chip's transfer.
	CS(selected bool)
	// SCLK reports a clock edge: the level after the edge, and the level of the data input before it. A chip that is
	// not selected ignores clock edges.
	SCLK(level, din gpio.Level)
	// DOUT returns the level of the data output. If the output is not driven (high impedance), the pull on the wire
	// decides.
	DOUT() (level gpio.Level, driven bool)
	// ClockRange returns the lowest and the highest clock of the chip; 0 is no limit.
	ClockRange() (lowest, highest physic.Frequency)
}
