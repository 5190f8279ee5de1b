// Package board puts the parts of a configuration on the desk: it opens its inputs and outputs on whatever Pi
// periph's registries hold, the real one or the virtual one, and closes them so that everything is left safe.
//
// It never turns the loop: that calls Knob.Current, and Close comes when it has ended.
package board

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"hillock/config"
	"hillock/hw/pulse"
)

// Board is the open parts of a configuration, by the names of their tables.
type Board struct {
	Knobs  map[string]*Knob
	Pulses map[string]*pulse.Pin

	cfg   *config.Config
	chips map[string]*chip // by port
}

// Open opens every part of the configuration, or none: its error names the part, where it is, and what to do. A chip
// that does not answer is no error here, nor a pin that another program holds: wires can be mended, and programs end,
// while the neuron runs.
func Open(cfg *config.Config) (*Board, error) {
	b := &Board{cfg: cfg, Knobs: map[string]*Knob{}, Pulses: map[string]*pulse.Pin{}, chips: map[string]*chip{}}
	for _, out := range cfg.Outputs {
		p, err := openPin(out)
		if err != nil {
			return nil, errors.Join(err, b.Close())
		}
		b.Pulses[out.Name] = p
	}
	if err := b.openInputs(); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Board) openInputs() error {
	for _, in := range b.cfg.Inputs {
		c := b.chips[in.Port]
		if c == nil {
			c = &chip{in: in, taken: make(chan struct{}, 1)}
			if err := c.open(); err != nil {
				return fmt.Errorf("input %s: %w", in.Name, err)
			}
			b.chips[in.Port] = c
		}
		k := &Knob{in: in, chip: c, smooth: newSmooth(in.Median, in.Average), late: fmt.Errorf("%s: no answer in time: a transfer hangs or is slow", c.name())}
		c.knobs = append(c.knobs, k)
		if err := k.connect(); err != nil {
			return fmt.Errorf("input %s: %w", in.Name, err)
		}
		b.Knobs[in.Name] = k
	}
	return nil
}

// Change opens what another configuration wants beside the open parts, all of it or nothing, while the loop goes on with
// these. What it returns is complete when it has succeeded b.
func (b *Board) Change(cfg *config.Config) (*Board, error) {
	next := &Board{cfg: cfg, Knobs: map[string]*Knob{}, Pulses: map[string]*pulse.Pin{}, chips: map[string]*chip{}}
	for _, out := range cfg.Outputs {
		if b.on(out.Pin) != nil { // two requests for a line would be one too many
			continue
		}
		p, err := openPin(out)
		if err != nil {
			return nil, errors.Join(err, next.Close())
		}
		next.Pulses[out.Name] = p
	}
	if slices.Equal(cfg.Inputs, b.cfg.Inputs) {
		next.Knobs, next.chips = b.Knobs, maps.Clone(b.chips)
	} else if err := next.openInputs(); err != nil {
		return nil, errors.Join(err, next.Close())
	}
	return next, nil
}

// Succeed makes b, which old.Change made, the board in the place of the old one, whose loop has ended: a pulse under way
// goes on, and what b does not need is left safe and closed. The old one must not be used any more.
func (b *Board) Succeed(old *Board) error {
	for _, out := range b.cfg.Outputs {
		if p := old.on(out.Pin); p != nil {
			b.Pulses[out.Name] = p.Continue(pulseOpts(out))
			delete(old.Pulses, old.named(out.Pin))
		}
	}
	maps.DeleteFunc(old.chips, func(port string, c *chip) bool { return b.chips[port] == c })
	return old.Close()
}

// on is the open output on a pin, nil when there is none.
func (b *Board) on(pin string) *pulse.Pin { return b.Pulses[b.named(pin)] }

// named is the name of the output on a pin.
func (b *Board) named(pin string) string {
	for _, out := range b.cfg.Outputs {
		if out.Pin == pin {
			return out.Name
		}
	}
	return ""
}

// Close puts every output low, releases it, and closes the ports. The loop must have ended.
func (b *Board) Close() error {
	var errs []error
	for _, p := range b.Pulses {
		errs = append(errs, p.Halt())
	}
	for _, c := range b.chips {
		errs = append(errs, c.end())
	}
	clear(b.Pulses)
	clear(b.chips)
	return errors.Join(errs...)
}
