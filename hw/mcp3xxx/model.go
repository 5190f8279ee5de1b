package mcp3xxx

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Model is a member of the family.
//
// The others (3002, 30x1, 32xx, 33xx) differ in resolution and in where the start bit and the result lie in the
// frame: each needs its line in facts, and a command and a raw of its own.
type Model uint8

// The supported models.
const (
	MCP3008 Model = iota // 8 channels, 10 bits
	MCP3004              // 4 channels, 10 bits
)

// facts is what the driver knows of a model.
type facts struct {
	name     string
	channels int
	bits     int
}

// facts returns the zero value for an unknown model.
func (m Model) facts() facts {
	switch m {
	case MCP3008:
		return facts{"MCP3008", 8, 10}
	case MCP3004:
		return facts{"MCP3004", 4, 10}
	}
	return facts{}
}

// String returns the name on the chip.
func (m Model) String() string {
	if n := m.facts().name; n != "" {
		return n
	}
	return fmt.Sprintf("Model(%d)", uint8(m))
}

// Channels returns the number of analog inputs.
func (m Model) Channels() int {
	return m.facts().channels
}

// Bits returns the resolution: codes go from 0 to 1<<Bits - 1.
func (m Model) Bits() int {
	return m.facts().bits
}

// DefaultOpts is an MCP3008 as it is wired to a Raspberry Pi: 3.3 V at VREF, and a clock that is well inside of what
// the chip takes at that supply, with a margin for jumper wires.
var DefaultOpts = Opts{
	Model: MCP3008,
	VRef:  3300 * physic.MilliVolt,
	Clock: physic.MegaHertz,
}

// Opts says which chip it is and how it is wired.
type Opts struct {
	// Model is the chip; the zero value is the MCP3008.
	Model Model
	// VRef is the voltage at the VREF pin, 0.25 V to 5.5 V (section 1.0); zero means 3.3 V. It only scales Sample.V.
	VRef physic.ElectricPotential
	// Clock is the fastest SPI clock to use, 10 kHz to 3.6 MHz; zero means 1 MHz.
	//
	// 3.6 MHz holds at a supply of 5 V, at 2.7 V the limit is 1.35 MHz (section 1.0). Below 10 kHz the sample
	// leaks away before it is converted (section 6.2).
	Clock physic.Frequency
}

// Limits of section 1.0 and section 6.2.
const (
	minClock = 10 * physic.KiloHertz
	maxClock = 3600 * physic.KiloHertz
	minVRef  = 250 * physic.MilliVolt
	maxVRef  = 5500 * physic.MilliVolt
)

// complete returns o with its zero values filled in, or the rule that it breaks.
func (o Opts) complete() (Opts, error) {
	if o.VRef == 0 {
		o.VRef = DefaultOpts.VRef
	}
	if o.Clock == 0 {
		o.Clock = DefaultOpts.Clock
	}
	switch {
	case o.Model.Channels() == 0:
		return Opts{}, fmt.Errorf("mcp3xxx: model must be MCP3008 or MCP3004, got %s", o.Model)
	case o.VRef < minVRef || o.VRef > maxVRef:
		return Opts{}, fmt.Errorf("mcp3xxx: vref must be from %s to %s, got %s", minVRef, maxVRef, o.VRef)
	case o.Clock < minClock || o.Clock > maxClock:
		return Opts{}, fmt.Errorf("mcp3xxx: clock must be from %s to %s, got %s", minClock, maxClock, o.Clock)
	}
	return o, nil
}
