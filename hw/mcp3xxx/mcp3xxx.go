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

// ErrNoChip means that the null bit before the result was high: no chip drives MISO low.
//
// To be certain it needs a pull-up on MISO, such as 10 kOhm to 3.3 V. A Raspberry Pi up to the 4 pulls MISO down by
// itself, so that a wire that is off reads as a code of 0, like an input at ground; a Pi 5 leaves it floating.
var ErrNoChip = errors.New("no chip answers (MISO stays high)")

// NewSPI returns the chip at a port, which it connects in mode 0; nil options are DefaultOpts.
//
// No byte goes over the wire: the chip has nothing to set up and no identity to ask for.
func NewSPI(p spi.Port, o *Opts) (*Dev, error) {
	if o == nil {
		o = &DefaultOpts
	}
	opts, err := o.complete()
	if err != nil {
		return nil, err
	}
	where := fmt.Sprintf("%s on %s", strings.ToLower(opts.Model.String()), p)
	// Modes 0 and 3 both do (section 6.1).
	c, err := p.Connect(opts.Clock, spi.Mode0, 8)
	if err != nil {
		return nil, fmt.Errorf("%s: connect at %s: %w", where, opts.Clock, err)
	}
	return &Dev{c: c, opts: opts, where: where}, nil
}

// Dev is an MCP3004 or MCP3008. Its pins may be read from several goroutines.
type Dev struct {
	c     conn.Conn
	opts  Opts
	where string // for messages: "mcp3008 on SPI0.0"

	mu   sync.Mutex
	w, r [3]byte // one transfer; here, so that a Read allocates nothing
}

// Single returns the input that measures a channel against ground.
func (d *Dev) Single(channel int) (*Pin, error) {
	if n := d.opts.Model.Channels(); channel < 0 || channel >= n {
		return nil, fmt.Errorf("%s: channel must be from 0 to %d, got %d", d.where, n-1, channel)
	}
	return &Pin{d: d, name: fmt.Sprintf("CH%d", channel), number: channel, command: command(true, channel)}, nil
}

// Differential returns the input that measures a channel against its neighbour: 0 and 1, 2 and 3, and so on, either
// of them as plus (table 5-2).
//
// The result has no sign: the chip answers 0 wherever plus is below minus.
func (d *Dev) Differential(plus, minus int) (*Pin, error) {
	if n := d.opts.Model.Channels(); plus < 0 || plus >= n || minus != plus^1 {
		return nil, fmt.Errorf("%s: differential channels must be neighbours, 0 and 1 up to %d and %d, got %d and %d",
			d.where, n-2, n-1, plus, minus)
	}
	return &Pin{d: d, name: fmt.Sprintf("CH%d-CH%d", plus, minus), number: -1, command: command(false, plus)}, nil
}

// String implements conn.Resource.
func (d *Dev) String() string {
	return fmt.Sprintf("%s{%s}", d.opts.Model, d.c)
}

// Halt implements conn.Resource. There is nothing to stop: between two transfers the chip is in standby.
func (d *Dev) Halt() error {
	return nil
}

// convert runs one conversion and returns its code.
func (d *Dev) convert(command byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Figure 6-1: the start bit is the last bit of the first byte, which puts the end of the result on the end of
	// the third.
	d.w = [3]byte{0x01, command, 0x00}
	if err := d.c.Tx(d.w[:], d.r[:]); err != nil {
		return 0, err
	}
	code, ok := raw(d.r)
	if !ok {
		return 0, fmt.Errorf("%w: check the wires at DOUT and CS, and the supply at VDD", ErrNoChip)
	}
	return code, nil
}

// volts is V_in = code * V_ref / 1024, equation 4-2; it fits for every V_ref that Opts lets pass.
func (d *Dev) volts(code int) physic.ElectricPotential {
	return physic.ElectricPotential(code) * d.opts.VRef >> d.opts.Model.Bits()
}

// command is the second byte of the frame: SGL/DIFF, D2, D1, D0 and four bits that the chip does not look at.
// In tables 5-1 and 5-2 D2..D0 is the number of the channel, of the positive one if there are two.
func command(single bool, channel int) byte {
	c := byte(channel) << 4
	if single {
		c |= 0x80
	}
	return c
}

// raw extracts the 10-bit result; figure 6-1. The bit before it, the null bit, is always driven low: high means that
// no chip is driving MISO. What was read before the null bit is not driven and says nothing.
func raw(r [3]byte) (code int, ok bool) {
	return int(r[1]&0x03)<<8 | int(r[2]), r[1]&0x04 == 0
}

var _ conn.Resource = &Dev{}
