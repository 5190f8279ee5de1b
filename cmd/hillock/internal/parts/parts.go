// Package parts describes the parts of a configuration for commands and displays: place, knob, LEDs, raw values. Each function
// calls a method of some kinds of part, and returns a default for the others. hw/board and hw/doctor call other methods.
package parts

import (
	"fmt"
	"strings"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/pulse"
)

type (
	// located is an input with a place on the board.
	located interface {
		Where() string // "SPI0.0, CH0"
	}
	// own is an input with raw values other than the codes of a converter.
	own interface {
		Raw(raw int) string // a raw value in words
	}
	// measured is an input with keys of its own for its ends.
	measured interface {
		// Measured returns the keys for measured ends, and their values in TOML.
		Measured(ends [2]int) [][2]string
	}
	// shaped is a generated current.
	shaped interface {
		ShapeName() string
	}
	// lamped is an output made of LEDs, for the page.
	lamped interface {
		Lamps() int // a few for a long row
	}
	// converting is an output with a digital-to-analog converter.
	converting interface {
		Latched() bool // the chip has a pin LDAC
	}
	// wired is an output with a wire to another board.
	wired interface {
		To() string
	}
	// resting is an output with a state of its own when it is off, other than dark.
	resting interface {
		AtRest() string
	}
)

// Where returns the place of an input on the board, such as "SPI0.0, CH0"; "" for none.
func Where(in config.Input) string {
	if l, ok := in.Part.(located); ok {
		return l.Where()
	}
	return ""
}

// Shape returns the shape of a generated current, "" for another input.
func Shape(in config.Input) string {
	if s, ok := in.Part.(shaped); ok {
		return s.ShapeName()
	}
	return ""
}

// Shows returns a reading in words: position and raw value of a knob, the current (nA) of another input.
func Shows(in config.Input, r board.Reading) string {
	if !IsKnob(in) {
		return fmt.Sprintf("%.3f nA", r.Current)
	}
	return fmt.Sprintf("%5.1f %%  %s", 100*r.Position, Raw(in, r.Raw))
}

// Raw returns a raw value of a knob in words: "code 512", or "1.03 ms" for a part without codes.
func Raw(in config.Input, raw int) string {
	if o, ok := in.Part.(own); ok {
		return o.Raw(raw)
	}
	return fmt.Sprintf("code %d", raw)
}

// RawSpread returns a difference of raw values in words, without "code".
func RawSpread(in config.Input, spread int) string {
	return strings.TrimPrefix(Raw(in, spread), "code ")
}

// IsKnob reports whether an input is a knob.
func IsKnob(in config.Input) bool {
	_, ok := in.Part.(board.Turned)
	return ok
}

// HasCodes reports whether an input is a knob on a converter, read in codes.
func HasCodes(in config.Input) bool {
	_, ok := in.Part.(own)
	return IsKnob(in) && !ok
}

// IsOfModelTime reports whether an input follows model time.
func IsOfModelTime(in config.Input) bool {
	_, ok := in.Part.(board.InModelTime)
	return ok
}

// MeasuredKeys returns the keys for the measured ends of a knob, and its dead zone if it has one, with their values in TOML.
func MeasuredKeys(in config.Input, ends [2]int, deadZone int) [][2]string {
	if m, ok := in.Part.(measured); ok {
		return m.Measured(ends)
	}
	return [][2]string{{"ends", fmt.Sprintf("[%d, %d]", ends[0], ends[1])}, {"dead_zone", fmt.Sprint(deadZone)}}
}

// Lamps returns the number of LEDs of an output on the page.
func Lamps(out config.Output) int {
	if l, ok := out.Part.(lamped); ok {
		return l.Lamps()
	}
	return 0
}

// AtRest returns the state of an output that is off, in a word.
func AtRest(out config.Output) string {
	if r, ok := out.Part.(resting); ok {
		return r.AtRest()
	}
	return "dark"
}

// IsDAC reports whether an output has a digital-to-analog converter.
func IsDAC(out config.Output) bool {
	_, ok := out.Part.(converting)
	return ok
}

// HasLatch reports whether an output has a digital-to-analog converter with a pin LDAC.
func HasLatch(out config.Output) bool {
	c, ok := out.Part.(converting)
	return ok && c.Latched()
}

// To returns the pin of another board at the other end of an output's wire, such as "right/left"; "" for none.
func To(out config.Output) string {
	if w, ok := out.Part.(wired); ok {
		return w.To()
	}
	return ""
}

// IsLED reports whether an output is an LED on a pin.
func IsLED(out config.Output) bool {
	_, ok := out.Part.(board.Blinking)
	return ok
}

// LED returns the pin and the pulse of an LED; the pin is "" for another output.
func LED(out config.Output) (pin string, opts pulse.Opts) {
	if led, ok := out.Part.(board.Blinking); ok {
		return led.Pulse()
	}
	return "", opts
}
