package sim

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"periph.io/x/conn/v3/gpio"
)

// desk is the boards on one desk. Wires join their pins; all of them have one clock.
type desk struct {
	clock Clock

	mu     sync.Mutex // guards all pins, because a wire joins several
	boards int
	pins   []*Pin // of all boards
	wires  [][2]*Pin
}

// lock locks all pins.
func (d *desk) lock() { d.mu.Lock() }

func (d *desk) unlock() { d.mu.Unlock() }

// add puts the pins of a board on the desk, under the board's kind and number: "Pi 2".
func (d *desk) add(kind string, pins ...*Pin) {
	d.boards++
	for _, p := range pins {
		p.desk, p.woken.L, p.board, p.order = d, &d.mu, fmt.Sprintf("%s %d", kind, d.boards), len(d.pins)
		p.net = net{p}
		d.pins = append(d.pins, p)
	}
}

// Beside returns another Pi on the desk of p, with the same clock. Join puts wires between their pins.
func (p *Pi) Beside() *Pi { return newPi(p.desk) }

// Join puts a jumper wire between two pins on one desk, of one board or of two. Pi.Connect describes the wire. The
// boards have a common ground.
func Join(a, b *Pin) error {
	if a.desk != b.desk {
		return fmt.Errorf("sim: join %s and %s: the boards are on two desks: use Beside for the second one", a, b)
	}
	a.desk.lock()
	defer a.desk.unlock()
	if err := a.desk.join(a, b); err != nil {
		return fmt.Errorf("sim: join %s and %s: %w", a.where(), b.where(), err)
	}
	return nil
}

// Cut removes the jumper wire between two pins.
func Cut(a, b *Pin) error {
	if a.desk != b.desk {
		return fmt.Errorf("sim: cut %s and %s: the boards are on two desks", a, b)
	}
	a.desk.lock()
	defer a.desk.unlock()
	if err := a.desk.cut(a, b); err != nil {
		return fmt.Errorf("sim: cut %s and %s: %w", a.where(), b.where(), err)
	}
	return nil
}

// where returns the name of the pin, with its board if there are several: "GPIO17 of Pi 2". Callers hold the lock.
func (p *Pin) where() string {
	if p.desk.boards == 1 {
		return p.name
	}
	return p.name + " of " + p.board
}

// join puts a wire between two pins. Callers of join, cut, wireBetween and rewire hold the lock.
func (d *desk) join(a, b *Pin) error {
	if a == b {
		return fmt.Errorf("both are %s: use two pins", a.where())
	}
	if d.wireBetween(a, b) >= 0 {
		return nil
	}
	for _, x := range a.net {
		for _, y := range b.net {
			if x.output && y.output && x.out != y.out {
				return fmt.Errorf("%w: %s drives it %s and %s drives it %s: make one of them an input",
					ErrShort, x.where(), word(x.out), y.where(), word(y.out))
			}
		}
	}
	d.rewire(append(d.wires, [2]*Pin{a, b}), a, b)
	return nil
}

func (d *desk) cut(a, b *Pin) error {
	i := d.wireBetween(a, b)
	if i < 0 {
		return errors.New("there is no wire between them")
	}
	d.rewire(slices.Delete(d.wires, i, i+1), a, b)
	return nil
}

// wireBetween returns the index of the wire between two pins in either direction, or -1.
func (d *desk) wireBetween(a, b *Pin) int {
	return slices.IndexFunc(d.wires, func(w [2]*Pin) bool { return w == [2]*Pin{a, b} || w == [2]*Pin{b, a} })
}

// rewire replaces the wires. The levels change only on the nets of from and to.
func (d *desk) rewire(wires [][2]*Pin, from, to *Pin) {
	touched := slices.Clone(from.net)
	if !slices.Contains(touched, to) {
		touched = append(touched, to.net...)
	}
	before := make([]gpio.Level, len(touched))
	for i, pin := range touched {
		before[i] = pin.net.level()
	}
	d.wires = wires
	for _, pin := range d.pins {
		pin.net = net{pin}
	}
	for _, w := range wires {
		if a, b := w[0].net, w[1].net; !slices.Contains(a, w[1]) {
			joined := append(slices.Clone(a), b...)
			slices.SortFunc(joined, func(x, y *Pin) int { return x.order - y.order })
			for _, pin := range joined {
				pin.net = joined
			}
		}
	}
	now := d.clock.Now()
	for i, pin := range touched {
		if l := pin.net.level(); l != before[i] {
			pin.change(Edge{now, l, ByWire})
		}
	}
}
