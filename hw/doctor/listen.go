package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hillock/hw/pulsecode"
)

// Listen listens at all pins for the codes of other boards' outputs. It calls heard with each new jumper wire at once. It pulses
// nothing. It ends with ctx, or after every wire from another board was heard and the pins are quiet. Then it compares the wires
// with the configuration.
func (b *Bench) Listen(ctx context.Context, heard func(Jumper)) (c Connectome, err error) {
	b.ctx = ctx
	all := b.sockets()
	defer func() { err = errors.Join(err, b.leave(all)) }()
	l := b.listener(all)
	for _, s := range l.pins {
		c.Listened = append(c.Listened, s.pin)
	}
	if err := l.run(b, heard); err != nil {
		return c, err
	}
	if err := b.underPulls(l.pins); err != nil {
		return c, err
	}
	c.Jumpers = l.jumpers()
	c.Findings = l.w.findings()
	return c, nil
}

// run listens until the end of ctx, or until the listener is complete.
func (l *listener) run(b *Bench, heard func(Jumper)) (err error) {
	ear, err := b.listen(l.pins)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ear.Close()) }()
	for b.ctx.Err() == nil && !l.complete(ear.Now()) {
		_ = b.pause(l.unit) // ctx ends the loop
		if err := l.take(ear, heard); err != nil {
			return err
		}
	}
	return nil
}

// listener decodes the codes at all pins.
type listener struct {
	unit     time.Duration
	pins     []*socket
	decoders []pulsecode.Decoder
	last     time.Duration // of the latest edge
	heard    []reception
	w        *wires
}

// reception is the latest code of an output at a pin.
type reception struct {
	of source
	at *socket
	on time.Duration
}

// listener returns a listener at all usable pins.
func (b *Bench) listener(all []*socket) *listener {
	l := &listener{unit: b.unit(), pins: b.usable(all), w: &wires{board: BoardName(b.Config), all: all, far: true, bare: map[*socket]int{}}}
	for range l.pins {
		l.decoders = append(l.decoders, pulsecode.Decoder{Unit: l.unit})
	}
	return l
}

// take decodes the edges since the latest take.
func (l *listener) take(ear *ear, heard func(Jumper)) error {
	edges, err := ear.take()
	for _, e := range edges {
		s, d := l.pins[e.Line], &l.decoders[e.Line]
		l.w.bare[s]++
		l.last = e.At
		if e.Lost > 0 {
			d.Lost()
		}
		if o, ok := d.Edge(e.At, e.Rising); ok {
			delete(l.w.bare, s)
			l.add(reception{source{o.Board + "/" + o.Name, fmt.Sprintf("GPIO%d", o.GPIO)}, s, e.At}, heard)
		}
	}
	return err
}

// add adds a reception, in place of an older one.
func (l *listener) add(r reception, heard func(Jumper)) {
	i := slices.IndexFunc(l.heard, func(other reception) bool { return other.of == r.of && other.at == r.at })
	if i >= 0 {
		l.heard[i] = r
	} else {
		l.heard = append(l.heard, r)
		heard(l.w.jumper(echo{of: r.of, at: r.at}))
	}
	l.update()
}

// update takes the wires from the receptions. Codes of an output arrive at all its pins at once: an older reception is of a wire that
// was moved.
func (l *listener) update() {
	l.w.sent, l.w.echoes = nil, nil
	for _, r := range l.heard {
		latest := r.on
		for _, other := range l.heard {
			if other.of.name == r.of.name {
				latest = max(latest, other.on)
			}
		}
		if latest-r.on > 4*l.unit {
			continue
		}
		l.w.echoes = append(l.w.echoes, echo{of: r.of, at: r.at, arrived: 1, sent: 1})
		if !slices.Contains(l.w.sent, r.of) {
			l.w.sent = append(l.w.sent, r.of)
		}
	}
}

// jumpers returns the wires as found.
func (l *listener) jumpers() (all []Jumper) {
	for _, e := range l.w.echoes {
		all = append(all, l.w.jumper(e))
	}
	return all
}

// quietUnits is the time without edges after the last code, in units: a board with another output sends in it.
const quietUnits = 130

// complete reports whether every wire from another board was heard, and the pins are quiet.
func (l *listener) complete(now time.Duration) bool {
	wanted := 0
	for _, s := range l.pins {
		if want, local := l.w.want(s); s.input != "" && !local && strings.Contains(want, "/") {
			if wanted++; len(l.w.places(want)) == 0 {
				return false
			}
		}
	}
	return wanted > 0 && now-l.last > quietUnits*l.unit
}
