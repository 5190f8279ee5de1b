package sim

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
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
	p.levels.Lock()
	defer p.levels.Unlock()
	from, to, err := p.ends(a, b)
	switch {
	case err != nil:
		return fmt.Errorf("sim: connect %s and %s: %w", a, b, err)
	case from == to:
		return fmt.Errorf("sim: connect %s and %s: both are %s: use two pins", a, b, from)
	case p.wireBetween(from, to) >= 0:
		return nil
	}
	for _, x := range from.net {
		for _, y := range to.net {
			if x.output && y.output && x.out != y.out {
				return fmt.Errorf("sim: connect %s and %s: %w: %s drives it %s and %s drives it %s: make one of them an input",
					a, b, ErrShort, x, word(x.out), y, word(y.out))
			}
		}
	}
	p.rewire(append(p.wires, [2]*Pin{from, to}), from, to)
	return nil
}

// Disconnect removes the jumper wire between two pins.
func (p *Pi) Disconnect(a, b string) error {
	p.levels.Lock()
	defer p.levels.Unlock()
	from, to, err := p.ends(a, b)
	if err != nil {
		return fmt.Errorf("sim: disconnect %s and %s: %w", a, b, err)
	}
	i := p.wireBetween(from, to)
	if i < 0 {
		return fmt.Errorf("sim: disconnect %s and %s: there is no wire between them", a, b)
	}
	p.rewire(slices.Delete(p.wires, i, i+1), from, to)
	return nil
}

// ends returns two pins by name.
func (p *Pi) ends(a, b string) (from, to *Pin, err error) {
	if from = p.find(a); from == nil {
		return nil, nil, noPin(a)
	}
	if to = p.find(b); to == nil {
		return nil, nil, noPin(b)
	}
	return from, to, nil
}

// wireBetween returns the index of the wire between two pins in either direction, or -1.
func (p *Pi) wireBetween(a, b *Pin) int {
	return slices.IndexFunc(p.wires, func(w [2]*Pin) bool { return w == [2]*Pin{a, b} || w == [2]*Pin{b, a} })
}

// rewire replaces the wires. The levels change only on the nets of from and to.
func (p *Pi) rewire(wires [][2]*Pin, from, to *Pin) {
	touched := slices.Clone(from.net)
	if !slices.Contains(touched, to) {
		touched = append(touched, to.net...)
	}
	before := make([]gpio.Level, len(touched))
	for i, pin := range touched {
		before[i] = pin.net.level()
	}
	p.wires = wires
	for _, pin := range p.pins {
		pin.net = net{pin}
	}
	for _, w := range wires {
		if a, b := w[0].net, w[1].net; !slices.Contains(a, w[1]) {
			joined := append(slices.Clone(a), b...)
			slices.SortFunc(joined, func(x, y *Pin) int { return cmp.Compare(x.number, y.number) })
			for _, pin := range joined {
				pin.net = joined
			}
		}
	}
	now := p.clock.Now()
	for i, pin := range touched {
		if l := pin.net.level(); l != before[i] {
			pin.change(Edge{now, l, ByWire})
		}
	}
}

// net holds all pins on one wire, sorted by number. A pin without a wire has its own net. Callers of its methods hold
// the Pi's levels.
type net []*Pin

// level returns the level of the net.
func (n net) level() gpio.Level {
	l, ohms := n.source()
	for _, p := range n {
		if p.circuit == nil {
			continue
		}
		if seen := p.circuit.Level(p.clock.Now(), l, ohms); ohms != 0 {
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
