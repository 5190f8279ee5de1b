// Package board puts the parts of a configuration on the desk: it opens its inputs and outputs on whatever Pi
// periph's registries hold, the real one or the virtual one, and closes them so that everything is left safe.
//
// It never turns the loop: that calls Knob.Current, and Close comes when it has ended.
package board

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"

	"hillock/config"
	"hillock/hw/pulse"
)

// Board is the open parts of a configuration, by the names of their tables.
type Board struct {
	Knobs  map[string]*Knob
	Pulses map[string]*pulse.Pin

	chips map[string]*chip // by port
}

// Open opens every part of the configuration, or none: its error names the part, where it is, and what to do. A chip
// that does not answer is no error here, nor a pin that another program holds: wires can be mended, and programs end,
// while the neuron runs.
func Open(cfg *config.Config) (b *Board, err error) {
	b = &Board{Knobs: map[string]*Knob{}, Pulses: map[string]*pulse.Pin{}, chips: map[string]*chip{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
			b = nil
		}
	}()
	for _, out := range cfg.Outputs {
		p, err := openPin(out.Pin, out.Width)
		if err != nil {
			return b, fmt.Errorf("output %s: %w", out.Name, err)
		}
		b.Pulses[out.Name] = p
	}
	for _, in := range cfg.Inputs {
		c := b.chips[in.Port]
		if c == nil {
			c = &chip{in: in, taken: make(chan struct{}, 1)}
			if err := c.open(); err != nil {
				return b, fmt.Errorf("input %s: %w", in.Name, err)
			}
			b.chips[in.Port] = c
		}
		k := &Knob{in: in, chip: c, late: fmt.Errorf("%s: no answer in time: a transfer hangs or is slow", c.name())}
		c.knobs = append(c.knobs, k)
		if err := k.connect(); err != nil {
			return b, fmt.Errorf("input %s: %w", in.Name, err)
		}
		_, most := k.adc.Range()
		k.full = float64(most.Raw)
		b.Knobs[in.Name] = k
	}
	return b, nil
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

func openPin(name string, width time.Duration) (*pulse.Pin, error) {
	var p gpio.PinIO = gpioreg.ByName(name)
	if p == nil {
		return nil, noPin(name)
	}
	if r, ok := p.(gpio.RealPin); ok {
		p = r.Real()
	}
	explain := pinTrouble(p)
	d, err := pulse.New(p, width)
	if err != nil && !is(err, syscall.EBUSY) {
		return nil, explain(err)
	}
	d.Explain = explain
	return d, nil
}
