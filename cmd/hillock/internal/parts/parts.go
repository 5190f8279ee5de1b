// Package parts asks a part of the configuration what the commands and displays need to know of it, beside what hw/board and
// hw/doctor ask.
package parts

import (
	"fmt"
	"strings"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/pulse"
)

// A part that has no answer to a question has not the method.
type (
	// located is the part of an input that is somewhere on the board.
	located interface {
		Where() string // "SPI0.0, CH0"
	}
	// own is a part whose raw values are no codes of a converter.
	own interface {
		Raw(raw int) string // a raw value in words
		// Measured are the keys that hold the ends, as TOML has them.
		Measured(ends [2]int) [][2]string
	}
	// shaped is a generated current.
	shaped interface {
		ShapeName() string
	}
	// lamped is an output that the page draws with LEDs.
	lamped interface {
		Lamps() int // of a long row a few, which stand for all of it
	}
	// resting is an output that is something else than dark when it is off.
	resting interface {
		AtRest() string
	}
)

// Where is where an input is on the board, "" where it is nowhere.
func Where(in config.Input) string {
	if l, ok := in.Part.(located); ok {
		return l.Where()
	}
	return ""
}

// Shape is the shape of a generated current, "" for another input.
func Shape(in config.Input) string {
	if s, ok := in.Part.(shaped); ok {
		return s.ShapeName()
	}
	return ""
}

// Shows is what an input says: the knob's place and what its part gives, or the current where nobody turns it.
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

// IsKnob tells whether a hand turns an input.
func IsKnob(in config.Input) bool {
	_, ok := in.Part.(board.Turned)
	return ok
}

// HasCodes tells whether an input gives the codes of a converter.
func HasCodes(in config.Input) bool {
	_, ok := in.Part.(own)
	return IsKnob(in) && !ok
}

// IsOfModelTime tells whether an input lives in the model's time.
func IsOfModelTime(in config.Input) bool {
	_, ok := in.Part.(board.InModelTime)
	return ok
}

// MeasuredKeys are those that hold the ends of a knob, and a dead zone where it has one.
func MeasuredKeys(in config.Input, ends [2]int, deadZone int) [][2]string {
	if o, ok := in.Part.(own); ok {
		return o.Measured(ends)
	}
	return [][2]string{{"ends", fmt.Sprintf("[%d, %d]", ends[0], ends[1])}, {"dead_zone", fmt.Sprint(deadZone)}}
}

// Lamps are the LEDs of an output that the page draws.
func Lamps(out config.Output) int {
	if l, ok := out.Part.(lamped); ok {
		return l.Lamps()
	}
	return 0
}

// AtRest is what an output is when it is off.
func AtRest(out config.Output) string {
	if r, ok := out.Part.(resting); ok {
		return r.AtRest()
	}
	return "dark"
}

// IsLED tells an output that is one.
func IsLED(out config.Output) bool {
	_, ok := out.Part.(board.Blinking)
	return ok
}

// LED is the pin of an LED, and how it pulses; "" for another output.
func LED(out config.Output) (pin string, opts pulse.Opts) {
	if led, ok := out.Part.(board.Blinking); ok {
		return led.Pulse()
	}
	return "", opts
}
