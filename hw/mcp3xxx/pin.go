package mcp3xxx

import (
	"fmt"

	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/pin"
)

// Pin is one input of the chip: a channel or a pair of channels.
type Pin struct {
	d       *Dev
	name    string
	number  int
	signed  bool   // codes may be negative
	command uint32 // for the frame
}

// Read implements analog.PinADC: one conversion. Without an error it allocates nothing.
func (p *Pin) Read() (analog.Sample, error) {
	code, err := p.d.convert(p.command)
	if err != nil {
		return analog.Sample{}, fmt.Errorf("%s: %s: %w", p.d.where, p.name, err)
	}
	return p.sample(code), nil
}

// Range implements analog.PinADC: from 0, or with a sign from -V_ref, to one step below V_ref.
func (p *Pin) Range() (analog.Sample, analog.Sample) {
	lowest, highest := 0, p.d.steps-1
	if p.signed {
		lowest = -p.d.steps
	}
	return p.sample(lowest), p.sample(highest)
}

func (p *Pin) sample(code int) analog.Sample {
	return analog.Sample{V: p.d.volts(code), Raw: int32(code)}
}

// String implements conn.Resource.
func (p *Pin) String() string {
	return p.d.String() + "." + p.name
}

// Halt implements conn.Resource. It does nothing.
func (p *Pin) Halt() error {
	return nil
}

// Name implements pin.Pin: "CH0", or "CH0-CH1" for a pair.
func (p *Pin) Name() string {
	return p.name
}

// Number implements pin.Pin: the channel, or -1 for a pair.
func (p *Pin) Number() int {
	return p.number
}

// Function implements pin.Pin.
func (p *Pin) Function() string {
	return string(p.Func())
}

// Func implements pin.PinFunc.
func (p *Pin) Func() pin.Func {
	return analog.ADC
}

// SupportedFuncs implements pin.PinFunc.
func (p *Pin) SupportedFuncs() []pin.Func {
	return []pin.Func{analog.ADC}
}

// SetFunc implements pin.PinFunc.
func (p *Pin) SetFunc(f pin.Func) error {
	if f == analog.ADC {
		return nil
	}
	return fmt.Errorf("%s: %s: function must be %s, got %q", p.d.where, p.name, analog.ADC, f)
}

var (
	_ analog.PinADC = &Pin{}
	_ pin.PinFunc   = &Pin{}
)
