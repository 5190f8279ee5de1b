package main

import (
	"fmt"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/pulse"
)

// What the commands ask of a part, beside what hw/board and hw/doctor do. A part that has no answer has not the method.
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

// whereIs is where an input is on the board, "" where it is nowhere.
func whereIs(in config.Input) string {
	if l, ok := in.Part.(located); ok {
		return l.Where()
	}
	return ""
}

// shapeOf is the shape of a generated current, "" for another input.
func shapeOf(in config.Input) string {
	if s, ok := in.Part.(shaped); ok {
		return s.ShapeName()
	}
	return ""
}

// shows is what an input says: the knob's place and what its part gives, or the current where nobody turns it.
func shows(in config.Input, r board.Reading) string {
	if !isKnob(in) {
		return fmt.Sprintf("%.3f nA", r.Current)
	}
	raw := fmt.Sprintf("code %d", r.Raw)
	if o, ok := in.Part.(own); ok {
		raw = o.Raw(r.Raw)
	}
	return fmt.Sprintf("%5.1f %%  %s", 100*r.Position, raw)
}

// isKnob tells whether a hand turns an input.
func isKnob(in config.Input) bool {
	_, ok := in.Part.(board.Turned)
	return ok
}

// hasCodes tells whether an input gives the codes of a converter.
func hasCodes(in config.Input) bool {
	_, ok := in.Part.(own)
	return isKnob(in) && !ok
}

// isOfModelTime tells whether an input lives in the model's time.
func isOfModelTime(in config.Input) bool {
	_, ok := in.Part.(board.InModelTime)
	return ok
}

// measuredKeys are those that hold the ends of a knob, and a dead zone where it has one.
func measuredKeys(in config.Input, ends [2]int, deadZone int) [][2]string {
	if o, ok := in.Part.(own); ok {
		return o.Measured(ends)
	}
	return [][2]string{{"ends", fmt.Sprintf("[%d, %d]", ends[0], ends[1])}, {"dead_zone", fmt.Sprint(deadZone)}}
}

// lamps are the LEDs of an output that the page draws.
func lamps(out config.Output) int {
	if l, ok := out.Part.(lamped); ok {
		return l.Lamps()
	}
	return 0
}

// atRest is what an output is when it is off.
func atRest(out config.Output) string {
	if r, ok := out.Part.(resting); ok {
		return r.AtRest()
	}
	return "dark"
}

// isLED tells an output that is one.
func isLED(out config.Output) bool {
	_, ok := out.Part.(board.Blinking)
	return ok
}

// ledOf is the pin of an LED, and how it pulses; "" for another output.
func ledOf(out config.Output) (pin string, opts pulse.Opts) {
	if led, ok := out.Part.(board.Blinking); ok {
		return led.Pulse()
	}
	return "", opts
}
