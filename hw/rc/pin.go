package rc

import (
	"fmt"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/analog"
)

// Range implements analog.PinADC: the charge times at positions 0 and 1. Read may return a time beyond them.
func (d *Dev) Range() (analog.Sample, analog.Sample) {
	return analog.Sample{Raw: int32(d.opts.Ends[0])}, analog.Sample{Raw: int32(d.opts.Ends[1])}
}

// String implements conn.Resource.
func (d *Dev) String() string { return fmt.Sprintf("rc{%s}", d.pin.Name()) }

// Name implements pin.Pin. It is the name of the GPIO.
func (d *Dev) Name() string { return d.pin.Name() }

// Number implements pin.Pin. It is the number of the GPIO.
func (d *Dev) Number() int { return d.pin.Number() }

// Function implements pin.Pin.
func (d *Dev) Function() string { return string(analog.ADC) }

var (
	_ analog.PinADC = &Dev{}
	_ conn.Resource = &Dev{}
)
