package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// desk is the boards on one desk. Wires join their pins; all of them have one clock.
type desk struct {
	clock Clock

	mu      sync.Mutex // guards all pins, because a wire joins several
	boards  int
	pins    []*Pin // of all boards
	wires   [][2]*Pin
	sources []source
	past    bool // a source runs, at its time
	at      time.Duration
	changed sync.Cond // signals reported edges, ends of waits, and new times of sources
}

func newDesk(c Clock) *desk {
	d := &desk{clock: c}
	d.changed.L = &d.mu
	return d
}

// source is a circuit with changes of level at times of its own. The desk runs it under the lock.
type source interface {
	// next returns the time of the next change, and false for none.
	next() (at time.Duration, ok bool)
	// run makes the change at that time.
	run(at time.Duration)
}

// lock locks all pins. The sources make their changes up to now before that, in the order of time.
func (d *desk) lock() {
	d.mu.Lock()
	if len(d.sources) == 0 {
		return
	}
	now := d.clock.Now()
	for {
		s, at := d.soonest()
		if s == nil || at > now {
			break
		}
		d.run(s, at)
	}
}

// run makes a change of a source. Callers of run, soonest and now hold the lock.
func (d *desk) run(s source, at time.Duration) {
	d.past, d.at = true, at
	s.run(at)
	d.past = false
}

func (d *desk) unlock() { d.mu.Unlock() }

// soonest returns the source with the next change, or nil.
func (d *desk) soonest() (next source, at time.Duration) {
	for _, s := range d.sources {
		if t, ok := s.next(); ok && (next == nil || t < at) {
			next, at = s, t
		}
	}
	return next, at
}

// now returns the time of a change: that of the running source, or the clock's.
func (d *desk) now() time.Duration {
	if d.past {
		return d.at
	}
	return d.clock.Now()
}

// wait waits for a signal, or for the next change of a source. Callers of wait and wakeAfter hold the lock.
func (d *desk) wait() {
	if s, at := d.soonest(); s != nil {
		defer d.wakeAfter(at-d.clock.Now(), func() {})()
	}
	d.changed.Wait()
}

// wakeAfter runs do and ends all waits after a time, unless stop comes first.
func (d *desk) wakeAfter(after time.Duration, do func()) (stop func() bool) {
	return alarm(d.clock, after, func() {
		d.lock()
		defer d.unlock()
		do()
		d.changed.Broadcast()
	})
}

// add puts the pins of a board on the desk, under the board's kind and number: "Pi 2".
func (d *desk) add(kind string, pins ...*Pin) {
	d.boards++
	for _, p := range pins {
		p.desk, p.board, p.order = d, fmt.Sprintf("%s %d", kind, d.boards), len(d.pins)
		p.net = net{p}
		d.pins = append(d.pins, p)
	}
}

// Beside returns another Pi on the desk of p, with the same clock. Join puts wires between their pins.
func (p *Pi) Beside() *Pi { return newPi(p.desk) }

// Join puts a jumper wire between two pins on one desk, of one board or of two. Pi.Connect describes the wire. The
// boards have a common ground.
func Join(a, b *Pin) error {
	return between("join", a, b, func() error { return a.desk.join(a, b, 1) })
}

// Divide joins a 5 V output to an input through a divider of 10 kOhm and 20 kOhm: 5 V become 3.3 V.
func Divide(out, in *Pin) error {
	return between("divide", out, in, func() error { return out.desk.join(out, in, 20.0/30) })
}

// Cut removes the jumper wire between two pins.
func Cut(a, b *Pin) error {
	return between("cut", a, b, func() error { return a.desk.cut(a, b) })
}

// between runs do with the pins of one desk locked.
func between(op string, a, b *Pin, do func() error) error {
	if a.desk != b.desk {
		return fmt.Errorf("sim: %s %s and %s: the boards are on two desks: use Beside for the second one", op, a, b)
	}
	a.desk.lock()
	defer a.desk.unlock()
	if err := do(); err != nil {
		return fmt.Errorf("sim: %s %s and %s: %w", op, a.where(), b.where(), err)
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

// join puts a wire between two pins. ratio is that of the levels at its ends. Callers of join, cut, wireBetween and rewire
// hold the lock.
func (d *desk) join(a, b *Pin, ratio float64) error {
	if a == b {
		return fmt.Errorf("both are %s: use two pins", a.where())
	}
	if d.wireBetween(a, b) >= 0 {
		return nil
	}
	if err := cmp.Or(fits(a, b, ratio), fits(b, a, ratio)); err != nil {
		return err
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
	now := d.now()
	for i, pin := range touched {
		if l := pin.net.level(); l != before[i] {
			pin.change(Edge{now, l, ByWire})
		}
	}
}
