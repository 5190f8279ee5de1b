package mcp3xxx

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// DefaultOpts are for an MCP3008 on a Raspberry Pi with 3.3 V at VREF. The clock is below the chip's limit of 1.35 MHz at
// 2.7 V (DS21295D, table 1-1). It is high enough for a Pi up to 4: the driver spi-bcm2835 polls a transfer shorter than
// clock/300000 bytes, and waits for an interrupt otherwise (drivers/spi/spi-bcm2835.c, polling_limit_us). 3 bytes at 1 MHz
// would wait.
var DefaultOpts = Opts{
	Model: MCP3008,
	VRef:  3300 * physic.MilliVolt,
	Clock: 1250 * physic.KiloHertz,
}

// Opts are the model and the wiring of a chip.
type Opts struct {
	// Model is the chip. The zero value is the MCP3008.
	Model Model
	// VRef is the voltage at the VREF pin, up to 5.5 V; 0 means 3.3 V. The minimum is 0.25 V, with 13 bits 0.4 V. On
	// chips with two channels it is the supply, at least 2.7 V. It only scales Sample.V.
	VRef physic.ElectricPotential
	// Clock is the highest SPI clock to use, within the model's ClockRange. 0 means 1.25 MHz for
	// the MCP3004 and the MCP3008. For the others it means 1 MHz, or the chip's limit at a supply of 2.7 V if that is
	// lower.
	//
	// The upper end of the range needs a supply of 5 V. Below the lower end the sample leaks away before the
	// conversion.
	Clock physic.Frequency
}

const maxVRef = 5500 * physic.MilliVolt

// complete returns o with defaults for its zero values, or an error.
func (o Opts) complete() (Opts, error) {
	lowest, at27, at50 := o.Model.ClockRange()
	if o.VRef == 0 {
		o.VRef = DefaultOpts.VRef
	}
	if o.Clock == 0 {
		if o.Clock = DefaultOpts.Clock; o.Clock > at27 {
			o.Clock = min(physic.MegaHertz, at27)
		}
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
