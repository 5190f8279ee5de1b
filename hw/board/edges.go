package board

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"periph.io/x/host/v3/gpioioctl"

	"hillock/config"
	"hillock/hw/bias"
	"hillock/hw/edge"
)

// OnEdge is the part of a spike input on a pin.
type OnEdge interface {
	config.SpikeInput
	// Edges returns the rules for its spikes.
	Edges() edge.Opts
}

// Edges are the spikes of all pins of a configuration. It implements neuron.Events.
type Edges struct {
	*edge.Inputs
	Names []string // of the inputs, by number
	opts  []edge.Opts
}

// Edge is the state of a spike input on a pin.
type Edge struct {
	edge.Counts
	Fault error // nil while the pin answers
}

// Of returns the state of a spike input, false for one that is not on a pin. Any goroutine may call it.
func (e *Edges) Of(input string) (state Edge, ok bool) {
	if e == nil {
		return Edge{}, false
	}
	i := slices.Index(e.Names, input)
	if i < 0 {
		return Edge{}, false
	}
	return Edge{e.Counts(i), e.Fault(i)}, true
}

func isOnEdge(in config.Input) bool {
	_, ok := in.Part.(OnEdge)
	return ok
}

// onEdges returns the spike inputs on pins, without their requests; nil for none.
func onEdges(cfg *config.Config) *Edges {
	e := &Edges{}
	for _, in := range cfg.Inputs {
		if part, ok := in.Part.(OnEdge); ok {
			e.Names, e.opts = append(e.Names, in.Name), append(e.opts, part.Edges())
		}
	}
	if len(e.Names) == 0 {
		return nil
	}
	return e
}

// openEdges requests the pins of the spike inputs, or continues with equal ones of an older board. Pins in other requests of
// the older board are free after Succeed. The error names a pin that this machine lacks.
func (b *Board) openEdges(older *Board) error {
	b.Edges = onEdges(b.cfg)
	if b.Edges == nil {
		return nil
	}
	if older != nil && older.Edges != nil && slices.Equal(older.Edges.opts, b.Edges.opts) {
		b.Edges.Inputs = older.Edges.Inputs
		return nil
	}
	if older == nil || older.Edges == nil {
		b.Edges.Inputs = edge.New(b.pi.OpenEdges, b.Edges.opts...)
		return b.Edges.absent()
	}
	return nil
}

// absent returns the error of the first pin that this machine lacks, or nil: another request would not find it.
func (e *Edges) absent() error {
	for i, name := range e.Names {
		if err := e.Fault(i); errors.As(err, new(Absent)) {
			return fmt.Errorf("input %s: %w", name, err)
		}
	}
	return nil
}

// succeedEdges requests the pins after those of the old board are free.
func (b *Board) succeedEdges(old *Board) (err error) {
	if old.Edges != nil && (b.Edges == nil || b.Edges.Inputs != old.Edges.Inputs) {
		err = old.Edges.Close()
	}
	if b.Edges != nil && b.Edges.Inputs == nil {
		b.Edges.Inputs = edge.New(b.pi.OpenEdges, b.Edges.opts...)
	}
	old.Edges = nil
	return err
}

// closeEdges releases the pins.
func (b *Board) closeEdges() error {
	if b.Edges == nil || b.Edges.Inputs == nil {
		return nil
	}
	return b.Edges.Close()
}

// OpenEdges implements Pi. All lines are on one chip.
func (h Host) OpenEdges(lines []edge.Line) (edge.Port, error) {
	var pins []*hostPin
	var offsets []uint32
	path := ""
	for _, l := range lines {
		p, err := h.OpenPin(l.Pin)
		if err != nil {
			return nil, err
		}
		pin := p.(*hostPin)
		on, ok := pin.PinIO.(headerPin)
		var chip *gpioioctl.GPIOChip
		if ok {
			chip = bias.Chip(on.GPIOLine)
		}
		if chip == nil || path != "" && chip.Path() != path {
			return nil, absent("%s: its driver has no times of edges: use GPIO2 to GPIO27", l.Pin)
		}
		path = chip.Path()
		pins, offsets = append(pins, pin), append(offsets, uint32(on.Number()))
	}
	port, err := edge.Open(path, offsets, lines)
	if err == nil {
		return port, nil
	}
	pin := pins[0]
	var busy edge.Busy
	if errors.As(err, &busy) {
		pin = pins[busy.Line]
		if pin.holder = unknownHolder; busy.Holder != "" { // now, not at periph's start
			pin.holder = strconv.Quote(busy.Holder)
		}
	}
	return nil, fmt.Errorf("%s: %w", pin.Name(), pin.explain(err))
}
