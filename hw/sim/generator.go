package sim

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// generator is a pulse generator on a pin.
type generator struct {
	pin   *Pin
	pulse func() (at, width time.Duration, ok bool)

	// Guarded by the desk's lock:
	high  bool
	due   time.Duration // of the next edge
	width time.Duration // of the next pulse
	more  bool
}

// Generate puts pulses on a pin from outside, as a pulse generator on the bench does. pulse returns the start of the next
// pulse, by the Pi's clock, and its width, or false at the end. The pulses do not overlap. pulse must not call the Pi.
func Generate(p *Pin, pulse func() (at, width time.Duration, ok bool)) {
	p.desk.lock()
	defer p.desk.unlock()
	p.record.ready()
	g := &generator{pin: p, pulse: pulse}
	g.due, g.width, g.more = pulse()
	p.put(true, gpio.Low)
	p.desk.sources = append(p.desk.sources, g)
	p.desk.changed.Broadcast()
}

// next implements source.
func (g *generator) next() (at time.Duration, ok bool) { return g.due, g.more }

// run implements source.
func (g *generator) run(at time.Duration) {
	g.high = !g.high
	g.pin.put(true, gpio.Level(g.high))
	if g.high {
		g.due = at + g.width
		return
	}
	g.due, g.width, g.more = g.pulse()
}

var _ source = &generator{}
