package sim

import (
	"errors"
	"fmt"

	"periph.io/x/conn/v3/gpio"
)

// ErrVolts means that two pins do not fit: the level of one is too high or too low for the other.
var ErrVolts = errors.New("wrong voltage")

// volts are the levels of a pin, in V. The zero value fits everything.
type volts struct {
	high  float64 // of an output; 0 for an input
	least float64 // that an input reads as high
	most  float64 // that an input stands; 0 for an output
}

// piVolts are those of a Pi's pins. They are not made for 5 V.
func piVolts() volts { return volts{high: supplyVolts, most: 3.6} }

// fits checks the level of one pin, times ratio, at the other pin.
func fits(out, in *Pin, ratio float64) error {
	v := out.volts.high * ratio
	switch {
	case v == 0 || in.volts.most == 0:
		return nil
	case v > in.volts.most:
		return fmt.Errorf("%w: %s drives %.2g V, and %s stands %.2g V: use a divider", ErrVolts, out.where(), v, in.where(), in.volts.most)
	case v < in.volts.least:
		return fmt.Errorf("%w: %s drives %.2g V, and %s needs %.2g V to read high: use a level shifter", ErrVolts, out.where(), v, in.where(), in.volts.least)
	}
	return nil
}

// terminal returns a pin of a board that is not a Pi. heard gets each change of level; nil for an output.
func terminal(name string, v volts, heard func(Edge)) *Pin {
	p := &Pin{name: name, volts: v, heard: heard, pull: gpio.PullDown}
	p.output = heard == nil
	return p
}

// emit sets the level of an output terminal.
func (p *Pin) emit(l gpio.Level) {
	before := p.net.level()
	p.out = l
	p.note(before, ByOutside)
}
