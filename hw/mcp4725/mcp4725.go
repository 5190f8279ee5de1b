// Package mcp4725 drives Microchip's MCP4725 over I2C: a digital-to-analog converter of 12 bits with its supply as the reference.
//
// Out sends the fast-mode command: two bytes after the address. That is 29 bits with start, acknowledges and stop, 73 us at 400
// kHz and 0.29 ms at 100 kHz. The package never writes the chip's EEPROM.
//
// # Datasheet
//
// Sections in the comments refer to DS22039D, at https://ww1.microchip.com/downloads/en/devicedoc/22039d.pdf.
package mcp4725

import (
	"fmt"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/analog"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Address is the address of an MCP4725A0 with its pin A0 at ground. The suffix A0 to A3 of the chip's number selects a pair, and
// its pin A0 one of the two: 0x60 to 0x67 (section 7.2, and the table of product codes).
const (
	Address     = 0x60
	LastAddress = 0x67
)

// DefaultOpts are for an MCP4725A0 with its pin A0 at ground, at 3.3 V.
var DefaultOpts = Opts{Address: Address, VDD: 3300 * physic.MilliVolt}

// Opts are the address and the supply of a chip.
type Opts struct {
	// Address is from 0x60 to 0x67; 0 means 0x60.
	Address uint16
	// VDD is the supply, 2.7 V to 5.5 V; 0 means 3.3 V. It only scales Range.
	VDD physic.ElectricPotential
}

func (o Opts) complete() (Opts, error) {
	if o.Address == 0 {
		o.Address = DefaultOpts.Address
	}
	if o.VDD == 0 {
		o.VDD = DefaultOpts.VDD
	}
	switch {
	case o.Address < Address || o.Address > LastAddress:
		return o, fmt.Errorf("mcp4725: address must be from %#x to %#x, got %#x", Address, LastAddress, o.Address)
	case o.VDD < 2700*physic.MilliVolt || o.VDD > 5500*physic.MilliVolt:
		return o, fmt.Errorf("mcp4725: vdd must be from 2.700V to 5.500V, got %s", o.VDD)
	}
	return o, nil
}

// MaxCode is the highest code: one step below VDD.
const MaxCode = 4095

// Dev is a chip with its one output. Only one goroutine may use it at a time.
type Dev struct {
	bus  i2c.Bus
	opts Opts
	w    [2]byte // buffer of a write, so that Out allocates nothing
}

// NewI2C returns the chip at an address of a bus. Nil options mean DefaultOpts. It sends no byte: the output keeps its voltage, at
// first that of the code in the EEPROM.
func NewI2C(b i2c.Bus, o *Opts) (*Dev, error) {
	if o == nil {
		o = &DefaultOpts
	}
	opts, err := o.complete()
	if err != nil {
		return nil, err
	}
	return &Dev{bus: b, opts: opts}, nil
}

// Out implements analog.PinDAC. It sets the voltage VDD*code/4096.
func (d *Dev) Out(code int32) error {
	if code < 0 || code > MaxCode {
		return fmt.Errorf("%s: code must be from 0 to %d, got %d", d.where(), MaxCode, code)
	}
	// Fast mode: C2 and C1 are 00, the power-down bits PD1 and PD0 are 00 for normal mode, then D11 to D0 (section 6.1.1,
	// figure 6-1, and table 5-2).
	d.w = [2]byte{byte(code >> 8), byte(code)}
	if err := d.bus.Tx(d.opts.Address, d.w[:], nil); err != nil {
		return fmt.Errorf("%s: %w", d.where(), err)
	}
	return nil
}

// State is the content of the chip's registers.
type State struct {
	Ready       bool  // no write to the EEPROM is under way
	Code        int   // in the DAC register
	PowerDown   uint8 // its bits PD1 and PD0: 0 is normal mode
	StoredCode  int   // in the EEPROM, the code after power-up
	StoredPower uint8
}

// Read returns the registers.
func (d *Dev) Read() (State, error) {
	// Status, DAC register, EEPROM (section 6.2, figure 6-3).
	var r [5]byte
	if err := d.bus.Tx(d.opts.Address, nil, r[:]); err != nil {
		return State{}, fmt.Errorf("%s: read: %w", d.where(), err)
	}
	return State{
		Ready: r[0]&0x80 != 0, PowerDown: r[0] >> 1 & 3, Code: int(r[1])<<4 | int(r[2]>>4),
		StoredPower: r[3] >> 5 & 3, StoredCode: int(r[3]&15)<<8 | int(r[4]),
	}, nil
}

// Range implements analog.PinDAC.
func (d *Dev) Range() (analog.Sample, analog.Sample) {
	return analog.Sample{}, analog.Sample{Raw: MaxCode, V: d.opts.VDD * MaxCode / 4096}
}

// Halt implements conn.Resource. It sets the output to 0 V.
func (d *Dev) Halt() error { return d.Out(0) }

// Name implements pin.Pin.
func (d *Dev) Name() string { return "VOUT" }

// Number implements pin.Pin.
func (d *Dev) Number() int { return 0 }

// Function implements pin.Pin.
func (d *Dev) Function() string { return "DAC" }

// String implements conn.Resource.
func (d *Dev) String() string { return fmt.Sprintf("MCP4725{%s, %#x}", d.bus, d.opts.Address) }

// where names the chip in errors.
func (d *Dev) where() string { return fmt.Sprintf("mcp4725 at %#x on %s", d.opts.Address, d.bus) }

var (
	_ conn.Resource = &Dev{}
	_ analog.PinDAC = &Dev{}
)
