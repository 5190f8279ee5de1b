// Package mcp49xx drives Microchip's MCP4921 and MCP4922 over SPI: digital-to-analog converters of 12 bits with one and two
// channels.
//
// A channel is an analog.PinDAC. Out sends one word of 16 bits. The chip has no data output: a missing chip is no error. Its pin
// LDAC must be at ground: the output then changes at the end of the word.
//
// # Datasheets
//
// Sections in the comments refer to DS21897B, and to the newer DS22248A (MCP4921) and DS22250A (MCP4922) with the same sections:
// https://ww1.microchip.com/downloads/en/DeviceDoc/21897B.pdf, 22248a.pdf and 22250A.pdf.
package mcp49xx

import (
	"fmt"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// Model is a member of the family.
type Model uint8

// The supported models.
const (
	MCP4921 Model = iota
	MCP4922
)

// String returns the name on the chip.
func (m Model) String() string {
	names := [...]string{"MCP4921", "MCP4922"}
	if int(m) < len(names) {
		return names[m]
	}
	return fmt.Sprintf("Model(%d)", uint8(m))
}

// Channels returns the number of outputs, 0 for an unknown model.
func (m Model) Channels() int {
	switch m {
	case MCP4921:
		return 1
	case MCP4922:
		return 2
	}
	return 0
}

// DefaultOpts are for an MCP4921 with 3.3 V at VREF. Jumper wires pass 4 MHz on well. A word then takes 4 us.
var DefaultOpts = Opts{Model: MCP4921, VRef: 3300 * physic.MilliVolt, Clock: 4 * physic.MegaHertz}

// MaxClock is the highest SPI clock (section 1.0, AC characteristics).
const MaxClock = 20 * physic.MegaHertz

// Opts are the model and the wiring of a chip.
type Opts struct {
	// Model is the chip. The zero value is the MCP4921.
	Model Model
	// VRef is the voltage at the VREF pins, above 0 V and up to 5.5 V; 0 means 3.3 V. It only scales Range.
	VRef physic.ElectricPotential
	// Clock is the highest SPI clock to use, up to MaxClock. 0 means 4 MHz.
	Clock physic.Frequency
}

func (o Opts) complete() (Opts, error) {
	if o.VRef == 0 {
		o.VRef = DefaultOpts.VRef
	}
	if o.Clock == 0 {
		o.Clock = DefaultOpts.Clock
	}
	switch {
	case o.Model.Channels() == 0:
		return o, fmt.Errorf("mcp49xx: model must be MCP4921 or MCP4922, got %s", o.Model)
	case o.VRef < 0 || o.VRef > 5500*physic.MilliVolt:
		return o, fmt.Errorf("mcp49xx: vref must be from 0V to 5.500V, got %s", o.VRef)
	case o.Clock < 0 || o.Clock > MaxClock:
		return o, fmt.Errorf("mcp49xx: clock must be at most %s, got %s", MaxClock, o.Clock)
	}
	return o, nil
}

// MaxCode is the highest code: one step below VREF.
const MaxCode = 4095

// Dev is a chip of the family. Only one goroutine may use it and its pins at a time.
type Dev struct {
	c     conn.Conn
	opts  Opts
	where string  // for messages: "mcp4921 on SPI0.1"
	w     [2]byte // buffer of a word, so that Out allocates nothing
}

// NewSPI returns the chip on a port. It connects in mode 0. Nil options mean DefaultOpts. It sends no word: after power-up the
// outputs are shut down (section 4.2.3).
func NewSPI(p spi.Port, o *Opts) (*Dev, error) {
	if o == nil {
		o = &DefaultOpts
	}
	opts, err := o.complete()
	if err != nil {
		return nil, err
	}
	where := fmt.Sprintf("mcp492%d on %s", opts.Model.Channels(), p)
	// The chip works in modes 0 and 3 (section 5.1).
	c, err := p.Connect(opts.Clock, spi.Mode0, 8)
	if err != nil {
		return nil, fmt.Errorf("%s: connect at %s: %w", where, opts.Clock, err)
	}
	return &Dev{c: c, opts: opts, where: where}, nil
}

// Channel returns an output: 0 is VOUTA, 1 is VOUTB.
func (d *Dev) Channel(channel int) (*Pin, error) {
	switch n := d.opts.Model.Channels(); {
	case n == 1 && channel != 0:
		return nil, fmt.Errorf("%s: channel must be 0, the only one, got %d", d.where, channel)
	case channel < 0 || channel >= n:
		return nil, fmt.Errorf("%s: channel must be 0 or 1, got %d", d.where, channel)
	}
	return &Pin{d, channel}, nil
}

// The bits above the code (section 5.2, register 5-1).
const (
	channelB = 1 << 15
	once     = 1 << 13 // GA: VOUT = VREF*code/4096; low: twice that
	active   = 1 << 12 // SHDN: the output is on
)

func (d *Dev) write(channel int, code int32) error {
	word := once | active | uint16(code) // BUF is low: VREF may be as high as VDD (section 4.2.2)
	if channel == 1 {
		word |= channelB
	}
	d.w = [2]byte{byte(word >> 8), byte(word)}
	if err := d.c.Tx(d.w[:], nil); err != nil {
		return fmt.Errorf("%s: %w", d.where, err)
	}
	return nil
}

// Halt implements conn.Resource. It sets all outputs to 0 V.
func (d *Dev) Halt() error {
	for channel := range d.opts.Model.Channels() {
		if err := d.write(channel, 0); err != nil {
			return err
		}
	}
	return nil
}

// String implements conn.Resource.
func (d *Dev) String() string { return fmt.Sprintf("%s{%s}", d.opts.Model, d.c) }

// Pin is an output of a chip.
type Pin struct {
	d       *Dev
	channel int
}

// Out implements analog.PinDAC. It sets the voltage VREF*code/4096 (equation 4-1).
func (p *Pin) Out(code int32) error {
	if code < 0 || code > MaxCode {
		return fmt.Errorf("%s, %s: code must be from 0 to %d, got %d", p.d.where, p.Name(), MaxCode, code)
	}
	return p.d.write(p.channel, code)
}

// Range implements analog.PinDAC.
func (p *Pin) Range() (analog.Sample, analog.Sample) {
	return analog.Sample{}, analog.Sample{Raw: MaxCode, V: p.d.opts.VRef * MaxCode / 4096}
}

// Halt implements conn.Resource. It sets the output to 0 V.
func (p *Pin) Halt() error { return p.Out(0) }

// Name implements pin.Pin.
func (p *Pin) Name() string { return "VOUT" + string(rune('A'+p.channel)) }

// Number implements pin.Pin.
func (p *Pin) Number() int { return p.channel }

// Function implements pin.Pin.
func (p *Pin) Function() string { return "DAC" }

// String implements conn.Resource.
func (p *Pin) String() string { return fmt.Sprintf("%s/%s", p.d, p.Name()) }

var (
	_ conn.Resource = &Dev{}
	_ analog.PinDAC = &Pin{}
)
