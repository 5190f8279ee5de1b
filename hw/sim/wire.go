package sim

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"periph.io/x/conn/v3/gpio"
)

// ErrShort means that two outputs drive one wire to different levels.
var ErrShort = errors.New("short circuit")

// Connect puts a jumper wire between two pins. All pins on a wire have one level: of an output, else of Drive, else of
// the pulls. With more pull-ups than pull-downs, the level is high. Equal numbers leave it undefined, and it reads low.
// If Drive sets two pins of a wire to different levels, low wins.
//
// Two outputs at different levels are a short circuit. Connect then returns ErrShort, and so does the later call of
// Out.
func (p *Pi) Connect(a, b string) error {
	return p.wire("connect", func(from, to *Pin) error { return p.desk.join(from, to, 1) }, a, b)
}

// Disconnect removes the jumper wire between two pins.
func (p *Pi) Disconnect(a, b string) error {
	return p.wire("disconnect", p.desk.cut, a, b)
}

// wire runs do with the pins of two names.
func (p *Pi) wire(op string, do func(from, to *Pin) error, a, b string) error {
	p.desk.lock()
	defer p.desk.unlock()
	from, to, err := p.ends(a, b)
	if err == nil {
		err = do(from, to)
	}
	if err != nil {
		return fmt.Errorf("sim: %s %s and %s: %w", op, a, b, err)
	}
	return nil
}

// ends returns the pins of two names.
func (p *Pi) ends(a, b string) (from, to *Pin, err error) {
	if from = p.find(a); from == nil {
		return nil, nil, noPin(a)
	}
	if to = p.find(b); to == nil {
		return nil, nil, noPin(b)
	}
	return from, to, nil
}

// net holds all pins on one wire, in the order of the desk. A pin without a wire has its own net. Callers of its methods
// hold the lock.
type net []*Pin

// level returns the level of the net.
func (n net) level() gpio.Level {
	l, ohms := n.source()
	for _, p := range n {
		if p.circuit == nil {
			continue
		}
		if seen := p.circuit.Level(p.desk.now(), l, ohms); ohms != 0 {
			l = seen
		}
	}
	return l
}

// source returns the net as a voltage source for a circuit: an output, Drive, the pulls, or nothing.
func (n net) source() (l gpio.Level, ohms float64) {
	pulls, driven, level := 0, false, gpio.High
	for _, p := range n {
		switch {
		case p.output:
			return p.out, 0
		case p.driven:
			driven, level = true, level && p.drive
		case p.pull == gpio.PullUp:
			pulls++
		case p.pull == gpio.PullDown:
			pulls--
		}
	}
	switch {
	case driven:
		return level, 0
	case pulls > 0:
		return gpio.High, pullOhms / float64(pulls)
	case pulls < 0:
		return gpio.Low, pullOhms / float64(-pulls)
	}
	return gpio.Low, math.Inf(1)
}

// against returns another output that drives the net to a level other than l, or nil.
func (n net) against(p *Pin, l gpio.Level) *Pin {
	for _, other := range n {
		if other != p && other.output && other.out != l {
			return other
		}
	}
	return nil
}

// word returns "high" or "low".
func word(l gpio.Level) string { return strings.ToLower(l.String()) }
