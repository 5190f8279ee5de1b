package mcp3xxx

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
)

// ErrNoChip means that the null bit before the result was high: no chip drives MISO.
//
// Only a pull-up on MISO, such as 10 kOhm to 3.3 V, makes the error certain. A Raspberry Pi up to the 4 has a pull-down
// on MISO: a loose wire then reads as code 0, like an input at ground. A Pi 5 leaves MISO floating.
var ErrNoChip = errors.New("no chip answers (MISO stays high)")

// NewSPI returns the chip on a port. It connects in mode 0; nil options mean DefaultOpts.
//
// It sends no byte: the chip has no settings and no identity to read.
func NewSPI(p spi.Port, o *Opts) (*Dev, error) {
	if o == nil {
		o = &DefaultOpts
	}
	opts, err := o.complete()
	if err != nil {
		return nil, err
	}
	where := fmt.Sprintf("%s on %s", strings.ToLower(opts.Model.String()), p)
	// The chip works in modes 0 and 3 (section 6.1, MCP3301 and MCP330x: 6.3).
	c, err := p.Connect(opts.Clock, spi.Mode0, 8)
	if err != nil {
		return nil, fmt.Errorf("%s: connect at %s: %w", where, opts.Clock, err)
	}
	m := opts.Model
	return &Dev{c: c, opts: opts, frame: newFrame(m.facts()), steps: m.steps(), signed: m.Signed(), where: where}, nil
}

// Dev is a chip of the family. Several goroutines may read its pins.
type Dev struct {
	c      conn.Conn
	opts   Opts
	frame  frame
	steps  int // codes from ground to V_ref
	signed bool
	where  string // for messages: "mcp3008 on SPI0.0"

	mu   sync.Mutex
	w, r [3]byte // buffers of a transfer, so that Read allocates nothing
}

// Single returns an input for a channel against ground.
//
// A chip with one channel measures against its pin IN-: wire that to ground. An MCP3301 with IN+ below IN- returns a
// negative code, outside the pin's Range.
func (d *Dev) Single(channel int) (*Pin, error) {
	if n := d.opts.Model.Channels(); channel < 0 || channel >= n {
		if n == 1 {
			return nil, fmt.Errorf("%s: channel must be 0, the only one, got %d", d.where, channel)
		}
		return nil, fmt.Errorf("%s: channel must be from 0 to %d, got %d", d.where, n-1, channel)
	}
	return &Pin{d: d, name: fmt.Sprintf("CH%d", channel), number: channel, command: d.frame.command(true, channel)}, nil
}

// Differential returns an input for a channel against its neighbour: 0 and 1, 2 and 3, and so on, in either order. On a
// chip with one channel, 0 is its pin IN+ and 1 its pin IN-, in that order only.
//
// With plus below minus, a chip with 13 bits returns a negative code. All others return 0; they need minus within 100
// mV of ground (section 4.1).
func (d *Dev) Differential(plus, minus int) (*Pin, error) {
	n := d.opts.Model.Channels()
	switch {
	case n == 1 && (plus != 0 || minus != 1):
		return nil, fmt.Errorf("%s: differential channels must be 0, IN+, and 1, IN-, got %d and %d", d.where, plus, minus)
	case n == 2 && (plus < 0 || plus >= n || minus != plus^1):
		return nil, fmt.Errorf("%s: differential channels must be 0 and 1, either first, got %d and %d", d.where, plus, minus)
	case n > 2 && (plus < 0 || plus >= n || minus != plus^1):
		return nil, fmt.Errorf("%s: differential channels must be neighbours, 0 and 1 up to %d and %d, got %d and %d",
			d.where, n-2, n-1, plus, minus)
	}
	return &Pin{d: d, name: fmt.Sprintf("CH%d-CH%d", plus, minus), number: -1,
		signed: d.signed, command: d.frame.command(false, plus)}, nil
}

// String implements conn.Resource.
func (d *Dev) String() string {
	return fmt.Sprintf("%s{%s}", d.opts.Model, d.c)
}

// Halt implements conn.Resource. It does nothing: between transfers the chip is in standby.
func (d *Dev) Halt() error {
	return nil
}

// convert runs one conversion and returns its code.
func (d *Dev) convert(command uint32) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w, r := d.w[:d.frame.size], d.r[:d.frame.size]
	put(w, command)
	if err := d.c.Tx(w, r); err != nil {
		return 0, err
	}
	code, ok := d.frame.raw(take(r))
	if !ok {
		return 0, fmt.Errorf("%w: check the wires at DOUT and CS, and the supply at VDD", ErrNoChip)
	}
	if d.signed && code >= d.steps {
		code -= 2 * d.steps // two's complement (section 6.1)
	}
	return code, nil
}

// volts returns V_in = code * V_ref / 1024 or 4096 (equation 4-2). No V_ref allowed by Opts overflows.
func (d *Dev) volts(code int) physic.ElectricPotential {
	return physic.ElectricPotential(code) * d.opts.VRef / physic.ElectricPotential(d.steps)
}

var _ conn.Resource = &Dev{}
