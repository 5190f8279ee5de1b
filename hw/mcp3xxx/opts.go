package mcp3xxx

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

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
	// VRef is the voltage at the VREF pin, up to 5.5 V; zero means 3.3 V. It begins at 0.25 V, at 0.4 V with a chip of
	// 13 bits, and at 2.7 V with one of two channels, whose supply it is. It only scales Sample.V.
	VRef physic.ElectricPotential
	// Clock is the fastest SPI clock to use, in the model's ClockRange; zero means 1 MHz, or what the chip takes at a
	// supply of 2.7 V if that is less.
	//
	// The upper end of the range holds at a supply of 5 V. Below the lower end the sample leaks away before it is
	// converted.
	Clock physic.Frequency
}

const maxVRef = 5500 * physic.MilliVolt

// complete returns o with its zero values filled in, or the rule that it breaks.
func (o Opts) complete() (Opts, error) {
	lowest, at27, at50 := o.Model.ClockRange()
	if o.VRef == 0 {
		o.VRef = DefaultOpts.VRef
	}
	if o.Clock == 0 {
		o.Clock = min(DefaultOpts.Clock, at27)
	}
	switch minVRef := o.Model.minVRef(); {
	case o.Model.Channels() == 0:
		return Opts{}, fmt.Errorf("mcp3xxx: model must be one of %v, got %s", Models(), o.Model)
	case o.VRef < minVRef || o.VRef > maxVRef:
		return Opts{}, fmt.Errorf("mcp3xxx: vref must be from %s to %s, got %s", minVRef, maxVRef, o.VRef)
	case o.Clock < lowest || o.Clock > at50:
		return Opts{}, fmt.Errorf("mcp3xxx: clock must be from %s to %s, got %s", lowest, at50, o.Clock)
	}
	return o, nil
}
